import { alignOf } from "../dialect/model/layout.js";
import type { ExternFunction, ExternModel, ExternVariable } from "../dialect/model/model.js";
import type { Type } from "../dialect/model/types.js";
import * as ir from "../ir/index.js";
import type { TypeTable } from "./types.js";

/** What the kernel provides, as declarations that the loader resolves. */
export interface ExternTable {
  variable(extern: ExternVariable): ir.GlobalVariable;
  function(extern: ExternFunction): ir.IrFunction;
}

export function lowerExterns(types: TypeTable, externs: readonly ExternModel[]): ExternTable {
  const variables = new Map<ExternModel, ir.GlobalVariable>();
  const functions = new Map<ExternModel, ir.IrFunction>();
  for (const extern of externs)
    if (extern.kind === "kfunc") functions.set(extern, declareFunction(types, extern));
    else variables.set(extern, declareVariable(types, extern));
  return { variable: (extern) => found(variables, extern), function: (extern) => found(functions, extern) };
}

function found<T>(table: ReadonlyMap<ExternModel, T>, extern: ExternModel): T {
  const known = table.get(extern);
  if (!known) throw new ir.InternalError("ir-no-carrier", `no extern ${extern.name}`);
  return known;
}

const linkage = ({ weak }: ExternModel): { linkage?: "extern_weak" } =>
  weak ? { linkage: "extern_weak" } : {};

function declareVariable(types: TypeTable, extern: ExternVariable): ir.GlobalVariable {
  const { debug } = types.module;
  const type = types.debug(extern.type);
  const memory = extern.type.kind === "void" ? ir.i8 : types.memory(extern.type);
  return types.module.global(extern.name, memory, {
    ...linkage(extern),
    section: extern.kind === "kconfig" ? ".kconfig" : ".ksyms",
    align: extern.type.kind === "void" ? 1 : alignOf(extern.type),
    debug: debug.global({
      name: extern.name,
      file: types.file(extern.loc.file),
      line: extern.loc.line,
      // libbpf takes a `void` for a symbol that is known by its address alone.
      type: extern.kind === "ksym" ? debug.constOf(type) : type,
      definition: false,
    }),
  });
}

function declareFunction(types: TypeTable, extern: ExternFunction): ir.IrFunction {
  const { module } = types;
  const debug = module.debug.subprogram({
    name: extern.name,
    file: types.file(extern.loc.file),
    line: extern.loc.line,
    returns: types.debug(extern.returns),
    params: extern.params.map(({ name, type, calls }) => ({
      name,
      type: calls ? functionPointer(types, calls) : types.member(type),
    })),
    definition: false,
  });
  const signature = ir.functionType(
    registerType(types, extern.returns),
    extern.params.map((p) => registerType(types, p.type)),
  );
  return module.function(extern.name, signature, { ...linkage(extern), section: ".ksyms", debug });
}

/** The loader compares it with the kernel's declaration (libbpf: `bpf_core_types_are_compat`). */
function functionPointer(types: TypeTable, params: readonly Type[]): ir.DIType {
  const { debug } = types.module;
  return debug.pointer(
    debug.subroutine(
      debug.integer(32, true),
      params.map((p) => types.member(p)),
    ),
  );
}

/** Integers travel as 64 bits: how much of a register the kernel's own code fills is its compiler's business. */
export function registerType(types: TypeTable, type: ExternFunction["returns"]): ir.IrType {
  const memory = types.memory(type);
  return memory.kind === "int" ? ir.i64 : memory;
}
