import { entry } from "./entry.js";

/** 1xxx: the shape of a probe file. */
export const probeFile = {
  noProgramClass: entry("TSB1001", (file: string) => ({
    what: `${file} has no program class.`,
    why: "An object is made from one class with @program; its methods with @SEC are the programs.",
    instead: 'Write `@program({ license: "GPL" }) export class Name { … }`.',
  })),
  manyProgramClasses: entry("TSB1002", (name: string) => ({
    what: `A second program class, '${name}', in one file.`,
    why: "One file makes one object, and one class says what is in it.",
    instead: "Move it to a `.bpf.ts` file of its own.",
  })),
  optionNotConstant: entry("TSB1003", (option: string) => ({
    what: `The value of '${option}' is not a constant.`,
    why: "Decorator options are read while compiling.",
    instead: "Give a literal, or a `const` whose value is computed from literals.",
  })),
  memberNotAllowed: entry("TSB1004", (what: string) => ({
    what: `A program class cannot have ${what}.`,
    why: "Its members are maps (@map), globals, programs (@SEC) and subprograms.",
    instead: "Use a field or a method.",
  })),
  globalTypeMissing: entry("TSB1005", (name: string, type: string) => ({
    what: `The global '${name}' has no type.`,
    why: "A global's size in the object comes from its declared type.",
    instead: `Write the type: \`${name}: ${type}\`.`,
  })),
  wrongContext: entry("TSB1006", (section: string, expected: string) => ({
    what: `This method does not fit @SEC("${section}"), which is called as '${expected}'.`,
    why: "The section decides the program type, and with it the context the kernel passes and the values it accepts.",
    instead: "Declare the context and the return type as shown, or change the section.",
  })),
  unknownSection: entry("TSB1007", (section: string) => ({
    what: `"${section}" is not a section that libbpf knows.`,
    why: "The section's name decides the program type and how the program is attached.",
    instead: 'Use a name such as "xdp", "tracepoint/<category>/<name>" or "kprobe/<function>".',
  })),
  contextUnknown: entry("TSB1008", (name: string) => ({
    what: `There is no layout for the context '${name}'.`,
    why: "The fields of an event come from its declaration, and the standard library, which has those of Linux 6.18, declares none of that name.",
    instead: `Check the name below /sys/kernel/tracing/events, or declare it: \`declare module "@tsbpfc/stdlib" { interface Tracepoints { "${name}": { readonly x: u32 } } }\`.`,
  })),
  optionDefault: entry("TSB1009", () => ({
    what: "An option of the kernel's configuration that is missing has the value 0.",
    why: "The loader fills in what the kernel's configuration says, and zero for what it does not say.",
    instead: "Start from 0, false or an empty text, or leave the value out: then the option has to be there.",
  })),
  nameTaken: entry("TSB1010", (name: string) => ({
    what: `'${name}' is also something of the kernel's that this probe declares and uses.`,
    why: "The object has one symbol of a name, and the loader would take one for the other.",
    instead: "Rename it.",
  })),
  sectionName: entry("TSB1011", (name: string) => ({
    what: `'${name}' is also the name of a section.`,
    why: "Each section of an object has a symbol of its name, and no other may have the same.",
    instead: `Rename it: \`on${name.charAt(0).toUpperCase()}${name.slice(1)}\`.`,
  })),
  noProgram: entry("TSB1103", (name: string) => ({
    what: `'${name}' has a map of records or of maps, and no program that could use it.`,
    why: "The type of what it holds comes into the object with the programs.",
    instead: "Write a method with @SEC.",
  })),
  kernelTypeMissing: entry("TSB1101", (what: string) => ({
    what: `${what} is not there.`,
    why: "Kernel types come from the `vmlinux.d.ts` that a probe imports; without that file the compiler makes them from the kernel's BTF, and an editor has none.",
    instead:
      "Write the file with `tsbpfc vmlinux`, check the type's name, or give the BTF of a kernel that has it with --btf.",
  })),
  exportMissing: entry("TSB1104", (name: string, from: string) => ({
    what: `'${name}' is nothing that ${from} exports.`,
    why:
      from === "@tsbpfc/stdlib"
        ? "The standard library has the kernel's helpers by their names, its maps, contexts and constants; kernel types come from a `vmlinux` module, kernel functions from a `declare function` of the probe's own."
        : "A module gives others what it marks with `export`.",
    instead: "Check the name, or where it is declared.",
  })),
  otherWorld: entry("TSB1102", (file: string) => ({
    what: `${file} is checked with JavaScript's own library here.`,
    why: "A probe has the standard library of @tsbpfc/stdlib and nothing of JavaScript's; with both, types mean something else than the compiler reads.",
    instead:
      'Put it into a project of its own: a tsconfig.json that extends "@tsbpfc/stdlib/tsconfig.bpf.json" and includes it.',
  })),
} as const;
