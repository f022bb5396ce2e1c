import { release, version } from "node:os";
import type { Btf, CollectionSpec, KconfigSpec } from "@tsbpfc/loader";
import { attachCookies } from "../features/helpers.js";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { syscallPrefix } from "../sys/syscall-functions.js";
import { lazily } from "./lazily.js";

/** What an extern's type holds, by libbpf's rules (`find_kcfg_type`). */
type Kind = "bool" | "char" | "integer" | "tristate" | "text";

/** A value as it stands in a kernel's configuration: `y`, `m`, `250`, `0x1000`, `"(none)"`. */
type Values = (name: string) => string | undefined;

/**
 * The contents of the map `.kconfig`: each extern's value on the running kernel, from its configuration
 * (/proc/config.gz, or /boot/config-RELEASE), and those that libbpf knows besides: `LINUX_KERNEL_VERSION`,
 * `LINUX_HAS_BPF_COOKIE`, `LINUX_HAS_SYSCALL_WRAPPER`. A weak extern without a value is zero.
 *
 * @param given values that go before the kernel's
 * @throws UsageError `unsupported` for a kernel that does not show its configuration, or lacks a value;
 * `bad-value` for one that does not fit its type, or that no extern asks for
 */
export function kconfigContents(
  spec: CollectionSpec,
  given: Readonly<Record<string, string>> = {},
): Uint8Array {
  const own = new Map(Object.entries(given));
  for (const name of own.keys())
    if (!spec.kconfigs.has(name) || virtual.has(name))
      throw new UsageError("bad-value", `kconfig: the object has no extern '${name}' of the configuration`);
  const contents = new Uint8Array(spec.maps.get(".kconfig")?.contents?.length ?? 0);
  const configuration = lazily(readConfiguration);
  for (const extern of spec.kconfigs.values()) {
    const value = virtual.get(extern.name)?.() ?? own.get(extern.name) ?? configured(extern, configuration);
    if (value === undefined) {
      if (extern.weak) continue;
      throw new UsageError(
        "unsupported",
        `${extern.name} is not set in this kernel's configuration: declare it weak if zero will do`,
      );
    }
    if (spec.btf) write(contents, extern, kindOf(spec.btf, extern), value);
  }
  return contents;
}

/** Values that are not in the configuration. */
const virtual: ReadonlyMap<string, () => string> = new Map([
  ["LINUX_KERNEL_VERSION", runningVersion],
  ["LINUX_HAS_BPF_COOKIE", () => (attachCookies.probe() === "yes" ? "y" : "n")],
  ["LINUX_HAS_SYSCALL_WRAPPER", () => (hasSyscallWrapper() ? "y" : "n")],
]);

function runningVersion(): string {
  const signature = kernel().readFile("/proc/version_signature");
  return `${kernelVersion(release(), version(), signature ? new TextDecoder().decode(signature) : "")}`;
}

function hasSyscallWrapper(): boolean {
  const symbols = new TextDecoder().decode(kernel().readFile("/proc/kallsyms") ?? new Uint8Array());
  return syscallPrefix !== undefined && symbols.includes(` ${syscallPrefix}bpf\n`);
}

/**
 * `KERNEL_VERSION(a, b, c)`. Ubuntu and Debian name the release that theirs comes from elsewhere than uname(2) does:
 * /proc/version_signature ends with it, Debian's version has it behind the name (libbpf: `get_kernel_version`).
 */
export function kernelVersion(uname: string, build: string, signature: string): number {
  const debian = /Debian (\d+\.\d+\.\d+)/.exec(build)?.[1];
  const source = /(\d+\.\d+\.\d+)\s*$/.exec(signature)?.[1] ?? debian ?? uname;
  const [major = 0, minor = 0, patch = 0] = (/^\d+(\.\d+){0,2}/.exec(source)?.[0] ?? "")
    .split(".")
    .map(Number);
  return major * 65536 + minor * 256 + Math.min(patch, 255);
}

function configured(extern: KconfigSpec, configuration: () => Values | null): string | undefined {
  if (!extern.name.startsWith("CONFIG_")) return undefined;
  const values = configuration();
  if (values === null && !extern.weak)
    throw new UsageError(
      "unsupported",
      `${extern.name}: this kernel shows its configuration neither in /proc/config.gz nor in /boot/config-${release()}: it needs CONFIG_IKCONFIG_PROC`,
    );
  return values?.(extern.name);
}

function readConfiguration(): Values | null {
  const k = kernel();
  const packed = k.readFile("/proc/config.gz");
  // zlib is loaded when it is needed: few programs ask for the configuration.
  const bytes = packed
    ? process.getBuiltinModule("node:zlib").gunzipSync(packed)
    : k.readFile(`/boot/config-${release()}`);
  if (bytes === null) return null;
  const text = `\n${new TextDecoder().decode(bytes)}`;
  return (name) => {
    const start = text.indexOf(`\n${name}=`);
    return start < 0
      ? undefined
      : text
          .slice(start + name.length + 2)
          .split("\n", 1)[0]
          ?.trim();
  };
}

function kindOf(btf: Btf, extern: KconfigSpec): Kind {
  const type = btf.type(btf.resolve(extern.type));
  if (type.kind === "int") {
    if (type.encoding === "bool") return "bool";
    if (type.size === 1) return "char";
    if (type.size <= 8) return "integer";
  }
  if (type.kind === "enum" && type.name === "libbpf_tristate") return "tristate";
  if (type.kind === "array") {
    const element = btf.type(btf.resolve(type.type));
    if (element.kind === "int" && element.size === 1) return "text";
  }
  throw new UsageError(
    "bad-value",
    `${extern.name} has a type that a kernel's configuration has no values of: declare it as a boolean, an integer or a text`,
  );
}

/** `enum libbpf_tristate`: TRI_NO, TRI_YES, TRI_MODULE. */
const tristate: Readonly<Record<string, number>> = { n: 0, y: 1, m: 2 };

/** What each kind writes of `y`, `n`, `m`; undefined if it has no such value. */
const letters: Readonly<Record<Kind, (letter: string) => number | undefined>> = {
  bool: (letter) => (letter === "m" ? undefined : tristate[letter]),
  char: (letter) => letter.charCodeAt(0),
  tristate: (letter) => tristate[letter],
  integer: () => undefined,
  text: () => undefined,
};

function write(contents: Uint8Array, extern: KconfigSpec, kind: Kind, value: string): void {
  const { offset, size, name } = extern;
  const view = new DataView(contents.buffer, offset, size);
  const wrong = (): never => {
    throw new UsageError(
      "bad-value",
      `${name} is ${value} in the kernel's configuration, which does not fit its type (${kind}, ${size} bytes)`,
    );
  };
  if (/^[ynm]$/.test(value)) {
    const number = letters[kind](value) ?? wrong();
    writeInteger(view, BigInt(number));
  } else if (value.startsWith('"')) {
    if (kind !== "text" || !value.endsWith('"') || value.length < 2) wrong();
    // What is longer than the array is cut, as libbpf does; the last byte stays NUL.
    const bytes = new TextEncoder().encode(value.slice(1, -1));
    contents.set(bytes.subarray(0, Math.max(0, size - 1)), offset);
  } else {
    if ((kind !== "integer" && kind !== "char") || !/^-?(0x[0-9a-f]+|\d+)$/i.test(value)) wrong();
    const number = value.startsWith("-") ? -BigInt(value.slice(1)) : BigInt(value);
    const bits = size * 8;
    // Whether the extern is signed does not matter to its bytes: it fits if either reading of them has it.
    if (BigInt.asUintN(bits, number) !== number && BigInt.asIntN(bits, number) !== number) wrong();
    writeInteger(view, number);
  }
}

function writeInteger(view: DataView, number: bigint): void {
  const bytes = BigInt.asUintN(view.byteLength * 8, number);
  for (let i = 0; i < view.byteLength; i++) view.setUint8(i, Number((bytes >> BigInt(8 * i)) & 255n));
}
