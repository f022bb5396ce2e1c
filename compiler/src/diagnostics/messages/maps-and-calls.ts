import { entry } from "./entry.js";

/** 4xxx: maps, helpers, calls. */
export const mapsAndCalls = {
  mapOption: entry("TSB4001", (detail: string) => ({
    what: `These @map options do not fit the field: ${detail}`,
    why: "The kind of the map, from the field's type, decides which options it has.",
    instead:
      "@map has maxEntries, flags, pinning, numaNode, inner, values and extra, as far as the kind allows.",
  })),
  mapTypeMissing: entry("TSB4002", (name: string) => ({
    what: `'${name}' has @map, but its type is not a map.`,
    why: "Kind, key and value of a map come from its field's type.",
    instead: `Write \`${name}: HashMap<u32, u64>\`, or another map class.`,
  })),
  mapUndecorated: entry("TSB4003", (name: string) => ({
    what: `The map '${name}' has no @map.`,
    why: "@map gives the map's size and puts it into the object.",
    instead: `Write \`@map({ maxEntries: 1024 }) ${name}: …\`.`,
  })),
  bufferExpected: entry("TSB4005", (helper: string) => ({
    what: `${helper} fills or reads memory, and this is not memory.`,
    why: "The helper gets the address and the size of its argument.",
    instead: "Give a field, an array, a string or a struct.",
  })),
  sizeMissing: entry("TSB4006", (helper: string) => ({
    what: `${helper} cannot know the size of this memory.`,
    why: "A pointer into a buffer does not say how much follows it.",
    instead: "Give the size as the last argument.",
  })),
  argumentCount: entry("TSB4007", (name: string, expected: string, actual: number) => ({
    what: `${name} takes ${expected}, and was given ${actual}.`,
    why: "Arguments are passed as they are declared.",
    instead: "Give what the declaration asks for.",
  })),
  mapMethod: entry("TSB4008", (method: string, mapClass: string, methods: readonly string[]) => ({
    what: `${mapClass} has no method '${method}'.`,
    why: "Each kind of map has only the operations that the kernel has for it.",
    instead:
      methods.length > 0
        ? `${mapClass} has ${methods.join(", ")}; other helpers take the map as an argument.`
        : "Give the map to a helper as an argument.",
  })),
  notPrintable: entry("TSB4010", (type: string) => ({
    what: `A value of type ${type} cannot be printed.`,
    why: "The kernel prints numbers, truths, texts and pointers.",
    instead: "Print its fields one by one.",
  })),
  formatText: entry("TSB4011", (character: string) => ({
    what: `'${character}' cannot stand in a text that the kernel formats.`,
    why: "The kernel refuses formats with anything but printable ASCII.",
    instead: "Write it in ASCII, or print it as a value: a `str<N>` in a template.",
  })),
  formatValues: entry("TSB4012", (count: number, most: number) => ({
    what: `${count} values are to be printed at once.`,
    why: `The kernel takes ${most}.`,
    instead: "Print them in two calls.",
  })),
  formatNotConstant: entry("TSB4013", () => ({
    what: "A format has to be written out where it is used.",
    why: "The kernel takes formats from read-only memory alone, and their values are checked against them here.",
    instead: "Write the text as a literal, or use a template literal.",
  })),
  formatConversion: entry("TSB4014", (conversion: string) => ({
    what: `'${conversion}' is not a conversion that the kernel has for BPF.`,
    why: "It refuses the whole format (kernel: bpf_bprintf_prepare).",
    instead: "Use %d %i %u %x %X %c %s, %p and its forms, or %% for a percent sign.",
  })),
  formatCount: entry("TSB4015", (conversions: number, values: number) => ({
    what: `This format has ${conversions} conversions, and ${values} values follow.`,
    why: "Each conversion takes one value.",
    instead: "Give as many as there are, or use a template literal.",
  })),
  formatMismatch: entry("TSB4016", (conversion: string, type: string) => ({
    what: `${conversion} cannot print a value of type ${type}.`,
    why: "The kernel would take its bits for something else.",
    instead: "Use a template literal, which chooses the conversion by the type.",
  })),
  helperNotAllowed: entry(
    "TSB4017",
    (helper: string, section: string, type: string, programs: readonly string[]) => ({
      what: `${helper} cannot be called in @SEC("${section}"), a program of type ${type}.`,
      why: `Each program type has its own set of helpers. This one is for: ${programs.join(", ") || "none"}.`,
      instead: "Do it in a program of one of these types, or without the helper.",
    }),
  ),
  licenseNotGpl: entry("TSB4018", (helper: string, license: string) => ({
    what: `${helper} is only for programs under a GPL-compatible license, and this one says "${license}".`,
    why: "The kernel refuses to load the program (kernel: include/linux/license.h has the names it takes).",
    instead: 'Use @program({ license: "GPL" }) or "Dual BSD/GPL", or do without it.',
  })),
  sizeTooLarge: entry("TSB4019", (size: string, most: string) => ({
    what: `A size of ${size} bytes is given for memory of ${most}.`,
    why: "The helper would go past the end, and the verifier rejects it.",
    instead: `Give at most ${most}, or leave the size out.`,
  })),
  callNotSupported: entry("TSB4009", (what: string) => ({
    what: `${what} cannot be called here.`,
    why: "Calls go to functions and methods of the probe, to helpers, and to the standard library.",
    instead: "Call one of these.",
  })),
  argumentNotTaken: entry("TSB4030", (section: string, type: string) => ({
    what: `A program in "${section}" cannot take ${type}.`,
    why: "The kernel verifies it without the callers of the function whose place it takes: of a pointer it knows only that it may be null, unless it is a context.",
    instead: "Take numbers, the context, or a class that may be null: `T | null`.",
  })),
  argumentNotHere: entry("TSB4031", (section: string, most: number) => ({
    what: `A program in "${section}" has at most ${most} argument${most === 1 ? "" : "s"} after its context.`,
    why:
      most === 1
        ? "A function that returns leaves its result, and nothing of its arguments."
        : "There are no more registers or slots that hold arguments.",
    instead: "Leave this parameter out; what is needed at the return can be kept in a map at the entry.",
  })),
  arrowExpected: entry("TSB4032", () => ({
    what: "A function is expected here, written where it is handed over.",
    why: "The kernel calls only functions it verified at a known place; there are no function values.",
    instead: "Write an arrow function: `loop(100, (i) => { … })`.",
  })),
  notIterable: entry("TSB4033", (type: string) => ({
    what: `A value of type ${type} cannot be gone through.`,
    why: "A loop goes over the elements of an array, the numbers of a range, or the entries of a map.",
    instead: "Use an array, `range(from, to)`, or a map that has entries.",
  })),
  arenaMap: entry("TSB4039", (count: number) => ({
    what: `The memory of an arena is used, and this program has ${count === 0 ? "no arena" : `${count} arenas`}.`,
    why: "The kernel knows by the program's one arena where its addresses lead.",
    instead: "Declare one: `@map({ maxEntries: 100 }) arena: Arena;`, in pages.",
  })),
  entryWhole: entry("TSB4038", () => ({
    what: "An entry of a map has no place of its own.",
    why: "The kernel hands a loop over a map the key and the address of the value.",
    instead: "Take them apart: `for (const [key, value] of map)`.",
  })),
  callbackCaptures: entry("TSB4034", (name: string) => ({
    what: `'${name}' is a variable of the function around, which is gone when this callback runs.`,
    why: "A timer or work calls back later; it gets nothing but its own parameters.",
    instead: "Keep what it needs in the map's value, or in a global.",
  })),
  argumentsFewer: entry("TSB4036", (target: string, kernel: string) => ({
    what: `${target} has fewer arguments: ${kernel || "none"}.`,
    why: "That is how this kernel's BTF describes it; there is nothing to read for this parameter.",
    instead: "Leave the parameter out, or compile against the kernel that is meant with --btf.",
  })),
  argumentType: entry("TSB4037", (which: string, target: string, kernel: string, declared: string) => ({
    what: `${which} of ${target} is \`${kernel}\` in this kernel, and ${declared} here.`,
    why: "A number is no address, and the fields of another struct are elsewhere.",
    instead:
      "Declare the parameter as the kernel does, or compile against the kernel that is meant with --btf.",
  })),
  mapHoldsNot: entry(
    "TSB4040",
    (className: string, struct: string, kinds: string) => ({
      what: `No kernel has ${struct} in the values of ${className}.`,
      why: "The kernel looks after such objects only in some kinds of maps, and refuses to make this one (EOPNOTSUPP).",
      instead: `Use a map of one of these kinds: ${kinds}.`,
    }),
    "warning",
  ),
  schedulerCallNotHere: entry("TSB4045", (name: string, caller: string, members: readonly string[]) => ({
    what: `${name} cannot be called in ${caller}.`,
    why: `It wants certain locks of the kernel's scheduler held, or none. These members of sched_ext_ops may call it: ${members.join(", ")}.`,
    instead: "Call it there; what it needs to know until then can be kept in a map or a global.",
  })),
  memberNotSleepable: entry("TSB4046", (member: string, section: string) => ({
    what: `'${member}' of sched_ext_ops cannot be a program of "${section}".`,
    why: "The kernel calls it with its scheduler's locks held, where nothing may sleep, and refuses to load the program.",
    instead: 'Use @SEC("struct_ops").',
  })),
  repeatCount: entry("TSB4035", (most: string) => ({
    what: `The count of repeat() is not a constant from 0 to ${most}.`,
    why: "The body is written out that many times while compiling.",
    instead: "Give a number or a `const`; for a count known at run time, use loop() or range().",
  })),
} as const;
