import type { Btf } from "../btf/btf.js";
import { SpecError } from "./error.js";
import type { CodeFunction } from "./functions.js";
import { linkProgram } from "./link.js";
import { libbpfSection, type OwnSections } from "./own-sections.js";
import { matchSection, sectionFlagBits } from "./sections.js";
import type { ProgramSpec } from "./spec.js";

const subprogramSection = ".text";

/**
 * Makes a program of every function that stands, visible, in a section of its own kind; what is static or in
 * `.text` are subprograms.
 *
 * @throws SpecError SPEC_UNKNOWN_SECTION, SPEC_BAD_FUNCTION
 */
export function readPrograms(
  functions: ReadonlyMap<string, CodeFunction>,
  endian: "little" | "big",
  own: OwnSections,
  btf: Btf | null,
): ProgramSpec[] {
  const entries = [...functions.values()].filter(
    (func) => func.global && func.section.name !== subprogramSection,
  );
  return entries.map((entry): ProgramSpec => {
    const { name } = entry.section;
    const section = libbpfSection(name, own);
    const match = matchSection(section);
    if (match === null) {
      const stands = section === name ? "" : ` stands for ${JSON.stringify(section)}, which`;
      throw new SpecError(
        "SPEC_UNKNOWN_SECTION",
        `program ${entry.name}: section ${JSON.stringify(name)}${stands} is not one that libbpf knows; name it by the kind of program, such as "xdp" or "tracepoint/sched/sched_switch", or say what it stands for (the option \`sections\`)`,
        { section: name, symbol: entry.name },
      );
    }
    const { def } = match;
    return {
      name: entry.name,
      section: match.name,
      type: def.type,
      expectedAttachType: def.attachType,
      attachTo: match.attachTo,
      targetFd: null,
      flags: def.flags.reduce((bits, flag) => bits | (sectionFlagBits[flag] ?? 0), 0),
      autoload: match.autoload,
      tags: entry.type === 0 ? [] : (btf?.declTags(entry.type) ?? []),
      autoattach: true,
      ...linkProgram(entry, functions, endian),
    };
  });
}
