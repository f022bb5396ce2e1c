/**
 * How the kernel's functions of system calls begin (kernel: asm/syscall_wrapper.h; x86-64 since 4.17, arm64 since
 * 4.19), by Node's names for architectures.
 */
const prefixes: Readonly<Record<string, string>> = { x64: "__x64_sys_", arm64: "__arm64_sys_" };

/** The prefix on this machine; undefined on an architecture that the runtime does not know. */
export const syscallPrefix: string | undefined = prefixes[process.arch];
