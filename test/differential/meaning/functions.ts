import {
  conversion,
  type Expr,
  fitted,
  ill,
  type NumberExpr,
  numberOfType,
  type Place,
  read,
} from "./expressions.js";
import { type Callee, type Cell, cellOf, type Machine, store } from "./machine.js";
import { type Block, linesOf, runBlock } from "./statements.js";
import { arrayOf, type DataType, type IntType, isScalar, type StructType, same } from "./types.js";

export interface Parameter {
  readonly name: string;
  readonly type: DataType;
}

/** What a call needs to know. */
export interface Signature {
  readonly name: string;
  /** In a module, not exported or exported; or a method of the program class. */
  readonly kind: "static" | "global" | "method" | "struct method";
  /** The struct that it is a method of. */
  readonly owner: StructType | null;
  readonly params: readonly Parameter[];
  readonly returns: IntType;
  /** Whether it runs an iterator of numbers. */
  iterates: boolean;
  /** What a generic function is for a type argument. */
  readonly instance: ((type: IntType) => Func) | null;
}

export interface Func extends Callee {
  readonly signature: Signature;
  readonly body: Block;
  readonly result: Expr;
}

export function func(signature: Signature, body: Block, result: Expr): Func {
  const returned = fitted(signature.returns, result);
  return {
    signature,
    body,
    result,
    invoke: (m, receiver, args) => {
      const locals = new Map<string, Cell>(receiver ? [["this", receiver]] : []);
      signature.params.forEach(({ name, type }, i) => {
        const arg = args[i];
        if (typeof arg === "bigint") {
          const cell = cellOf(type);
          store(cell, arg);
          locals.set(name, cell);
        } else if (arg) locals.set(name, arg);
      });
      return m.call(locals, () => {
        const jump = runBlock(m, body);
        const value = jump?.kind === "return" ? jump.value : returned.value(m);
        const result = cellOf(signature.returns);
        return store(result, value);
      });
    },
  };
}

export function functionLines({ signature, body, result }: Func): readonly string[] {
  const { name, kind, params, returns, instance } = signature;
  const parameters = params.map((p) => `${p.name}: ${p.type.name}`).join(", ");
  const before = { static: "function ", global: "export function ", method: "", "struct method": "" }[kind];
  const head = `${before}${name}${instance ? "<T extends number>" : ""}(${parameters}): ${returns.name} {`;
  return [head, ...linesOf(body), `  return ${fitted(returns, result).text};`, "}"];
}

const isPlace = (arg: Expr | Place): arg is Place => !("kind" in arg);

/** The type with what the type parameter stands for. */
const applied = (type: DataType, argument: IntType | null): DataType => {
  if (type.kind === "int" && type.parameter) return argument ?? ill("no type argument");
  return type.kind === "array" && type.element.kind === "int" && type.element.parameter
    ? arrayOf(argument ?? ill("no type argument"), type.length)
    : type;
};

export interface Call {
  readonly signature: Signature;
  /** What a struct's method is called on. */
  readonly receiver: Place | null;
  /** Values for scalars, and places, by reference, for aggregates. */
  readonly args: readonly (Expr | Place)[];
  /** Of a generic function, and whether the call names it. */
  readonly typeArgument: IntType | null;
  readonly explicit: boolean;
}

export function call(made: Call): NumberExpr {
  const { signature, receiver, args, typeArgument, explicit } = made;
  const { name, kind, owner, instance } = signature;
  if (owner !== null && receiver?.type !== owner) ill("another receiver");
  const values = signature.params.map((param, i) => {
    const type = applied(param.type, typeArgument);
    const arg = args[i] ?? ill("an argument is missing");
    if (isScalar(type)) {
      const value = isPlace(arg) ? read(arg) : arg;
      // TypeScript infers the type argument from what is of that type without doubt.
      return param.type === type ? fitted(type, value) : exactly(type, value);
    }
    return isPlace(arg) && same(arg.type, type) ? arg : ill("another type");
  });
  const specialised = instance && typeArgument ? instance(typeArgument) : null;
  const before = receiver ? `${receiver.text}.` : kind === "method" ? "this." : "";
  const typeText = explicit && typeArgument ? `<${typeArgument.name}>` : "";
  const returns = applied(signature.returns, typeArgument);
  if (returns.kind !== "int") return ill("no number");
  const inOrder = [...(receiver ? [receiver] : []), ...args];
  return numberOfType(
    returns,
    `${before}${name}${typeText}(${values.map((v) => v.text).join(", ")})`,
    inOrder.flatMap((arg) => (isPlace(arg) ? arg.parts : [arg])),
    (parts) => {
      let next = 0;
      const place = (old: Place): Place => {
        const own = parts.slice(next, next + old.parts.length);
        next += own.length;
        return old.rebuild(own);
      };
      const on = receiver && place(receiver);
      const rebuilt = args.map((arg) =>
        isPlace(arg) ? place(arg) : (parts[next++] ?? ill("an argument is missing")),
      );
      return call({ ...made, receiver: on, args: rebuilt });
    },
    (m) => evaluated(m, specialised ?? m.functions.get(name) ?? ill(`no function ${name}`), receiver, values),
  );
}

/** No conditional: its other side may be a plain number. */
const exactly = (type: DataType, value: Expr): Expr => {
  if (type.kind !== "int") return ill("no number");
  const told = value.kind === "number" && !value.known && value.parts[0]?.kind !== "boolean";
  return told && value.declared.length === 1 && value.declared[0] === type ? value : conversion(type, value);
};

function evaluated(
  m: Machine,
  callee: Callee,
  receiver: Place | null,
  values: readonly (Expr | Place)[],
): bigint {
  const on = receiver?.cell(m) ?? null;
  return callee.invoke(
    m,
    on,
    values.map((value) => (isPlace(value) ? value.cell(m) : value.value(m))),
  );
}
