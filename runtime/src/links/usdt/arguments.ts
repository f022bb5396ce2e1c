import { UsageError } from "../../sys/errors.js";

/** Where a probe's argument is when it is hit. */
export type UsdtArgument = {
  /** 1, 2, 4 or 8 bytes. */
  readonly size: number;
  readonly signed: boolean;
} & (
  | { readonly kind: "constant"; readonly value: bigint }
  /** Byte of the register in `struct pt_regs`. */
  | { readonly kind: "register"; readonly register: number; readonly offset?: undefined }
  | { readonly kind: "memory"; readonly register: number; readonly offset: bigint }
  /** At register + (index << shift) + offset. */
  | {
      readonly kind: "indexed";
      readonly register: number;
      readonly index: number;
      readonly shift: number;
      readonly offset: bigint;
    }
);

/** An architecture's way to write an argument. */
interface Dialect {
  readonly constant: RegExp;
  readonly register: RegExp;
  /** Groups `register`, and `offset`, `index` and `scale`, which may be absent. */
  readonly memory: RegExp;
  readonly offsetOf: (register: string) => number | undefined;
}

/** x86-64: `struct pt_regs` in arch/x86/include/asm/ptrace.h; each register's names, of 8 bytes down to 1. */
const x64Registers: readonly (readonly [number, string])[] = [
  [0, "r15 r15d r15w r15b"],
  [8, "r14 r14d r14w r14b"],
  [16, "r13 r13d r13w r13b"],
  [24, "r12 r12d r12w r12b"],
  [32, "rbp ebp bp bpl"],
  [40, "rbx ebx bx bl"],
  [48, "r11 r11d r11w r11b"],
  [56, "r10 r10d r10w r10b"],
  [64, "r9 r9d r9w r9b"],
  [72, "r8 r8d r8w r8b"],
  [80, "rax eax ax al"],
  [88, "rcx ecx cx cl"],
  [96, "rdx edx dx dl"],
  [104, "rsi esi si sil"],
  [112, "rdi edi di dil"],
  [128, "rip eip"],
  [152, "rsp esp sp spl"],
];
const x64Offsets = new Map(
  x64Registers.flatMap(([offset, names]) => names.split(" ").map((name) => [name, offset] as const)),
);

/** arm64: `struct user_pt_regs`, x0 to x30 and sp. */
function arm64Offset(register: string): number | undefined {
  if (register === "sp") return 31 * 8;
  const number = /^[xw](\d{1,2})$/.exec(register)?.[1];
  return number !== undefined && Number(number) <= 30 ? Number(number) * 8 : undefined;
}

const dialects: Readonly<Record<string, Dialect>> = {
  x64: {
    constant: /^\$(-?\d+)$/,
    register: /^%(\w+)$/,
    memory: /^(?<offset>-?\d+)?\(%(?<register>\w+)(?:,\s*%(?<index>\w+)(?:,\s*(?<scale>[1248]))?)?\)$/,
    offsetOf: (register) => x64Offsets.get(register),
  },
  arm64: {
    constant: /^(-?\d+)$/,
    register: /^(\w+)$/,
    memory: /^\[(?<register>\w+)(?:,\s*(?<offset>-?\d+))?\]$/,
    offsetOf: arm64Offset,
  },
};

/** @throws UsageError `unsupported` for what has no way to be read on this architecture */
export function parseArguments(text: string, arch: string, label: string): readonly UsdtArgument[] {
  const dialect = dialects[arch];
  if (!dialect) throw new UsageError("unsupported", `${label}: USDT probes are not read on ${arch}`);
  // arm64 has a space within brackets: an argument begins with its size.
  const parts = text.trim() === "" ? [] : text.trim().split(/\s+(?=-?\d+@)/);
  return parts.map((part) => {
    const argument = parseArgument(part, dialect);
    if (argument) return argument;
    throw new UsageError("unsupported", `${label}: its argument '${part}' is in a place that cannot be read`);
  });
}

function parseArgument(part: string, dialect: Dialect): UsdtArgument | null {
  const [, minus, digits, where = ""] = /^(-?)(\d+)@(.+)$/.exec(part) ?? [];
  const size = Number(digits);
  if (![1, 2, 4, 8].includes(size)) return null;
  const common = { size, signed: minus === "-" };
  const constant = dialect.constant.exec(where)?.[1];
  if (constant !== undefined) return { ...common, kind: "constant", value: BigInt(constant) };
  const memory = dialect.memory.exec(where)?.groups;
  const register = dialect.offsetOf(memory?.register ?? dialect.register.exec(where)?.[1] ?? "");
  if (register === undefined) return null;
  if (!memory) return { ...common, kind: "register", register };
  const offset = BigInt(memory.offset ?? 0);
  if (memory.index === undefined) return { ...common, kind: "memory", register, offset };
  const index = dialect.offsetOf(memory.index);
  if (index === undefined) return null;
  return { ...common, kind: "indexed", register, index, shift: Math.log2(Number(memory.scale ?? 1)), offset };
}
