import {
  type Btf,
  essentialName,
  type Instructions,
  poisonCall,
  pseudoCall,
  type Reference,
} from "@tsbpfc/loader";
import { kfuncs } from "../features/kfuncs.generated.js";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { isAtLeast } from "../sys/release.js";
import type { KernelTypes } from "./kernel-types.js";
import { declarationText, fits, showsImplicit } from "./prototypes.js";

type KernelReference = Extract<Reference, { kind: "kfunc" | "ksym" }>;

/** What a program's references to the kernel are looked up in. */
export interface KernelSymbols {
  /** The object's own types. */
  readonly btf: Btf | null;
  readonly kernelTypes: KernelTypes;
  /** Address of a symbol in /proc/kallsyms; undefined if there is none. */
  readonly address: (name: string) => bigint | undefined;
}

/** `BPF_PSEUDO_BTF_ID`: an `ld_imm64` of the address of a kernel object that BTF describes. */
const BPF_PSEUDO_BTF_ID = 3;

/**
 * Descriptors that a program's instructions name by index: `fd_array` of program load (Linux 5.14). The first is not
 * used: index 0 is the kernel itself.
 */
export class FdArray {
  readonly #fds: number[] = [0];

  indexOf(fd: number): number {
    const known = this.#fds.indexOf(fd, 1);
    return known > 0 ? known : this.#fds.push(fd) - 1;
  }

  /** As the kernel reads it; empty if no instruction names one. */
  get bytes(): Uint8Array {
    return this.#fds.length === 1 ? new Uint8Array() : new Uint8Array(Int32Array.from(this.#fds).buffer);
  }
}

/**
 * Fills in a call of a kernel function (Linux 5.13; of a module 5.16) or the address of a kernel symbol (5.10; an untyped one, any).
 * What is weak and not there becomes a call that must not be reached, or address 0, which the program asks for.
 *
 * @returns why a call must not be reached; null if it may
 * @throws UsageError `unsupported` if the kernel has no such symbol, or one of another type
 */
export function resolveKernelReference(
  insns: Instructions,
  reference: KernelReference,
  symbols: KernelSymbols,
  fds: FdArray,
  label: string,
): string | null {
  if (reference.kind === "kfunc") return resolveCall(insns, reference, symbols, fds, label);
  if (isTyped(reference, symbols.btf)) resolveTyped(insns, reference, symbols, label);
  else resolveUntyped(insns, reference, symbols, label);
  return null;
}

function resolveCall(
  insns: Instructions,
  reference: KernelReference,
  symbols: KernelSymbols,
  fds: FdArray,
  label: string,
): string | null {
  const found = kernelType(reference, symbols, label);
  const absent = typeof found === "string";
  insns.setSrc(reference.insn, absent ? pseudoCall.helper : pseudoCall.kfunc);
  insns.setImm(reference.insn, absent ? poisonCall : found.id);
  if (absent) return found;
  const fd = symbols.kernelTypes.fdOf(found.btf);
  if (fd !== 0) insns.setOff(reference.insn, fds.indexOf(fd));
  return null;
}

function resolveTyped(
  insns: Instructions,
  reference: KernelReference,
  symbols: KernelSymbols,
  label: string,
): void {
  const found = kernelType(reference, symbols, label);
  if (typeof found === "string") return; // stays 0
  insns.setSrc(reference.insn, BPF_PSEUDO_BTF_ID);
  insns.setImm(reference.insn, found.id);
  // The second half names the module's BTF: 0 is the kernel itself.
  insns.setImm(reference.insn + 1, symbols.kernelTypes.fdOf(found.btf));
}

function resolveUntyped(
  insns: Instructions,
  reference: KernelReference,
  symbols: KernelSymbols,
  label: string,
): void {
  const address = symbols.address(reference.name);
  if (address === undefined) {
    if (reference.weak) return;
    throw new UsageError(
      "unsupported",
      `${label}: this kernel has no symbol '${reference.name}'; declare it weak if the program can do without`,
    );
  }
  if (address === 0n)
    throw new UsageError(
      "unsupported",
      `${label}: the kernel does not show the address of '${reference.name}': run as root, and see /proc/sys/kernel/kptr_restrict`,
    );
  insns.setImm64(reference.insn, address);
}

/** A variable of type `void`, or a reference without a type, is known by name only. */
function isTyped(reference: KernelReference, btf: Btf | null): boolean {
  if (reference.type === 0 || btf === null) return false;
  const type = btf.type(reference.type);
  return type.kind === "func" || (type.kind === "var" && btf.kind(btf.resolve(type.type)) !== "void");
}

interface KernelType {
  readonly btf: Btf;
  readonly id: number;
}

/** The kernel's function or variable, its own before modules'; of a weak one that is not there, why. */
function kernelType(
  { name, weak, type }: KernelReference,
  { btf, kernelTypes }: KernelSymbols,
  label: string,
): KernelType | string {
  const kind = btf?.kind(type) === "var" ? "var" : "func";
  // `bpf_foo___v2` is bpf_foo with other parameters: the one that fits is taken.
  const wanted = essentialName(name);
  const candidates = kernelTypes
    .all()
    .flatMap((each) => each.find(wanted, [kind]).map((id): KernelType => ({ btf: each, id })))
    // A module's search finds the kernel's own too, which are there already.
    .filter((found) => found.id >= found.btf.firstId);
  const fitting = candidates.find((found) => !btf || fits(btf, type, found.btf, found.id));
  if (fitting !== undefined) return fitting;
  const what = kind === "func" ? "function" : "variable";
  const [other] = candidates;
  const why =
    other !== undefined && btf
      ? `this kernel's ${what} '${wanted}' has another type than the object declares\n  kernel: ${declarationText(other.btf, other.id, wanted)}\n  object: ${declarationText(btf, type, name)}${implicitAdvice(other, wanted)}`
      : `this kernel has no ${what} '${wanted}' for programs${ageOf(wanted)}`;
  if (weak) return why;
  const advice = other === undefined ? "; declare it weak if the program can do without" : "";
  throw new UsageError("unsupported", `${label}: ${why}${advice}${successor(kernelTypes, wanted)}`);
}

const implicitAdvice = ({ btf, id }: KernelType, name: string): string =>
  showsImplicit(btf, id) && !name.endsWith("_impl")
    ? "\n  the last argument is the verifier's own: the kernel shows it by mistake, and lets no program call the function"
    : "";

/** The releases that have a function, if this one is not among them. */
function ageOf(name: string): string {
  const [since, gone] = (Object.hasOwn(kfuncs, name) ? kfuncs[name] : undefined) ?? [];
  const running = kernel().release();
  if (since !== undefined && !isAtLeast(running, since))
    return `, which needs Linux ${since}; this is ${running}`;
  return gone !== undefined && isAtLeast(running, gone) ? `, which is gone since Linux ${gone}` : "";
}

/**
 * Linux 7.0 and later have `bpf_wq_set_callback` and others in place of functions named `_impl`, whose last argument was
 * there for the verifier alone. BTF still has those, as no functions for programs.
 */
function successor(kernelTypes: KernelTypes, name: string): string {
  const other = name.endsWith("_impl") ? name.slice(0, -"_impl".length) : `${name}_impl`;
  const found = kernelTypes.all().flatMap((btf) => btf.find(other, ["func"]).map((id) => ({ btf, id })))[0];
  return found === undefined
    ? ""
    : `\n  in its place it has: ${declarationText(found.btf, found.id, other)}; an object for old and new kernels declares both weak, and asks bpf_ksym_exists`;
}

/** /proc/kallsyms by name. A name that stands for several addresses has none of its own. */
export function readKallsyms(): (name: string) => bigint | undefined {
  const text = new TextDecoder("latin1").decode(kernel().readFile("/proc/kallsyms") ?? new Uint8Array());
  return (name) => {
    const addresses = new Set<bigint>();
    // A line is "address type name", with a tab and the module's name behind a module's symbol.
    for (let at = text.indexOf(` ${name}`); at >= 0; at = text.indexOf(` ${name}`, at + 1)) {
      const next = text[at + 1 + name.length];
      if (next !== undefined && next !== "\n" && next !== "\t") continue;
      const line = text.slice(text.lastIndexOf("\n", at) + 1, at);
      addresses.add(BigInt(`0x${line.split(" ", 1)[0]}`));
    }
    const [address] = addresses;
    if (addresses.size > 1)
      throw new UsageError(
        "unsupported",
        `the kernel has ${addresses.size} symbols '${name}' (/proc/kallsyms)`,
      );
    return address;
  };
}
