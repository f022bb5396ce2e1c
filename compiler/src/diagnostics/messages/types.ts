import { entry } from "./entry.js";
import { oneOf } from "./names.js";

/** 2xxx: types and values. */
export const types = {
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
  moduleConstant: entry("TSB2027", (name: string) => ({
    what: `The value of '${name}' is no number, truth or text that is known while compiling, and no type says how it lies in memory.`,
    why: "A constant of a module is put in where it is used, or, of an array or a class, lies in read-only memory.",
    instead: `Declare it: \`const ${name}: array<u32, 3> = [1, 2, 3]\`, or a class with fields for an object.`,
  })),
  literalOpen: entry("TSB2028", (what: string, example: string) => ({
    what: `Nothing says what ${what} is.`,
    why: "Its size and its fields come from a declared type.",
    instead: `Declare it: \`${example}\`.`,
  })),
  contextWhole: entry("TSB2026", () => ({
    what: "The context cannot be written as a whole.",
    why: "It is not memory: the verifier translates the access to each of its fields, and allows to write few of them.",
    instead: "Assign to the fields that the program may change: `ctx.mark = 1`.",
  })),
  notAnLvalue: entry("TSB2014", () => ({
    what: "This has no address.",
    why: "Only variables, fields, elements and globals are in memory.",
    instead: "Put the value into a variable or a field first.",
  })),
  fieldUnknown: entry(
    "TSB2015",
    (field: string, type: string, known: readonly string[] | "untyped" = []) => ({
      what: `${type} has no field '${field}'.`,
      why: "Fields are found by name in the declared type.",
      instead:
        known === "untyped"
          ? "Say what it points to: `cast<task_struct>(p)`, with a type of the kernel's from `./vmlinux` or a class."
          : (oneOf(field, known) ?? "Check the name, or declare the field."),
    }),
  ),
  enumMemberUnknown: entry("TSB2044", (member: string, type: string, known: readonly string[]) => ({
    what: `The enum '${type}' has no member '${member}'.`,
    why: "A member is a constant that the enum declares.",
    instead: oneOf(member, known) ?? "Check the name, or declare the member.",
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
  partsByReference: entry("TSB2025", () => ({
    what: "An object among values that are assigned together.",
    why: "It is handed on by reference, so what an earlier assignment overwrites would be taken for what was there.",
    instead: "Copy objects one by one with copy(), by way of one of your own where they change places.",
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
  kernelFieldFixed: entry("TSB2045", (field: string, struct: string, writable: string) => ({
    what: `'${field}' of the kernel's ${struct} cannot be assigned to.`,
    why: "A program may only read the kernel's memory, but for a few fields, each a number, that programs of struct_ops may assign to.",
    instead: `Keep the value in a map, or assign to one of those. ${writable}.`,
  })),
  kernelFieldNotHere: entry("TSB2046", (field: string, section: string, operations: string) => ({
    what: `'${field}' cannot be assigned to in a program of "${section}".`,
    why: `The kernel lets programs assign to it that are members of ${operations}.`,
    instead: `Assign to it in a method that a map of StructOps<${operations}> names.`,
  })),
} as const;

function nextPowerOfTwo(n: number): number {
  let power = 1;
  while (power < n) power *= 2;
  return power;
}
