/** `license_is_gpl_compatible`, include/linux/license.h. */
const compatible: ReadonlySet<string> = new Set([
  "GPL",
  "GPL v2",
  "GPL and additional rights",
  "Dual BSD/GPL",
  "Dual MIT/GPL",
  "Dual MPL/GPL",
]);

/** Whether a program of this license may use functions of the kernel (kernel: add_kfunc_call), and all helpers. */
export const isGplCompatible = (license: string): boolean => compatible.has(license);
