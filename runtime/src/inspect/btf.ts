import { objectInfo, openById } from "../sys/bpf.js";
import { kernel } from "../sys/kernel.js";

/** BTF that the kernel holds. */
export interface KernelBtf {
  readonly id: number;
  /** `vmlinux`, a module's name, or empty for BTF that a loader brought. Linux 5.11. */
  readonly name: string;
  /** Of the kernel itself or a module; a module's builds on `vmlinux`. Linux 5.11. */
  readonly ofKernel: boolean;
  /** As `parseBtf` of `@tsbpfc/loader` reads it. */
  readonly bytes: Uint8Array;
}

/** Longest name of a module (kernel: `MODULE_NAME_LEN`), and more. */
const NAME = 128;

/** The BTF of a number (`bpftool btf`); null if there is none. Needs CAP_SYS_ADMIN. Linux 4.18. @throws SyscallError */
export function btfById(id: number): KernelBtf | null {
  const label = `BTF ${id}`;
  const fd = openById(id, "btf", label);
  if (fd === null) return null;
  const k = kernel();
  try {
    const bytes = new Uint8Array(objectInfo(fd, "btfInfo", label).number("btf_size"));
    const name = Buffer.alloc(NAME);
    const info = objectInfo(fd, "btfInfo", label, {
      btf: k.address(bytes),
      btf_size: bytes.length,
      name: k.address(name),
      name_len: NAME,
    });
    return {
      id,
      name: name.toString("utf8", 0, name.indexOf(0)),
      ofKernel: info.number("kernel_btf") !== 0,
      bytes,
    };
  } finally {
    k.close(fd);
  }
}
