import type { BpfCpu } from "../compile.js";
import type { Slot, Variable } from "../dialect/model/expressions.js";
import { alignOf, sizeOf } from "../dialect/model/layout.js";
import type { Loc } from "../dialect/model/location.js";
import type { Func, GlobalModel, MapModel } from "../dialect/model/model.js";
import type { LoopLabel } from "../dialect/model/statements.js";
import type { Type } from "../dialect/model/types.js";
import * as ir from "../ir/index.js";
import type { ExternTable } from "./externs.js";
import { lowerStatements } from "./statements/index.js";
import type { TypeTable } from "./types.js";

/** What the functions of a module share. */
export interface ModuleContext {
  readonly cpu: BpfCpu;
  readonly types: TypeTable;
  readonly functions: FunctionTable;
  readonly maps: ReadonlyMap<MapModel, ir.GlobalVariable>;
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
    linkage: local ? "internal" : "external",
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
  readonly breaks = new Map<LoopLabel, ir.Block>();
  readonly continues = new Map<LoopLabel, ir.Block>();
  readonly #storage = new Map<Variable | Slot, ir.Value>();
  #exit: { readonly block: ir.Block; readonly result: ir.Value | null } | null = null;

  constructor(
    readonly context: ModuleContext,
    readonly func: Func,
    readonly fn: ir.IrFunction,
  ) {
    this.b = new ir.Builder(context.types.module, fn).at(fn.block("entry"));
  }

  get types(): TypeTable {
    return this.context.types;
  }

  at(loc: Loc): void {
    // A location is of this function's file; the parts of another file keep the last one.
    if (loc.file === this.func.loc.file) this.b.setLocation(loc.line, loc.column);
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
    this.b.br(this.#exit.block);
  }

  /** Writes the block that `leave` goes to. */
  finish(): void {
    if (!this.#exit) return;
    this.b.at(this.#exit.block);
    const { result } = this.#exit;
    this.b.ret(result ? this.b.load(this.types.memory(this.func.returns), result) : null);
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
    if (value && param.copy.slot) f.b.store(value, f.slot(param.copy.slot));
  });
  lowerStatements(f, func.body);
  // Falling off the end: of a void function, or where the checker proved that nothing comes here.
  if (!f.b.terminated)
    f.leave(func.returns.kind === "void" ? null : ir.zero(context.types.memory(func.returns)));
  f.finish();
}
