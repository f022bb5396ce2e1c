import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { Program } from "./program.js";

export interface TestRunInput {
  /** The packet, for programs that take one; the kernel wants at least 14 bytes. */
  readonly data?: Uint8Array;
  /** The context, where the type lets it be given (`struct xdp_md`, `struct __sk_buff`, a syscall's buffer). */
  readonly context?: Uint8Array;
  /** How often the program runs; the duration is the average. Default 1. */
  readonly repeat?: number;
}

export interface TestRunResult {
  /** What the program returned, as 32 bits. */
  readonly returnValue: number;
  /** Average of a run, in nanoseconds. */
  readonly durationNs: number;
  /** The packet afterwards; empty without one. */
  readonly dataOut: Uint8Array;
}

/** The kernel gives a packet back with room for what a program may have put in front. */
const HEADROOM = 512;

export function testRun(program: Program, { data, context, repeat = 1 }: TestRunInput): TestRunResult {
  const k = kernel();
  const out = new Uint8Array(data ? data.length + HEADROOM : 0);
  const attr = new Struct("test", { prog_fd: program.fd, repeat });
  if (data) {
    attr.set("data_in", k.address(data));
    attr.set("data_size_in", data.length);
    attr.set("data_out", k.address(out));
    attr.set("data_size_out", out.length);
  }
  if (context) {
    attr.set("ctx_in", k.address(context));
    attr.set("ctx_size_in", context.length);
  }
  const result = bpf(k, "BPF_PROG_TEST_RUN", attr.bytes);
  if (result < 0) throw new SyscallError("bpf(BPF_PROG_TEST_RUN)", -result, program.label);
  return {
    returnValue: attr.number("retval"),
    durationNs: attr.number("duration"),
    dataOut: out.slice(0, data ? attr.number("data_size_out") : 0),
  };
}
