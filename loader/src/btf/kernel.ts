import { existsSync, readdirSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import { parseElf } from "../elf/elf.js";
import { ElfError } from "../elf/error.js";
import { Btf } from "./btf.js";
import { BtfError } from "./error.js";

/** Where a kernel with CONFIG_DEBUG_INFO_BTF (Linux 5.4; modules 5.11) shows its types. */
export const kernelBtfFolder = "/sys/kernel/btf";

/**
 * Files that may have the running kernel's types, the likeliest first: where it shows them itself, and where
 * distributions put its image, with a section `.BTF` (libbpf: `btf__load_vmlinux_btf`).
 *
 * @param version as uname(2) has it
 */
export const kernelBtfPaths = (version: string, root = "/"): readonly string[] =>
  [
    `${kernelBtfFolder}/vmlinux`,
    `boot/vmlinux-${version}`,
    `lib/modules/${version}/vmlinux-${version}`,
    `lib/modules/${version}/build/vmlinux`,
    `usr/lib/modules/${version}/kernel/vmlinux`,
    `usr/lib/debug/boot/vmlinux-${version}`,
    `usr/lib/debug/boot/vmlinux-${version}.debug`,
    `usr/lib/debug/lib/modules/${version}/vmlinux`,
  ].map((path) => join(root, path));

/** The first that is there; the first of all for the message, if none is. */
function locateKernelBtf(): string {
  const paths = kernelBtfPaths(release());
  return paths.find((path) => existsSync(path)) ?? paths[0]!;
}

/**
 * Reads a kernel's BTF: the running one's, a raw BTF file, or an ELF file with a `.BTF` section (a vmlinux).
 * Only reads a file; needs no privileges.
 *
 * @throws BtfError BTF_UNREADABLE if the file cannot be read, or what {@link Btf.parse} throws; ElfError
 */
export function readKernelBtf(path = locateKernelBtf(), options: { readonly base?: Btf } = {}): Btf {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new BtfError(
      "BTF_UNREADABLE",
      `cannot read the kernel's BTF from ${path}; the kernel needs CONFIG_DEBUG_INFO_BTF=y, or give the path of a BTF file for it`,
      { cause },
    );
  }
  return Btf.parse(isElf(bytes) ? btfSection(bytes, path) : bytes, options);
}

/** One kernel module's BTF, read when asked for. */
export interface ModuleBtf {
  /** As in /proc/modules. */
  readonly name: string;
  readonly path: string;
  /**
   * Reads and parses it. A module whose BTF is broken (some distributions ship such) must not keep others
   * from loading, so that is a warning to show, not an exception.
   */
  read(): { readonly btf: Btf } | { readonly warning: BtfError | ElfError };
}

/** Modules with BTF; an empty list where the folder is missing. `base` is the kernel's own BTF. */
export function listModuleBtfs(base: Btf, folder = kernelBtfFolder): ModuleBtf[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => name !== "vmlinux")
    .sort()
    .map((name) => {
      const path = join(folder, name);
      return { name, path, read: () => readModule(path, base) };
    });
}

function readModule(path: string, base: Btf): ReturnType<ModuleBtf["read"]> {
  try {
    return { btf: readKernelBtf(path, { base }) };
  } catch (error) {
    if (error instanceof BtfError || error instanceof ElfError) return { warning: error };
    throw error;
  }
}

function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45;
}

function btfSection(bytes: Uint8Array, path: string): Uint8Array {
  const elf = parseElf(bytes, { anyMachine: true });
  const section = elf.section(".BTF");
  if (section === null) {
    throw new BtfError(
      "BTF_UNREADABLE",
      `${path} has no .BTF section; build the kernel with CONFIG_DEBUG_INFO_BTF=y`,
    );
  }
  return elf.contents(section);
}
