import type { TypeId } from "../btf/types.js";
import { bpfRelocation, sectionIndex, symbolBinding } from "../elf/constants.js";
import type { ElfRelocation, ElfSection, ElfSymbol } from "../elf/elf.js";
import { type Instructions, insnSize, opcode, pseudo, pseudoCall } from "../insn/insn.js";
import { SpecError } from "./error.js";
import type { JumpTables } from "./jump-tables.js";
import type { Reference } from "./spec.js";

/** A call of, or an address of, another function of the object: the linker puts the distance in. */
export interface CodeTarget {
  readonly insn: number;
  /** See {@link CodeFunction.key}. */
  readonly key: string;
  readonly address: boolean;
}

/** What a relocation may point to, by ELF section index and byte. */
export interface Resolver {
  readonly sections: readonly ElfSection[];
  /** Maps of `.maps` and `maps`, by `section:offset`. */
  readonly maps: ReadonlyMap<string, string>;
  /** Maps behind sections of globals, and the arena that has some, by section index. */
  readonly globals: ReadonlyMap<number, string>;
  readonly jumpTables: JumpTables | null;
  readonly isCode: (section: number) => boolean;
  /** Externs by name. */
  readonly externs: ReadonlyMap<string, Extern>;
}

/** A symbol that the object declares but does not define. */
export type Extern =
  | { readonly kind: "kconfig"; readonly map: string; readonly offset: number }
  | { readonly kind: "ksym"; readonly type: TypeId; readonly isFunction: boolean };

interface Site {
  readonly insns: Instructions;
  readonly insn: number;
  readonly func: ElfSymbol;
  readonly section: ElfSection;
  readonly symbol: ElfSymbol;
  readonly resolver: Resolver;
}

interface Resolved {
  readonly references: readonly Reference[];
  readonly targets: readonly CodeTarget[];
}

/**
 * Turns a function's relocations, and its calls by distance, into references and targets; sets the
 * instructions' `src_reg` and clears their immediates.
 *
 * @throws SpecError SPEC_BAD_RELOCATION, SPEC_BAD_EXTERN, SPEC_UNSUPPORTED
 */
export function resolveCode(
  insns: Instructions,
  func: ElfSymbol,
  section: ElfSection,
  relocations: readonly ElfRelocation[],
  resolver: Resolver,
): Resolved {
  const references: Reference[] = [];
  const targets: CodeTarget[] = [];
  const done = new Set<number>();
  for (const { offset, symbol, type } of relocations) {
    const insn = (offset - func.value) / insnSize;
    const site: Site = { insns, insn, func, section, symbol, resolver };
    if (!Number.isInteger(insn) || done.has(insn))
      throw bad(site, `byte ${offset} is relocated twice, or is within an instruction`);
    const code = insns.code(insn);
    const isCall = code === opcode.call && type === bpfRelocation.call32;
    const isLoad = insns.isLdImm64(insn) && type === bpfRelocation.abs64InInsn;
    if (!isCall && !isLoad)
      throw bad(site, `relocation type ${type} does not fit opcode 0x${code.toString(16)}`);
    const resolved = isCall ? resolveCall(site) : resolveLoad(site);
    if ("key" in resolved) targets.push(resolved);
    else references.push(resolved);
    done.add(insn);
  }
  targets.push(...relativeTargets(insns, func, done));
  return { references, targets };
}

function resolveCall(site: Site): Reference | CodeTarget {
  const { insns, insn, symbol, resolver } = site;
  if (symbol.section === sectionIndex.undefined) {
    const { name } = symbol;
    const extern = externOf(site);
    if (extern.kind !== "ksym" || !extern.isFunction)
      throw badExtern(site, "is called but is not a function");
    insns.setSrc(insn, pseudoCall.kfunc);
    insns.setOff(insn, 0);
    insns.setImm(insn, 0);
    return { kind: "kfunc", insn, name, weak: symbol.binding === symbolBinding.weak, type: extern.type };
  }
  if (!resolver.isCode(symbol.section)) throw bad(site, "calls what is not code");
  // By section the immediate is the target's index less one; by function it is -1: the same sum serves both.
  const offset = symbol.value + (insns.imm(insn) + 1) * insnSize;
  insns.setSrc(insn, pseudoCall.subprogram);
  return { insn, key: `${symbol.section}:${offset}`, address: false };
}

function resolveLoad(site: Site): Reference | CodeTarget {
  const { insns, insn, symbol, resolver } = site;
  const offset = symbol.value + Number(BigInt.asIntN(64, insns.imm64(insn)));
  insns.setImm64(insn, 0n);
  if (symbol.section === sectionIndex.undefined) return resolveExtern(site);
  const declared = resolver.maps.get(`${symbol.section}:${offset}`);
  if (declared !== undefined) {
    insns.setSrc(insn, pseudo.mapFd);
    return { kind: "map", insn, map: declared };
  }
  const global = resolver.globals.get(symbol.section);
  const holder = resolver.sections[symbol.section];
  if (global !== undefined && holder !== undefined) {
    // One past the end is a legal address.
    if (offset < 0 || offset > holder.size)
      throw bad(site, `points to byte ${offset} of ${global}, which has ${holder.size}`);
    return mapValue(insns, insn, global, offset);
  }
  if (symbol.section === resolver.jumpTables?.section)
    return jumpTable(site, resolver.jumpTables.at(offset), offset);
  if (resolver.isCode(symbol.section)) {
    insns.setSrc(insn, pseudo.func);
    return { insn, key: `${symbol.section}:${offset}`, address: true };
  }
  const name =
    holder?.name ?? (symbol.section === sectionIndex.common ? "COMMON" : `section ${symbol.section}`);
  throw new SpecError(
    "SPEC_UNSUPPORTED",
    `${site.func.name}: instruction ${insn} uses ${symbol.name || "data"} in ${name}, which is neither a map, nor global data, nor code`,
    { section: name, symbol: symbol.name },
  );
}

function resolveExtern(site: Site): Reference {
  const { insns, insn, symbol } = site;
  const extern = externOf(site);
  if (extern.kind === "kconfig") return mapValue(insns, insn, extern.map, extern.offset);
  return {
    kind: "ksym",
    insn,
    name: symbol.name,
    weak: symbol.binding === symbolBinding.weak,
    type: extern.type,
  };
}

/** The table's place in the function's own instructions: the linker moves it with them. */
function jumpTable(site: Site, found: ReturnType<JumpTables["at"]>, offset: number): Reference {
  const { insns, insn, func } = site;
  if (found === null) throw bad(site, `points to byte ${offset} of .jumptables, where no table is`);
  insns.setSrc(insn, pseudo.mapValue);
  insns.setImm(insn + 1, found.within);
  const targets = found.table.targets.map((byte) => {
    const target = (byte - func.value) / insnSize;
    if (Number.isInteger(target) && target >= 0 && target < insns.count) return target;
    throw bad(site, `jumps to byte ${byte} of the section, which is no instruction of this function`);
  });
  return { kind: "jumpTable", insn, targets };
}

function mapValue(insns: Instructions, insn: number, map: string, offset: number): Reference {
  insns.setSrc(insn, pseudo.mapValue);
  insns.setImm(insn + 1, offset | 0);
  return { kind: "mapValue", insn, map, offset };
}

/** Calls and function addresses that the assembler (or a static linker) has resolved within the section. */
function relativeTargets(insns: Instructions, func: ElfSymbol, done: ReadonlySet<number>): CodeTarget[] {
  const targets: CodeTarget[] = [];
  for (let insn = 0; insn < insns.count; insn++) {
    const isLoad = insns.isLdImm64(insn);
    const isCall = insns.code(insn) === opcode.call && insns.src(insn) === pseudoCall.subprogram;
    if (!done.has(insn) && (isCall || (isLoad && insns.src(insn) === pseudo.func))) {
      const offset = func.value + (insn + insns.imm(insn) + 1) * insnSize;
      targets.push({ insn, key: `${func.section}:${offset}`, address: isLoad });
    }
    if (isLoad) insn++;
  }
  return targets;
}

function externOf(site: Site): Extern {
  const extern = site.resolver.externs.get(site.symbol.name);
  if (extern !== undefined) return extern;
  throw badExtern(
    site,
    "is not defined in this object; define it, or declare it with __ksym or __kconfig and compile with -g",
  );
}

function badExtern({ func, section, symbol }: Site, what: string): SpecError {
  return new SpecError("SPEC_BAD_EXTERN", `${func.name}: ${symbol.name} ${what}`, {
    section: section.name,
    symbol: symbol.name,
  });
}

function bad({ func, section, symbol, insn }: Site, what: string): SpecError {
  return new SpecError(
    "SPEC_BAD_RELOCATION",
    `${func.name}: instruction ${insn}: ${what}; build the object again`,
    {
      section: section.name,
      symbol: symbol.name,
    },
  );
}
