import type { BpfCpu } from "../compile.js";
import { capturesOf, type Local } from "../dialect/captures.js";
import type { Slot, Variable } from "../dialect/model/expressions.js";
import { alignOf, sizeOf } from "../dialect/model/layout.js";
import type { Loc } from "../dialect/model/location.js";
import type { Func, GlobalModel, MapModel } from "../dialect/model/model.js";
import type { LoopLabel } from "../dialect/model/statements.js";
import type { Type } from "../dialect/model/types.js";
import * as ir from "../ir/index.js";
import type { ExternTable } from "./externs.js";
import type { FrameTable } from "./frames.js";
import { escapingVariables } from "./lifetimes.js";
import { lowerStatements } from "./statements/index.js";
import type { TypeTable } from "./types.js";
import { fillCopies } from "./variables.js";

/** Where the jumps of a label lead: behind it, and to a loop's next round. */
export interface Target {
  readonly end: ir.Block;
  readonly next?: ir.Block;
}

/** What the functions of a module share. */
export interface ModuleContext {
  readonly cpu: BpfCpu;
  readonly types: TypeTable;
  readonly functions: FunctionTable;
  readonly frames: FrameTable;
  readonly maps: ReadonlyMap<MapModel, ir.GlobalVariable>;
  /** The map of the program's arena; null if it has none. */
  readonly arena: ir.GlobalVariable | null;
  readonly globals: ReadonlyMap<GlobalModel, ir.GlobalVariable>;
  readonly externs: ExternTable;
}

/** Every function's head, declared before any body, so that bodies may call in any order. */
export class FunctionTable {
  readonly #heads = new Map<Func, ir.IrFunction>();

  constructor(types: TypeTable, functions: readonly Func[]) {
    for (const func of functions) this.#heads.set(func, declare(types, func));
  }

  of(func: Func): ir.IrFunction {
    const head = this.#heads.get(func);
    if (!head) throw new ir.InternalError("ir-no-carrier", `no function ${func.name}`);
    return head;
  }
}

function declare(types: TypeTable, func: Func): ir.IrFunction {
  const { module } = types;
  const local = func.linkage === "static";
  const debug = module.debug.subprogram({
    name: func.name,
    file: types.file(func.loc.file),
    line: func.loc.line,
    returns: types.debug(func.returns),
    params: func.params.map((p) => ({ name: p.name, type: types.member(p.type) })),
    local,
  });
  const signature = ir.functionType(
    types.memory(func.returns),
    func.params.map((p) => types.memory(p.type)),
  );
  const made = module.function(func.name, signature, {
    // Weak: what calls a global function must not be optimised by its body, for the verifier checks each without the
    // other. LLVM would leave out arguments that it does not read (the verifier: "Caller passes invalid args"), or
    // checks of a result whose range it knows.
    linkage: local ? "internal" : func.linkage === "global" ? "weak" : "external",
    ...(func.section === null ? {} : { section: func.section }),
    paramNames: func.params.map((p) => p.name),
    attributes: func.inline ? ["alwaysinline"] : func.linkage === "global" ? ["noinline"] : [],
    debug,
  });
  if (func.linkage === "program") module.keep(made);
  return made;
}

/** One function while it is lowered: where its variables live, and where jumps go. */
export class FunctionLowering {
  readonly b: ir.Builder;
  /** What `current` means in the `modify` that is being lowered. */
  readonly current = new Map<object, ir.Value>();
  readonly #targets = new Map<LoopLabel, Target & { readonly depth: number }>();
  /** What has to be called on every way out of the body that is being lowered; innermost last. */
  readonly #cleanups: (() => void)[] = [];
  readonly #storage = new Map<Local, ir.Value>();
  readonly #captured: ReadonlySet<Local>;
  /** Variables whose object may be known by another name. */
  readonly escaping: ReadonlySet<Local>;
  /** The record of what closures of this function reach, if there is one. */
  readonly #record: ir.Value | null;
  #arenaMentioned = false;
  #exit: { readonly block: ir.Block; readonly result: ir.Value | null } | null = null;

  constructor(
    readonly context: ModuleContext,
    readonly func: Func,
    readonly fn: ir.IrFunction,
  ) {
    this.b = new ir.Builder(context.types.module, fn).at(fn.block("entry"));
    this.#captured = capturesOf(func);
    this.escaping = escapingVariables(func);
    this.#record = this.#makeRecord();
    this.#findCaptured();
  }

  get types(): TypeTable {
    return this.context.types;
  }

  at(loc: Loc): void {
    // A location is of this function's file; the parts of another file keep the last one.
    if (loc.file === this.func.loc.file) this.b.setLocation(loc.line, loc.column);
  }

  /** Names the arena once in this function. */
  mentionArena(): void {
    const { arena } = this.context;
    if (this.#arenaMentioned || !arena) return;
    this.#arenaMentioned = true;
    ir.intrinsics.mention(this.b, arena);
  }

  /** Says where `break` and `continue` of a label lead. */
  opened(label: LoopLabel, target: Target): void {
    this.#targets.set(label, { ...target, depth: this.#cleanups.length });
  }

  jump(label: LoopLabel, to: keyof Target): void {
    const target = this.#targets.get(label);
    const block = target?.[to];
    if (!target || !block)
      throw new ir.InternalError("ir-no-block", `a jump to "${label.name}" leads nowhere`);
    this.#cleanUp(target.depth);
    this.b.br(block);
  }

  /** From here until `left`, jumps further out and returns run the cleanup first. */
  entered(cleanup: () => void): void {
    this.#cleanups.push(cleanup);
  }

  left(): void {
    this.#cleanups.pop();
  }

  /** What the kernel is to hand to a closure of this function. */
  captures(closure: Func): ir.Value {
    if (capturesOf(closure).size === 0) return ir.nullPtr;
    if (!this.#record) throw new ir.InternalError("ir-no-carrier", `no record for ${closure.name}`);
    return this.#record;
  }

  /** Whether a variable is of a function around this closure. */
  isCaptured(local: Local): boolean {
    return this.#captured.has(local);
  }

  /** Whether it is in the record that closures reach. */
  isShared(local: Local): boolean {
    return this.isCaptured(local) || this.context.frames.of(this.func)?.offsets.has(local) === true;
  }

  /** Stack memory of a variable: LLVM turns most of it into registers. */
  variable(variable: Variable): ir.Value {
    return this.#allocated(variable, variable.name, variable.type);
  }

  slot(slot: Slot): ir.Value {
    return this.#allocated(slot, slot.name, slot.type);
  }

  /** A stack slot for a value that the model does not name. */
  scratch(name: string, type: Type): ir.Value {
    // No more alignment than the type's own: LLVM then lets a helper write straight to where the value goes.
    return this.b.alloca(ir.arrayType(ir.i8, sizeOf(type)), name, alignOf(type));
  }

  /** Leaves the function. All returns meet in one block: several `ret` cost instructions. */
  leave(value: ir.Value | null): void {
    this.#exit ??= {
      block: this.fn.block("exit"),
      result: value ? this.b.alloca(value.type, "result") : null,
    };
    if (value && this.#exit.result) this.b.store(value, this.#exit.result);
    this.#cleanUp(0);
    this.b.br(this.#exit.block);
  }

  /** Writes the block that `leave` goes to. */
  finish(): void {
    if (!this.#exit) return;
    this.b.at(this.#exit.block);
    const { result } = this.#exit;
    this.b.ret(result ? this.b.load(this.types.memory(this.func.returns), result) : null);
  }

  #cleanUp(depth: number): void {
    for (const cleanup of this.#cleanups.slice(depth).reverse()) cleanup();
  }

  #makeRecord(): ir.Value | null {
    const frame = this.context.frames.of(this.func);
    if (!frame) return null;
    const record = this.b.alloca(ir.arrayType(ir.i8, frame.size), "captured", 8);
    for (const [local, offset] of frame.offsets) this.#storage.set(local, this.#at(record, offset));
    if (frame.outer !== null) this.b.store(this.#context(), this.#at(record, frame.outer));
    return record;
  }

  /** In a closure: where the variables of the functions around it are. */
  #findCaptured(): void {
    const captured = new Set(this.#captured);
    let record: ir.Value | null = null;
    for (let closure = this.func.closure; closure && captured.size > 0; closure = closure.parent.closure) {
      const frame = this.context.frames.of(closure.parent);
      if (!frame) break;
      record ??= this.#context();
      for (const [local, offset] of frame.offsets)
        if (captured.delete(local)) this.#storage.set(local, this.#at(record, offset));
      if (frame.outer !== null && captured.size > 0)
        record = this.b.load(ir.ptr, this.#at(record, frame.outer), { align: 8 });
    }
  }

  /** The address that the kernel handed on: the closure's last parameter. */
  #context(): ir.Value {
    const context = this.fn.params.at(-1);
    if (!this.func.closure?.context || !context)
      throw new ir.InternalError("ir-no-carrier", `${this.func.name} is handed no address`);
    return context;
  }

  #at(record: ir.Value, offset: number): ir.Value {
    return this.b.gep(ir.i8, record, [ir.constInt(ir.i64, offset)]);
  }

  #allocated(key: Variable | Slot, name: string, type: Type): ir.Value {
    const known = this.#storage.get(key);
    if (known) return known;
    const size = Math.max(1, sizeOf(type));
    const made = this.b.alloca(ir.arrayType(ir.i8, size), name || "slot", 8);
    this.#storage.set(key, made);
    return made;
  }
}

export function lowerFunction(context: ModuleContext, func: Func): void {
  const fn = context.functions.of(func);
  const f = new FunctionLowering(context, func, fn);
  f.at(func.loc);
  func.params.forEach((param, i) => {
    const value = fn.params[i];
    if (value) f.b.store(value, f.variable(param));
    fillCopies(f, param);
  });
  lowerStatements(f, func.body);
  // Falling off the end: of a void function, or where the checker proved that nothing comes here.
  if (!f.b.terminated)
    f.leave(func.returns.kind === "void" ? null : ir.zero(context.types.memory(func.returns)));
  f.finish();
}
