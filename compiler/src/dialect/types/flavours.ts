/** `task_struct___old`: a description of the kernel's `task_struct` of one's own, as in libbpf. */
export const isFlavour = (name: string): boolean => /.___./.test(name);

/** The kernel's name of the type that a flavour describes. */
export const withoutFlavour = (name: string): string => name.replace(/___.*$/s, "");
