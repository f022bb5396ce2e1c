/** The three parts of a TSB diagnostic: what is wrong, why, and what to write instead. */
export interface Message {
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly instead: string;
  /** A warning is about what compiles, and will not work. */
  readonly severity: "error" | "warning";
}

type Entry<A extends readonly unknown[]> = (...args: A) => Omit<Message, "code" | "severity">;

/**
 * Every diagnostic of the dialect. Codes are stable: a number is never given to another meaning.
 * 1xxx shape of a probe file, 2xxx types and values, 3xxx syntax outside the dialect, 4xxx maps and helpers,
 * 5xxx limits of the kernel.
 */
const catalogue = {
  // --- 1xxx: the probe file -------------------------------------------------------------------------------
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
  noProgram: entry("TSB1103", (name: string) => ({
    what: `'${name}' has a map of records, and no program that could write them.`,
    why: "The type of the records comes into the object with the programs.",
    instead: "Write a method with @SEC.",
  })),
  kernelTypeMissing: entry("TSB1101", (what: string) => ({
    what: `${what} is not there.`,
    why: "Kernel types come from the `vmlinux.d.ts` that a probe imports; without that file the compiler makes them from the kernel's BTF, and an editor has none.",
    instead:
      "Write the file with `tsbpfc vmlinux`, check the type's name, or give the BTF of a kernel that has it with --btf.",
  })),
  otherWorld: entry("TSB1102", (file: string) => ({
    what: `${file} is checked with JavaScript's own library here.`,
    why: "A probe has the standard library of @tsbpfc/stdlib and nothing of JavaScript's; with both, types mean something else than the compiler reads.",
    instead:
      'Put it into a project of its own: a tsconfig.json that extends "@tsbpfc/stdlib/tsconfig.bpf.json" and includes it.',
  })),

  // --- 2xxx: types and values ------------------------------------------------------------------------------
  notChecked: entry("TSB2001", (name: string) => ({
    what: `${name} may be null here.`,
    why: "A lookup finds nothing when the key is absent, and the verifier rejects a program that follows a pointer it has not tested.",
    instead: "Test it first: `if (!value) return 0;`, or use `?.`.",
  })),
  fraction: entry("TSB2002", (text: string) => ({
    what: `${text} is not a whole number.`,
    why: "BPF has no floating point.",
    instead:
      "Count in a smaller unit (nanoseconds, bytes, thousandths) and divide where the result is shown.",
  })),
  outOfRange: entry("TSB2003", (value: string, type: string, low: string, high: string) => ({
    what: `${value} does not fit ${type}.`,
    why: `${type} holds ${low} to ${high}.`,
    instead: `Use a wider type, or say that the high bits go with \`${type}(…)\` around something computed at run time.`,
  })),
  stringTooLong: entry("TSB2004", (bytes: number, length: number) => ({
    what: `The text needs ${bytes} bytes with its closing NUL, and str<${length}> holds ${length}.`,
    why: "A string is a fixed piece of memory; a longer text would overwrite what follows it.",
    instead: `Shorten the text, or declare the field as str<${bytes}>.`,
  })),
  anyType: entry("TSB2005", () => ({
    what: "`any` has no size.",
    why: "Every value of a BPF program is laid out while compiling, so every type has to be known.",
    instead: "Name the type: an integer (`u32`), a class, `ptr<T>`.",
  })),
  typeNotSupported: entry("TSB2006", (type: string) => ({
    what: `The type '${type}' cannot be in a BPF program.`,
    why: "Values are integers, booleans, enums, classes, arrays, strings of fixed size and pointers.",
    instead: "Use u8…u64, i8…i64, boolean, str<N>, array<T, N>, ptr<T> or a class with fields.",
  })),
  plainNumber: entry("TSB2007", () => ({
    what: "`number` does not say how many bits it has.",
    why: "The size of a field, parameter or element has to be known.",
    instead: "Write u8, u16, u32, u64, i8, i16, i32 or i64.",
  })),
  mismatch: entry("TSB2008", (actual: string, expected: string) => ({
    what: `${actual.charAt(0).toUpperCase()}${actual.slice(1)} cannot be used as ${expected}.`,
    why: "They are laid out differently, and BPF converts between integers only.",
    instead: `Give ${expected}, or convert explicitly (\`u32(x)\`, \`cast<T>(p)\`).`,
  })),
  signedDivision: entry("TSB2009", (op: string) => ({
    what: `'${op}' of a u64 and a value that may be negative.`,
    why: "Neither signed nor unsigned division gives the right result for both.",
    instead: "Convert one side: `i64(a) / b` or `a / u64(b)`.",
  })),
  constantShift: entry("TSB2010", (count: string) => ({
    what: `A shift by ${count}.`,
    why: "Values have 64 bits; a count outside 0 to 63 is a mistake.",
    instead: "Shift by 0 to 63.",
  })),
  indexOutside: entry("TSB2011", (index: string, length: number) => ({
    what: `Index ${index} is outside an array of ${length}.`,
    why: "It would reach memory that belongs to something else; the verifier rejects it.",
    instead: `Use 0 to ${length - 1}.`,
  })),
  indexUnbounded: entry("TSB2012", (length: number) => ({
    what: `Nothing bounds this index to an array of ${length}.`,
    why: "The verifier follows values, not intentions: it rejects an index that could be outside.",
    instead: `Bound it where it is used: \`i & ${nextPowerOfTwo(length) - 1}\`, \`i % ${length}\`, or \`if (i < ${length})\` around it.`,
  })),
  notAssignable: entry("TSB2013", (what: string) => ({
    what: `${what} cannot be assigned to.`,
    why: "It is a constant, or memory that the program may only read.",
    instead: "Assign to a variable, a field of your own struct, or a global that is not readonly.",
  })),
  notAnLvalue: entry("TSB2014", () => ({
    what: "This has no address.",
    why: "Only variables, fields, elements and globals are in memory.",
    instead: "Put the value into a variable or a field first.",
  })),
  fieldUnknown: entry("TSB2015", (field: string, type: string) => ({
    what: `${type} has no field '${field}'.`,
    why: "Fields are found by name in the declared type.",
    instead: "Check the name, or declare the field.",
  })),
  embeddedOrPointer: entry("TSB2016", (struct: string, field: string) => ({
    what: `Nothing tells whether '${struct}.${field}' is a pointer or an embedded struct.`,
    why: "Its declaration names a kernel struct, and there is no kernel BTF here that settles it.",
    instead: "Write `ptr<T>` for a pointer, make the file anew with `tsbpfc vmlinux`, or pass --btf.",
  })),
  enumNotConstant: entry("TSB2017", (member: string) => ({
    what: `The value of '${member}' is not a constant.`,
    why: "Enum members are numbers in the object.",
    instead: "Give a whole number.",
  })),
  initialiserNotConstant: entry("TSB2018", (name: string) => ({
    what: `The value of '${name}' is not known while compiling.`,
    why: "Globals are bytes in the object; no code runs before the first program.",
    instead: "Start from literals, and set the rest from Node before loading.",
  })),
  valueUnused: entry("TSB2019", (what: string) => ({
    what: `${what} is not a value that can be used here.`,
    why: "It has no place in memory or in a register.",
    instead: "Use one of its members, or call it.",
  })),
  otherMemory: entry("TSB2030", (name: string) => ({
    what: `This pointer leads to other memory than '${name}' does.`,
    why: "Memory that the verifier knows is read by loads, the rest of the kernel's and a process's by helpers: a variable's pointer is followed in one way.",
    instead: "Use a variable of its own for this pointer.",
  })),
  divisionByZero: entry("TSB2020", (op: string) => ({
    what: `'${op}' by a constant zero.`,
    why: "BPF defines it (0, or the dividend), but nobody means it.",
    instead: "Divide by something else.",
  })),
  objectKept: entry("TSB2021", () => ({
    what: "An object made here would be kept under another name, or returned.",
    why: "Each `new` and each literal is one place on the stack, made anew every time: what was kept would change with it, or be gone.",
    instead: "Copy it: `copy(target, source)` into an object that was made before.",
  })),
  atomicPlace: entry("TSB2022", (what: string) => ({
    what: `An atomic operation on ${what}.`,
    why: "The kernel has them for aligned 32-bit and 64-bit numbers in memory.",
    instead: "Use a field, an element or a global of type u32, i32, u64 or i64.",
  })),
  enumeratorExpected: entry("TSB2023", (text: string) => ({
    what: `'${text}' is not a member of an enum.`,
    why: "The kernel's value is looked up by the names of the enum and of its member.",
    instead: "Write the member out: `enumValue(bpf_map_type.BPF_MAP_TYPE_HASH)`.",
  })),
  weakScalar: entry("TSB2024", (type: string) => ({
    what: `A variable of the kernel's of type '${type}' that may be missing.`,
    why: "Whether it is there is asked of its address, and a number has none to show.",
    instead: "Declare it as `object | null`, and read it with readKernel(cast<ptr<T>>(x)).",
  })),

  alignmentOdd: entry("TSB2040", (value: string) => ({
    what: `${value} is not an alignment.`,
    why: "Memory is aligned to powers of two, and the kernel has nothing that is aligned to more than a page.",
    instead: "Give 1, 2, 4, 8 or another power of two up to 4096.",
  })),
  bitWidth: entry("TSB2041", (width: string, type: string) => ({
    what: `A bit-field of ${width} bits cannot be in ${type}.`,
    why: "A bit-field lies within one number of its type.",
    instead: "Give a width from 1 to the bits of an integer type.",
  })),
  tooLarge: entry("TSB2042", (bytes: string) => ({
    what: `This type needs ${bytes} bytes.`,
    why: "The kernel counts the bytes of a value in 31 bits.",
    instead: "Split it, or make it the value of a map with many entries.",
  })),
  lengthOdd: entry("TSB2043", (text: string) => ({
    what: `'${text}' is not a length.`,
    why: "How long an array or a text is, is fixed while compiling, and counted in 31 bits.",
    instead: "Give a whole number from 0, or `typeof N` of a `const`.",
  })),

  // --- 3xxx: syntax outside the dialect ---------------------------------------------------------------------
  notInDialect: entry("TSB3001", (what: string, why: string, instead: string) => ({
    what: `${what} is not part of the dialect.`,
    why,
    instead,
  })),
  asyncCode: entry("TSB3002", (what: string) => ({
    what: `${what} cannot run in the kernel.`,
    why: "A BPF program runs from start to end without a scheduler or an event loop.",
    instead: "Send an event (ring buffer) and go on in Node, or use a timer.",
  })),
  storedClosure: entry("TSB3003", () => ({
    what: "A function cannot be stored.",
    why: "The kernel calls only functions it verified at a known place; there are no function values.",
    instead:
      "Make it a method or a function and call it by name, or hand it directly to loop(), repeat() or a timer.",
  })),
  exceptions: entry("TSB3004", (what: string) => ({
    what: `${what} does not exist in BPF.`,
    why: "There is no stack unwinding in the kernel.",
    instead: "Return a value that says what went wrong, and test it.",
  })),
  recursion: entry("TSB3005", (name: string) => ({
    what: `'${name}' calls itself.`,
    why: "The verifier has to know the depth of the stack, so BPF has no recursion.",
    instead: "Use a loop with a bound.",
  })),
  moduleState: entry("TSB3006", (name: string) => ({
    what: `'${name}' is a variable of the module.`,
    why: "State lives in the program's class, where a skeleton can show it.",
    instead: "Make it a field of the @program class, or a `const`.",
  })),
  endlessLoop: entry("TSB3007", () => ({
    what: "This loop has no way out.",
    why: "The verifier rejects a program that may run for ever.",
    instead: "Give it a condition, a `break` or a `return`.",
  })),
  notYet: entry("TSB3008", (what: string) => ({
    what: `${what} is not supported yet.`,
    why: "This version of tsbpfc does not compile it.",
    instead: "Write it another way; the documentation lists what there is.",
  })),
  unknownName: entry("TSB3009", (name: string) => ({
    what: `'${name}' is not known in a probe.`,
    why: "A probe sees its own modules and @tsbpfc/stdlib; nothing of Node or the browser exists in the kernel.",
    instead: "Import it from @tsbpfc/stdlib or from a module written in the dialect.",
  })),

  // --- 4xxx: maps, helpers, calls ---------------------------------------------------------------------------
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
  mapMethod: entry("TSB4008", (method: string, mapClass: string) => ({
    what: `${mapClass} has no method '${method}'.`,
    why: "Each kind of map has only the operations that the kernel has for it.",
    instead: "See the map's class in @tsbpfc/stdlib.",
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
    instead: 'Use @program({ license: "GPL" }) or "Dual BSD/GPL", or do without the helper.',
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
  argumentsNotHere: entry("TSB4030", (section: string) => ({
    what: `The arguments of a program in "${section}" cannot be declared as parameters.`,
    why: "Where a USDT probe's arguments are differs from place to place, and those of an extension are the other function's: this version does not compile that.",
    instead: "Take the context alone, and read the registers or fields that are needed.",
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
  repeatCount: entry("TSB4035", (most: string) => ({
    what: `The count of repeat() is not a constant from 0 to ${most}.`,
    why: "The body is written out that many times while compiling.",
    instead: "Give a number or a `const`; for a count known at run time, use loop() or range().",
  })),

  // --- 5xxx: limits of the kernel -----------------------------------------------------------------------------
  stackLimit: entry("TSB5001", (bytes: number, list: string) => ({
    what: `${bytes} bytes of stack are needed, and BPF has 512: ${list}.`,
    why: "The kernel gives each chain of calls a stack of 512 bytes.",
    instead:
      "Keep the large value in a PerCpuArray with one entry, or in the ring buffer's record, and fill it there.",
  })),
  backend: entry("TSB5002", (text: string) => ({
    what: `The BPF backend refuses this code: ${text}`,
    why: "It has no form in BPF instructions.",
    instead: "Simplify the expression, or split the function.",
  })),
  kernelTooOld: entry("TSB5004", (what: string, since: string, kernel: string) => ({
    what: `${what} needs Linux ${since}, and this is compiled for ${kernel}.`,
    why: "The kernel given with --kernel would refuse the program.",
    instead: `Do without it, or raise --kernel to ${since}.`,
  })),
  cpuTooOld: entry("TSB5005", (what: string, cpu: string) => ({
    what: `${what} does not exist in BPF ${cpu}.`,
    why: "Up to v2 the instruction set has one atomic operation, an addition that gives no result.",
    instead: "Use atomic.add as a statement of its own, or compile with --cpu v3.",
  })),
  tooManyArguments: entry("TSB5003", (name: string) => ({
    what: `'${name}' has more than 5 parameters.`,
    why: "BPF passes arguments to the kernel's functions in five registers.",
    instead: "Declare it as the kernel does; no function that a program may call has more.",
  })),
} as const;

/** Makes the message of one code for one place. */
type Factory<A extends readonly unknown[]> = ((...args: A) => Message) & { readonly code: string };

function entry<A extends readonly unknown[]>(
  code: string,
  make: Entry<A>,
  severity: Message["severity"] = "error",
): Factory<A> {
  return Object.assign((...args: A): Message => ({ code, severity, ...make(...args) }), { code });
}

function nextPowerOfTwo(n: number): number {
  let power = 1;
  while (power < n) power *= 2;
  return power;
}

export const TSB = catalogue;
