import { type Btf, listModuleBtfs, readKernelBtf } from "@tsbpfc/loader";
import { btfIds } from "../inspect/ids.js";
import { objectInfo, openById } from "../sys/bpf.js";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { lazily } from "./lazily.js";
import { vmlinuxBtf } from "./vmlinux.js";

/** The running kernel's types and its modules', and the descriptors by which the kernel knows the modules'. */
export interface KernelTypes {
  /** vmlinux first, then modules. Read when first asked for. */
  all(): readonly Btf[];
  /** A module's, by its name; null if it is not loaded, or has none. */
  module(name: string): Btf | null;
  /** 0 for the kernel's own. Kept until `close`. @throws UsageError, SyscallError */
  fdOf(btf: Btf): number;
  close(): void;
}

/** @param onWarning told of a module whose BTF is damaged, which is left out: others' programs do not need it */
export function kernelTypes(onWarning: (text: string) => void = warn): KernelTypes {
  let read: readonly Btf[] | null = null;
  const names = new Map<Btf, string>();
  const fds = new Map<Btf, number>();
  const all = (): readonly Btf[] => {
    read ??= readAll(names, onWarning);
    return read;
  };
  return {
    all,
    module: (name) => all().find((btf) => names.get(btf) === name) ?? null,
    fdOf: (btf) => {
      const name = names.get(btf);
      if (name === undefined) return 0;
      const known = fds.get(btf) ?? openModuleBtf(name);
      fds.set(btf, known);
      return known;
    },
    close: () => {
      for (const fd of fds.values()) kernel().close(fd);
      fds.clear();
    },
  };
}

/** What CO-RE is solved over: the types that were given, in the place of the kernel's and its modules'. */
export function coreTypes(given: string | Btf | undefined, types: KernelTypes): () => readonly Btf[] {
  if (given === undefined) return types.all;
  return lazily(() => [typeof given === "string" ? readKernelBtf(given) : given]);
}

function readAll(names: Map<Btf, string>, onWarning: (text: string) => void): readonly Btf[] {
  const vmlinux = vmlinuxBtf();
  const modules = listModuleBtfs(vmlinux).flatMap((module) => {
    const result = module.read();
    if ("btf" in result) {
      names.set(result.btf, module.name);
      return [result.btf];
    }
    onWarning(`the BTF of kernel module ${module.name} is left out: ${result.warning.message}`);
    return [];
  });
  return [vmlinux, ...modules];
}

function warn(text: string): void {
  process.emitWarning(text, { type: "TsbpfcWarning", code: "TSBPFC_MODULE_BTF" });
}

const NAME_BYTES = 64;

/** Goes through the BTF objects of the kernel for a module's. Linux 5.11. @throws UsageError, SyscallError */
function openModuleBtf(module: string): number {
  const label = `the BTF of kernel module ${module}`;
  for (const id of btfIds()) {
    const fd = openById(id, "btf", label);
    if (fd === null) continue; // gone in between
    try {
      if (nameOf(fd, label) === module) return fd;
    } catch (error) {
      kernel().close(fd);
      throw error;
    }
    kernel().close(fd);
  }
  throw new UsageError("unsupported", `${label} is no longer there`);
}

/** Empty for an object's BTF, which has no name. */
function nameOf(fd: number, label: string): string {
  const name = new Uint8Array(NAME_BYTES);
  const info = objectInfo(fd, "btfInfo", label, { name: kernel().address(name), name_len: name.length });
  if (info.number("kernel_btf") === 0) return "";
  return new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
}
