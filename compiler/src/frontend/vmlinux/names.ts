/** ECMAScript's reserved words, less those that C reserves too: no kernel type or member has one of those. */
const RESERVED: ReadonlySet<string> = new Set([
  "await",
  "catch",
  "class",
  "debugger",
  "delete",
  "export",
  "extends",
  "false",
  "finally",
  "function",
  "import",
  "in",
  "instanceof",
  "let",
  "new",
  "null",
  "super",
  "this",
  "throw",
  "true",
  "try",
  "typeof",
  "var",
  "with",
  "yield",
]);

/** A kernel's name in TypeScript: `class` is `class_`. `kernelName` is the way back. */
export const tsName = (name: string): string => (RESERVED.has(name) ? `${name}_` : name);

/** The kernel's name for one that a probe mentions. */
export const kernelName = (name: string): string =>
  name.endsWith("_") && RESERVED.has(name.slice(0, -1)) ? name.slice(0, -1) : name;

/** Names of the standard library that a declaration may use. */
export const VOCABULARY: readonly string[] = [
  "array",
  "bits",
  "be16",
  "be32",
  "be64",
  "i8",
  "i16",
  "i32",
  "i64",
  "ptr",
  "str",
  "u8",
  "u16",
  "u32",
  "u64",
];

/** What no interface may be called: TypeScript's own types, strict mode's reserved words, and what is imported. */
const TAKEN: ReadonlySet<string> = new Set([
  ...VOCABULARY,
  ..."any bigint boolean never number object string symbol undefined unknown".split(" "),
  ..."implements interface package private protected public static".split(" "),
]);

/** Whether a type of that name can be declared. Rust's types, for one, have paths for names. */
export const isTypeName = (name: string): boolean => isMemberName(name) && !TAKEN.has(name);

/** Whether a member of that name can be declared: any identifier, reserved or not. */
export const isMemberName = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name);

/** How a file of `tsbpfc vmlinux` begins. In such a file, pointers are `ptr<T>`, and what stands by its name is embedded. */
export const WRITTEN = "// Kernel types, written by tsbpfc vmlinux.";
