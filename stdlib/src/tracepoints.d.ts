import type { SyscallTracepoints } from "./syscalls.generated.js";

/**
 * Fields of tracepoints by `category/name`. System calls are here; `tsbpfc vmlinux --events …` declares others by
 * augmenting this interface from the kernel's BTF.
 */
export interface Tracepoints extends SyscallTracepoints {}

/** The context of a tracepoint program: the event's fields by name and width. */
export type Tracepoint<N extends string> = N extends keyof Tracepoints
  ? Tracepoints[N]
  : UnknownTracepoint<N>;

/** An event whose fields nobody declared: it can be attached, its fields cannot be read. */
export interface UnknownTracepoint<N extends string> {
  readonly __event?: N;
}

export {};
