import { isLookedAfter } from "../dialect/kernel-objects.js";
import type { GlobalModel, Model } from "../dialect/model/model.js";
import * as ir from "../ir/index.js";
import { type TypeTable, tagsOf } from "./types.js";

/** libbpf's name for it: `ARENA_SEC`, tools/lib/bpf/libbpf.c. */
const ARENA = ".addr_space.1";

/**
 * The license, and globals: `.rodata` for readonly ones, `.bss` for those that start as zero, else `.data`. One with a
 * lock, list or tree has a section to itself, and is static: the kernel knows one lock in a map, and lets no map be
 * shared that has such things (libbpf: `map_is_mmapable`).
 */
export function lowerGlobals(types: TypeTable, model: Model): ReadonlyMap<GlobalModel, ir.GlobalVariable> {
  lowerLicense(types, model);
  return new Map(model.globals.map((global) => [global, lowerGlobal(types, global)]));
}

function lowerGlobal(types: TypeTable, global: GlobalModel): ir.GlobalVariable {
  const { debug } = types.module;
  const zero = global.initial.every((byte) => byte === 0);
  const apart = !global.constant && isLookedAfter(global.type);
  const declared = types.member(global.type);
  const di = debug.global({
    name: global.name,
    file: types.file(global.loc.file),
    line: global.loc.line,
    type: global.constant ? debug.constOf(debug.volatileOf(declared)) : declared,
    local: apart,
    declTags: tagsOf(global.type),
  });
  const made = types.module.global(global.name, ir.arrayType(ir.i8, global.initial.length), {
    ...(global.inArena ? { inArena: true } : {}),
    section: sectionOf(global, zero, apart),
    ...(apart ? { linkage: "internal" } : {}),
    align: 8,
    constant: global.constant,
    // A user may set it before the load; loads of a scalar are volatile besides, as in C.
    externallyInitialized: global.constant,
    initializer: zero ? ir.zero(ir.arrayType(ir.i8, global.initial.length)) : ir.constBytes(global.initial),
    debug: di,
  });
  // A symbol that others see stays; the list of what is kept has no address spaces.
  if (!global.inArena) types.module.keep(made);
  return made;
}

/** `.data.NAME` also for what starts as zero: libbpf 1.1 knows no `.bss.NAME`. */
function sectionOf({ name, constant, inArena }: GlobalModel, zero: boolean, apart: boolean): string {
  if (inArena) return ARENA;
  if (apart) return `.data.${name}`;
  if (constant) return ".rodata";
  return zero ? ".bss" : ".data";
}

function lowerLicense(types: TypeTable, model: Model): void {
  const { module } = types;
  const text = ir.cString(model.license);
  const di = module.debug.global({
    name: "_license",
    file: module.debug.mainFile,
    line: 1,
    type: module.debug.array(module.debug.char(), text.type.count),
    // So that `tsbpfc gen` gives a skeleton the same name from the object alone.
    declTags: [`tsbpfc:program=${model.name}`],
  });
  module.keep(
    module.global("_license", text.type, { section: "license", align: 1, initializer: text, debug: di }),
  );
}
