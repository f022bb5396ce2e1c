import { Btf } from "../btf/btf.js";
import { encodeBtf } from "../btf/builder.js";
import type { BtfSecVar, BtfType } from "../btf/types.js";
import { symbolType } from "../elf/constants.js";
import { type ElfFile, type ElfSymbol, isHidden } from "../elf/elf.js";
import { SpecError } from "./error.js";
import { layoutKconfig } from "./kconfig.js";

/**
 * Completes an object's BTF. LLVM leaves datasec sizes, and the offsets of global variables in them, zero: they
 * are known only from the section headers and the symbols. The kernel wants them, and wants variables in
 * order (btf_datasec_check_meta in kernel/bpf/btf.c). Hidden functions become static: the verifier then checks them
 * where they are called, with what is known there, and not by themselves for any argument (libbpf does the same).
 * Type ids and string offsets stay as they are.
 *
 * @throws BtfError, SpecError SPEC_BAD_VARIABLE
 */
export function completeBtf(btf: Btf, elf: ElfFile): Btf {
  const types = [...btf.ids()].map((id) => btf.type(id));
  const hidden = new Set(
    elf.symbols.filter((s) => s.type === symbolType.func && isHidden(s)).map(({ name }) => name),
  );
  if (hidden.size === 0 && !types.some((type) => type.kind === "datasec")) return btf;
  const symbols = new Map(
    elf.symbols.filter((s) => s.type === symbolType.object).map((s) => [`${s.section}:${s.name}`, s]),
  );
  const completed = types.map((type): BtfType => {
    if (type.kind === "datasec") return complete(type, btf, elf, symbols);
    return type.kind === "func" && hidden.has(type.name) ? { ...type, linkage: "static" } : type;
  });
  return Btf.parse(encodeBtf(completed, { endian: btf.endian, strings: btf.strings }));
}

type Datasec = Extract<BtfType, { kind: "datasec" }>;

function complete(
  datasec: Datasec,
  btf: Btf,
  elf: ElfFile,
  symbols: ReadonlyMap<string, ElfSymbol>,
): Datasec {
  if (datasec.name === ".kconfig") return layoutKconfig(datasec, btf);
  const section = elf.section(datasec.name);
  // `.ksyms` has no section: its variables are the kernel's.
  if (section === null) return datasec;
  const vars = datasec.vars.map((entry): BtfSecVar => {
    const variable = btf.type(entry.type);
    if (variable.kind !== "var") {
      throw new SpecError(
        "SPEC_BAD_VARIABLE",
        `the BTF of section ${section.name} lists a ${variable.kind} (type ${entry.type}) among its variables`,
        { section: section.name },
      );
    }
    // A static variable's offset is in the BTF: LLVM writes it there as a relocation's addend.
    const symbol =
      variable.linkage === "static" ? undefined : symbols.get(`${section.index}:${variable.name}`);
    const offset = symbol?.value ?? entry.offset;
    if (offset + entry.size > section.size) {
      throw new SpecError(
        "SPEC_BAD_VARIABLE",
        `variable ${variable.name}, bytes ${offset} to ${offset + entry.size}, is outside section ${section.name} of ${section.size} bytes; build the object again`,
        { section: section.name, symbol: variable.name },
      );
    }
    return { ...entry, offset };
  });
  return { ...datasec, size: section.size, vars: vars.sort((a, b) => a.offset - b.offset) };
}
