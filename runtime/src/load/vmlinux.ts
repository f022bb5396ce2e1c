import { Btf, kernelBtfFolder, readKernelBtf } from "@tsbpfc/loader";
import { kernel } from "../sys/kernel.js";

const path = `${kernelBtfFolder}/vmlinux`;
let last: WeakRef<Btf> | null = null;

/**
 * The running kernel's own types: indexed once for all that load while somebody holds them. They are mapped where the
 * kernel can (Linux 6.16, `btf_sysfs_vmlinux_mmap`): reading takes a call and a fault for each of a thousand pages.
 * Where the kernel does not show them, they are read from its image.
 *
 * @throws BtfError BTF_UNREADABLE for a kernel without BTF, or what {@link Btf.parse} throws
 */
export function vmlinuxBtf(): Btf {
  const known = last?.deref();
  if (known) return known;
  const mapped = kernel().mapFile(path);
  const read = mapped === null ? readKernelBtf() : Btf.parse(mapped);
  last = new WeakRef(read);
  return read;
}
