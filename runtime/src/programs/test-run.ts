import type { ProgramType } from "@tsbpfc/loader";
import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno, SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { ProgramHandle } from "./handle.js";

export interface TestRunInput {
  /** The packet, for programs that take one; the kernel wants at least 14 bytes. */
  readonly data?: Uint8Array;
  /** The context, where the type lets it be given (`struct xdp_md`, `struct __sk_buff`, a syscall's buffer). */
  readonly context?: Uint8Array;
  /** How often the program runs; the duration is the average. Default: once. Only types that take a packet repeat. */
  readonly repeat?: number;
  /** The CPU to run on: raw tracepoints. Linux 5.10 (BPF_F_TEST_RUN_ON_CPU). */
  readonly cpu?: number;
  /**
   * XDP: `repeat` packets go the way that the program says, to a socket, back out of the interface or to another one, and
   * nothing is given back (BPF_F_TEST_XDP_LIVE_FRAMES). The context's `ingress_ifindex` says where they come from; the
   * loopback if there is none. Linux 5.18.
   */
  readonly liveFrames?: boolean;
  /** Of `liveFrames`: how many go together, 64 if absent; 256 at most. */
  readonly batchSize?: number;
  /** Other `BPF_F_TEST_*`, as the kernel has them. */
  readonly flags?: number;
  /** Bytes by which the packet may grow, 512 if absent: the kernel says ENOSPC if it grows more. */
  readonly room?: number;
}

export interface TestRunResult {
  /** What the program returned, as 32 bits. */
  readonly returnValue: number;
  /** Average of a run, in nanoseconds; 0 for types that the kernel does not time. */
  readonly durationNs: number;
  /** The packet afterwards; empty without one. */
  readonly dataOut: Uint8Array;
  /** The context afterwards; empty if none was given, or for types that keep it to themselves. */
  readonly contextOut: Uint8Array;
}

const BPF_F_TEST_RUN_ON_CPU = 1 << 0;
const BPF_F_TEST_XDP_LIVE_FRAMES = 1 << 1;

/** The kernel gives a packet back with room for what a program may have put in front. */
const ROOM = 512;

/**
 * How a type gives its context back (kernel: net/bpf/test_run.c): into memory of its own (`bpf_ctx_finish`, Linux
 * 5.2), or where it came from (`bpf_prog_test_run_syscall`, which refuses the other). The rest do not.
 */
const contextOut: Partial<Record<ProgramType, "apart" | "in place">> = {
  socket_filter: "apart",
  sched_cls: "apart",
  sched_act: "apart",
  cgroup_skb: "apart",
  lwt_in: "apart",
  lwt_out: "apart",
  lwt_xmit: "apart",
  lwt_seg6local: "apart",
  xdp: "apart",
  flow_dissector: "apart",
  sk_lookup: "apart",
  syscall: "in place",
};

/** BPF_PROG_TEST_RUN. A count of 0 is once; raw tracepoints and syscall programs refuse any other. */
export function testRun(program: ProgramHandle, input: TestRunInput): TestRunResult {
  const { data, repeat = 0, room = ROOM, cpu, liveFrames = false, batchSize = 0 } = input;
  const k = kernel();
  const out = new Uint8Array(data && !liveFrames ? data.length + room : 0);
  const returned =
    !liveFrames && input.context && program.type !== null ? contextOut[program.type] : undefined;
  // The kernel may write to it, and the caller's stays as it is.
  const context = input.context?.slice();
  const contextAfter = returned === "apart" ? new Uint8Array(context?.length ?? 0) : null;
  const attr = new Struct("test", {
    prog_fd: program.fd,
    repeat,
    flags:
      (input.flags ?? 0) |
      (cpu === undefined ? 0 : BPF_F_TEST_RUN_ON_CPU) |
      (liveFrames ? BPF_F_TEST_XDP_LIVE_FRAMES : 0),
    cpu: cpu ?? 0,
    batch_size: batchSize,
  });
  if (data) {
    attr.set("data_in", k.address(data));
    attr.set("data_size_in", data.length);
  }
  if (out.length > 0) {
    attr.set("data_out", k.address(out));
    attr.set("data_size_out", out.length);
  }
  if (context) {
    attr.set("ctx_in", k.address(context));
    attr.set("ctx_size_in", context.length);
  }
  if (contextAfter) {
    attr.set("ctx_out", k.address(contextAfter));
    attr.set("ctx_size_out", contextAfter.length);
  }
  const result = bpf(k, "BPF_PROG_TEST_RUN", attr.bytes);
  if (result < 0)
    throw new SyscallError("bpf(BPF_PROG_TEST_RUN)", -result, program.label, advice[-result] ?? "");
  return {
    returnValue: attr.number("retval"),
    durationNs: attr.number("duration"),
    dataOut: out.slice(0, attr.number("data_size_out")),
    contextOut: contextAfter
      ? contextAfter.slice(0, attr.number("ctx_size_out"))
      : returned === "in place" && context
        ? context
        : new Uint8Array(),
  };
}

const advice: Readonly<Record<number, string>> = {
  [errno.EINVAL]:
    "The kernel does not take this input for the program's type: a packet has at least 14 bytes, and only some types take a packet, a context or a repeat count. A CPU is for raw tracepoints (Linux 5.10), live frames are for XDP (5.18).",
  [errno.ENXIO]: "There is no such CPU.",
  [errno.E2BIG]: "At most 256 frames go together (batchSize).",
  [errno.ENOSPC]: "The packet grew by more than `room` allows: give more.",
  [errno.EOPNOTSUPP]: "The kernel has no test run for programs of this type.",
};
