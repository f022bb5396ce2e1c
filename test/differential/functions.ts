import { type Expr, fitted, ill, type NumberExpr, numberOf, type Place, read } from "./expressions.js";
import { type Callee, type Cell, cellOf, type Machine, store } from "./machine.js";
import { local } from "./places.js";
import { type Block, linesOf, runBlock } from "./statements.js";
import { type DataType, type IntType, isScalar } from "./types.js";

export interface Parameter {
  readonly name: string;
  readonly type: DataType;
}

/** What a call needs to know. */
export interface Signature {
  readonly name: string;
  /** In a module, not exported or exported; or a method of the program class. */
  readonly kind: "static" | "global" | "method";
  readonly params: readonly Parameter[];
  readonly returns: IntType;
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
    invoke: (m, args) => {
      const locals = new Map<string, Cell>();
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
  const { name, kind, params, returns } = signature;
  const head = `${name}(${params.map((p) => `${p.name}: ${p.type.name}`).join(", ")}): ${returns.name} {`;
  const before = { static: "function ", global: "export function ", method: "" }[kind];
  return [`${before}${head}`, ...linesOf(body), `  return ${fitted(returns, result).text};`, "}"];
}

/** Arguments are values for scalars, and places, by reference, for aggregates. */
export function call(signature: Signature, args: readonly (Expr | Place)[]): NumberExpr {
  const values = signature.params.map(({ type }, i) => {
    const arg = args[i] ?? ill("an argument is missing");
    if (isScalar(type)) return "kind" in arg ? fitted(type, arg) : fitted(type, read(arg));
    return !("kind" in arg) && arg.type === type ? arg : ill("another type");
  });
  const scalars = args.flatMap((arg) => ("kind" in arg ? [arg] : []));
  const { name, kind, returns } = signature;
  const evaluate = (m: Machine): bigint => {
    const callee = m.functions.get(name) ?? ill(`no function ${name}`);
    return callee.invoke(
      m,
      values.map((value) => ("kind" in value ? value.value(m) : value.cell(m))),
    );
  };
  const typed = numberOf(read(local("", returns)));
  return {
    ...typed,
    text: `${kind === "method" ? "this." : ""}${name}(${values.map((v) => v.text).join(", ")})`,
    parts: scalars,
    rebuild: (p) => {
      let next = 0;
      return call(
        signature,
        args.map((arg) => ("kind" in arg ? (p[next++] ?? ill("an argument is missing")) : arg)),
      );
    },
    value: evaluate,
  };
}
