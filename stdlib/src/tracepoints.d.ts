import type { SyscallTracepoints } from "./syscalls.generated.js";
import type { KernelTracepoints } from "./tracepoints.generated.js";

/**
 * Fields of tracepoints by `category/name`, as Linux 6.18 has them; where they lie is found by CO-RE, in kernels that
 * have a field of that name. A field `__data_loc_x` holds where the event keeps `x`, from its own beginning: offset in
 * the lower 16 bits, length in the upper ones. An event of your own or of another kernel is declared by augmenting
 * this interface; an interface named `trace_event_raw_…` there says of which class it is.
 */
export interface Tracepoints extends SyscallTracepoints, KernelTracepoints {}

/** The context of a tracepoint program: the event's fields by name and width. */
export type Tracepoint<N extends string> = N extends keyof Tracepoints
  ? Tracepoints[N]
  : UnknownTracepoint<N>;

/** An event whose fields nobody declared: it can be attached, its fields cannot be read. */
export interface UnknownTracepoint<N extends string> {
  readonly __event?: N;
}

export {};
