import {
  type Btf,
  type BtfType,
  essentialName,
  type Instructions,
  poisonCall,
  pseudoCall,
  type Reference,
} from "@tsbpfc/loader";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";

type KernelReference = Extract<Reference, { kind: "kfunc" | "ksym" }>;

/** What a program's references to the kernel are looked up in. */
export interface KernelSymbols {
  /** The object's own types. */
  readonly btf: Btf | null;
  /** The kernel's, vmlinux first. */
  readonly kernelBtfs: () => readonly Btf[];
  /** Address of a symbol in /proc/kallsyms; undefined if there is none. */
  readonly address: (name: string) => bigint | undefined;
}

/** `BPF_PSEUDO_BTF_ID`: an `ld_imm64` of the address of a kernel object that BTF describes. */
const BPF_PSEUDO_BTF_ID = 3;

/**
 * Fills in a call of a kernel function (Linux 5.13) or the address of a kernel symbol (5.10; an untyped one, any).
 * What is weak and not there becomes a call that must not be reached, or address 0, which the program asks for.
 *
 * @throws UsageError `unsupported` if the kernel has no such symbol, or one of another type
 */
export function resolveKernelReference(
  insns: Instructions,
  reference: KernelReference,
  symbols: KernelSymbols,
  label: string,
): void {
  if (reference.kind === "kfunc") resolveCall(insns, reference, symbols, label);
  else if (isTyped(reference, symbols.btf)) resolveTyped(insns, reference, symbols, label);
  else resolveUntyped(insns, reference, symbols, label);
}

function resolveCall(
  insns: Instructions,
  reference: KernelReference,
  symbols: KernelSymbols,
  label: string,
): void {
  const id = kernelType(reference, symbols, label);
  insns.setSrc(reference.insn, id === undefined ? pseudoCall.helper : pseudoCall.kfunc);
  insns.setImm(reference.insn, id ?? poisonCall);
}

function resolveTyped(
  insns: Instructions,
  reference: KernelReference,
  symbols: KernelSymbols,
  label: string,
): void {
  const id = kernelType(reference, symbols, label);
  if (id === undefined) return; // stays 0
  insns.setSrc(reference.insn, BPF_PSEUDO_BTF_ID);
  // The second half names the module's BTF: 0 is the kernel itself.
  insns.setImm(reference.insn, id);
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

/** The BTF id of the kernel's function or variable; undefined for a weak one that is not there. */
function kernelType(
  { name, weak, type }: KernelReference,
  { btf, kernelBtfs }: KernelSymbols,
  label: string,
): number | undefined {
  const [vmlinux, ...modules] = kernelBtfs();
  const kind = btf?.kind(type) === "var" ? "var" : "func";
  // `bpf_foo___v2` is bpf_foo with other parameters: the one that fits is taken.
  const wanted = essentialName(name);
  const candidates = vmlinux?.find(wanted, [kind]) ?? [];
  const fitting = candidates.find((id) => !btf || !vmlinux || fits(btf, type, vmlinux, id));
  if (fitting !== undefined || weak) return fitting;
  const what = kind === "func" ? "function" : "variable";
  if (candidates.length > 0)
    throw new UsageError(
      "unsupported",
      `${label}: this kernel's ${what} '${wanted}' has another type than the object declares`,
    );
  const inModule = modules.some((module) => module.find(wanted, [kind]).length > 0);
  throw new UsageError(
    "unsupported",
    inModule
      ? `${label}: '${wanted}' is a ${what} of a kernel module, which this version cannot use yet`
      : `${label}: this kernel has no ${what} '${wanted}' for programs; declare it weak if the program can do without`,
  );
}

/**
 * Functions by the kinds of their parameters and result, variables by their own kind: what libbpf compares
 * (`bpf_object__resolve_ksym_*_btf_id`), except that a struct may be declared without its fields.
 */
function fits(btf: Btf, local: number, vmlinux: Btf, target: number): boolean {
  const shapes = (types: Btf, id: number): string[] => {
    const symbol = types.type(id);
    const type = "type" in symbol ? symbol.type : 0;
    const proto = types.type(types.resolve(type));
    if (proto.kind !== "func_proto") return [shape(types, type)];
    return [proto.returns, ...proto.params.map((param) => param.type)].map((each) => shape(types, each));
  };
  return shapes(btf, local).join() === shapes(vmlinux, target).join();
}

/** A type's kind; of a pointer, that of what it points to as well. */
function shape(btf: Btf, id: number): string {
  const type = btf.type(btf.resolve(id));
  if (type.kind === "ptr") {
    const inner = btf.type(btf.resolve(type.type));
    return `ptr to ${kindName(inner)}`;
  }
  return kindName(type);
}

function kindName(type: BtfType): string {
  if (type.kind === "fwd") return type.union ? "union" : "struct";
  return type.kind === "enum64" ? "enum" : type.kind;
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
