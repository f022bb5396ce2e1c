import { kernelTypes } from "../load/kernel-types.js";

/**
 * The first of these functions that the running kernel's BTF describes, or a module's; null if none: for a program whose
 * function has another name on other kernels, as `programs: { unlink: { attachTo } }` when it is opened.
 *
 * @throws BtfError BTF_UNREADABLE for a kernel without BTF
 */
export function kernelFunction(...names: readonly string[]): string | null {
  const types = kernelTypes().all();
  return names.find((name) => types.some((btf) => btf.find(name, ["func"]).length > 0)) ?? null;
}
