import type { DILocation } from "./debug-types.js";
import type { Block, IrFunction } from "./function.js";
import type {
  Access,
  AtomicOp,
  BinaryOp,
  CallArgument,
  CastOp,
  IcmpPredicate,
  Operation,
  Ordering,
  PhiIncoming,
  SwitchCase,
} from "./instructions.js";
import { InternalError } from "./internal-error.js";
import type { MdNode } from "./metadata.js";
import type { Module } from "./module.js";
import { type IrType, i1, printType, ptr, sameType, structType, voidType } from "./types.js";
import { constAddress, expectType, type Value } from "./values.js";

export interface AccessOptions {
  readonly align?: number;
  readonly volatile?: boolean;
  readonly name?: string;
}

/** A phi whose incoming values may come after it: loops need that. */
export interface Phi extends Value {
  addIncoming(value: Value, from: Block): void;
}

type InstructionMetadata = readonly (readonly [string, MdNode])[];

/**
 * Appends instructions to a block of one function. Operand types are checked as they are added, so that a
 * mistake shows where it is made and not where LLVM's verifier meets it.
 *
 * @throws InternalError on operands of a wrong type, or an instruction after a terminator.
 */
export class Builder {
  #block: Block | null = null;
  /** Attached to every instruction that follows. */
  location: DILocation | null;

  constructor(
    readonly module: Module,
    readonly fn: IrFunction,
  ) {
    const debug = fn.options.debug;
    this.location = debug === undefined ? null : module.debug.location(debug.line, 0, debug);
  }

  /** Continues at the end of `block`. */
  at(block: Block): this {
    this.fn.place(block);
    this.#block = block;
    return this;
  }

  get block(): Block {
    if (this.#block === null) throw new InternalError("ir-no-block", `${this.fn.name}: no block to build in`);
    return this.#block;
  }

  get terminated(): boolean {
    return this.block.terminated;
  }

  /** Sets the source position, in this function's file. Lines and columns count from 1. */
  setLocation(line: number, column: number): this {
    const debug = this.fn.options.debug;
    if (debug !== undefined) this.location = this.module.debug.location(line, column, debug);
    return this;
  }

  /** A stack slot for the whole function, in its entry block. Not zeroed. */
  alloca(type: IrType, name = "slot", align: number | null = null): Value {
    const text = this.fn.localName(name);
    this.fn.allocas.push({
      result: text,
      operation: { op: "alloca", allocated: type, align },
      location: null,
      metadata: [],
    });
    return { type: ptr, text };
  }

  load(type: IrType, pointer: Value, options: AccessOptions = {}): Value {
    expectType(pointer, ptr, "load from");
    return this.#emit({ op: "load", type, pointer, access: access(options) }, type, options.name);
  }

  store(value: Value, pointer: Value, options: AccessOptions = {}): void {
    expectType(pointer, ptr, "store to");
    this.#emit({ op: "store", value, pointer, access: access(options) }, voidType);
  }

  gep(
    element: IrType,
    base: Value,
    indices: readonly Value[],
    options: { inbounds?: boolean; name?: string } = {},
  ): Value {
    expectType(base, ptr, "getelementptr base");
    return this.#emit(
      { op: "gep", element, base, indices, inbounds: options.inbounds ?? true },
      ptr,
      options.name,
    );
  }

  binary(operator: BinaryOp, left: Value, right: Value, name?: string): Value {
    expectInt(left, operator);
    expectType(right, left.type, operator);
    return this.#emit({ op: "binary", operator, left, right }, left.type, name);
  }

  icmp(predicate: IcmpPredicate, left: Value, right: Value, name?: string): Value {
    expectType(right, left.type, `icmp ${predicate}`);
    return this.#emit({ op: "icmp", predicate, left, right }, i1, name);
  }

  select(condition: Value, then: Value, otherwise: Value, name?: string): Value {
    expectType(condition, i1, "select condition");
    expectType(otherwise, then.type, "select");
    return this.#emit({ op: "select", condition, then, otherwise }, then.type, name);
  }

  /** Must come before the other instructions of its block. */
  phi(type: IrType, name?: string): Phi {
    const incoming: PhiIncoming[] = [];
    const value = this.#emit({ op: "phi", type, incoming }, type, name);
    return {
      ...value,
      addIncoming: (from, block) => {
        expectType(from, type, "phi");
        incoming.push({ value: from, from: block });
      },
    };
  }

  /** Gives `value` itself if it has that type already. */
  cast(operator: CastOp, value: Value, to: IrType, name?: string): Value {
    if (sameType(value.type, to)) return value;
    checkCast(operator, value, to);
    return this.#emit({ op: "cast", operator, value, to }, to, name);
  }

  /** Pins down an undefined value, so that every use of it sees the same bits. */
  freeze(value: Value): Value {
    return this.#emit({ op: "freeze", value }, value.type);
  }

  extractValue(aggregate: Value, index: number): Value {
    const field = aggregate.type.kind === "struct" ? aggregate.type.fields?.[index] : undefined;
    if (field === undefined) {
      throw new InternalError("ir-type-mismatch", `extractvalue ${index} of ${printType(aggregate.type)}`);
    }
    return this.#emit({ op: "extractvalue", aggregate, index }, field);
  }

  br(target: Block): void {
    this.#emit({ op: "br", target }, voidType);
  }

  condBr(condition: Value, then: Block, otherwise: Block): void {
    expectType(condition, i1, "br condition");
    this.#emit({ op: "condbr", condition, then, otherwise }, voidType);
  }

  /** Goes on while the program may make more rounds. Linux 6.9. */
  mayGoto(goOn: Block, spent: Block): void {
    this.#emit({ op: "maygoto", goOn, spent }, voidType);
  }

  switch(value: Value, otherwise: Block, cases: readonly SwitchCase[]): void {
    for (const { value: label } of cases) expectType(label, value.type, "switch case");
    this.#emit({ op: "switch", value, otherwise, cases }, voidType);
  }

  /** @throws InternalError if the value is not what the function returns. */
  ret(value: Value | null = null): void {
    const { returns } = this.fn.signature;
    if (value === null ? returns.kind !== "void" : !sameType(value.type, returns)) {
      throw new InternalError(
        "ir-type-mismatch",
        `${this.fn.name}: ret where ${printType(returns)} is expected`,
      );
    }
    this.#emit({ op: "ret", value }, voidType);
  }

  unreachable(): void {
    this.#emit({ op: "unreachable" }, voidType);
  }

  /** Calls a function of the module, a declared one (kfunc) too. */
  call(callee: IrFunction, args: readonly Value[], name?: string): Value {
    const { params, returns, variadic } = callee.signature;
    if (args.length < params.length || (args.length > params.length && !variadic)) {
      throw new InternalError(
        "ir-type-mismatch",
        `${callee.name} takes ${params.length} arguments, not ${args.length}`,
      );
    }
    params.forEach((type, i) => {
      expectType(args[i]!, type, `${callee.name} argument ${i + 1}`);
    });
    const withAttributes = args.map((value, i) => ({
      value,
      attributes: callee.options.paramAttributes?.[i] ?? "",
    }));
    return this.callText(callee.text, returns, withAttributes, {
      returnAttributes: callee.options.returnAttributes ?? "",
      ...(name === undefined ? {} : { name }),
    });
  }

  /** Calls the kernel's helper of that number (enum bpf_func_id). `attributes` are LLVM's, by argument. */
  helper(id: number, returns: IrType, args: readonly Value[], attributes: readonly string[] = []): Value {
    const given = args.map((value, i) => ({ value, attributes: attributes[i] ?? "" }));
    return this.callText(constAddress(id).text, returns, given);
  }

  /** The general call, for intrinsics: `callee` is LLVM text. */
  callText(
    callee: string,
    returns: IrType,
    args: readonly CallArgument[],
    options: {
      name?: string;
      returnAttributes?: string;
      attributes?: string;
      metadata?: InstructionMetadata;
    } = {},
  ): Value {
    const { returnAttributes = "", attributes = "", metadata = [], name } = options;
    return this.#emit(
      { op: "call", callee, returns, returnAttributes, args, attributes },
      returns,
      name,
      metadata,
    );
  }

  /** Inline BPF assembly, with LLVM's constraint string (`=r,r,i`). */
  asm(template: string, constraints: string, returns: IrType, args: readonly Value[], name?: string): Value {
    const quoted = `asm sideeffect ${this.module.quote(template)}, ${this.module.quote(constraints)}`;
    const plain = args.map((value) => ({ value, attributes: "" }));
    return this.callText(quoted, returns, plain, name === undefined ? {} : { name });
  }

  /** Gives the old value. If nothing uses it, LLVM picks the cheaper form without fetch. */
  atomicRmw(operator: AtomicOp, pointer: Value, value: Value, ordering: Ordering = "seq_cst"): Value {
    expectType(pointer, ptr, "atomicrmw");
    this.#expectAtomic(value, operator);
    return this.#emit({ op: "atomicrmw", operator, pointer, value, ordering }, value.type);
  }

  /** Gives the old value. */
  cmpxchg(pointer: Value, expected: Value, replacement: Value, ordering: Ordering = "seq_cst"): Value {
    expectType(pointer, ptr, "cmpxchg");
    expectType(replacement, expected.type, "cmpxchg");
    this.#expectAtomic(expected, "cmpxchg");
    const pair = structType([expected.type, i1]);
    return this.extractValue(
      this.#emit({ op: "cmpxchg", pointer, expected, replacement, ordering }, pair),
      0,
    );
  }

  /** What the back end cannot select ends the process; so it is refused here. */
  #expectAtomic(value: Value, operator: AtomicOp | "cmpxchg"): void {
    const bits = value.type.kind === "int" ? value.type.bits : 0;
    const { cpu } = this.module.options;
    const without32 = (cpu === "v1" || cpu === "v2") && operator !== "add" && operator !== "sub";
    if (bits !== 64 && (bits !== 32 || without32)) {
      throw new InternalError("ir-unsupported", `atomic ${operator} of ${printType(value.type)} on ${cpu}`);
    }
  }

  #emit(operation: Operation, type: IrType, name = "t", metadata: InstructionMetadata = []): Value {
    const result = type.kind === "void" ? null : this.fn.localName(name);
    this.block.append({ result, operation, location: this.location, metadata });
    return { type, text: result ?? "" };
  }
}

const access = (options: AccessOptions): Access => ({
  align: options.align ?? null,
  volatile: options.volatile ?? false,
});

function expectInt(value: Value, what: string): void {
  if (value.type.kind !== "int") {
    throw new InternalError("ir-type-mismatch", `${what} of ${printType(value.type)}`);
  }
}

/** Which types a cast goes between; widths are compared for integers only. */
const CASTS: Readonly<Record<CastOp, { from: IrType["kind"]; to: IrType["kind"]; wider: boolean | null }>> = {
  zext: { from: "int", to: "int", wider: true },
  sext: { from: "int", to: "int", wider: true },
  trunc: { from: "int", to: "int", wider: false },
  inttoptr: { from: "int", to: "ptr", wider: null },
  ptrtoint: { from: "ptr", to: "int", wider: null },
  addrspacecast: { from: "ptr", to: "ptr", wider: null },
};

function checkCast(operator: CastOp, value: Value, to: IrType): void {
  const rule = CASTS[operator];
  const from = value.type;
  const kinds = from.kind === rule.from && to.kind === rule.to;
  const widths =
    rule.wider === null || (from.kind === "int" && to.kind === "int" && to.bits > from.bits === rule.wider);
  if (!kinds || !widths) {
    throw new InternalError("ir-type-mismatch", `${operator} of ${printType(from)} to ${printType(to)}`);
  }
}
