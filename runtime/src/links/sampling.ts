import { type FieldValues, Struct } from "../sys/attr.js";
import { onlineCpus } from "../sys/cpus.js";
import { UsageError } from "../sys/errors.js";
import type { Attach } from "./attach.js";
import { LinkGroup } from "./group.js";
import type { Link } from "./link.js";
import { linkEvent, openEvent } from "./perf-event.js";

/** `enum perf_type_id`, `perf_hw_id` and `perf_sw_ids`, include/uapi/linux/perf_event.h. */
const events = {
  "cpu-cycles": { type: 0, config: 0 },
  instructions: { type: 0, config: 1 },
  "cache-references": { type: 0, config: 2 },
  "cache-misses": { type: 0, config: 3 },
  "branch-instructions": { type: 0, config: 4 },
  "branch-misses": { type: 0, config: 5 },
  "cpu-clock": { type: 1, config: 0 },
  "task-clock": { type: 1, config: 1 },
  "page-faults": { type: 1, config: 2 },
  "context-switches": { type: 1, config: 3 },
  "cpu-migrations": { type: 1, config: 4 },
} as const;

/** `PERF_TYPE_BREAKPOINT`; `HW_BREAKPOINT_*`, include/uapi/linux/hw_breakpoint.h. */
const PERF_TYPE_BREAKPOINT = 5;
const accesses = { read: 1, write: 2, "read-write": 3, execute: 4 } as const;

/** A place in memory that the processor watches: it has a few of them (four on x86-64). */
export interface Breakpoint {
  /** An address of the kernel's, or of the process that `pid` names. */
  readonly address: bigint;
  /** x86-64 cannot watch reads alone. */
  readonly on: keyof typeof accesses;
  /** Bytes, aligned to as many; those of a pointer for `execute`. */
  readonly length?: 1 | 2 | 4 | 8;
}

/** When a `perf_event` program runs. Give `frequency` or `period`. */
export interface Sampling {
  /**
   * What is counted: by name, as `perf_event_open(2)` has it, or what happens at a place in memory. `cpu-clock`, which
   * every machine has, if absent; virtual machines often lack the hardware's.
   */
  readonly event?:
    | keyof typeof events
    | { readonly type: number; readonly config: number | bigint }
    | { readonly breakpoint: Breakpoint };
  /** Runs this often a second, on each CPU. */
  readonly frequency?: number;
  /** Runs once for so many events: of clocks, nanoseconds. */
  readonly period?: number;
  /** On one CPU; on all that are online if absent. */
  readonly cpu?: number;
}

/** `freq` of `struct perf_event_attr`, a bit-field: bit 10 of the 64 bits at byte 40. */
const FLAGS = 40;
const FREQ = 1 << 10;

/**
 * `perf_event`: `attach({ sampling: { frequency: 99 } })`, of all processes on every CPU, or of `pid` wherever it
 * runs. One link for each CPU, which are closed together. Linux 4.9.
 *
 * @throws UsageError, SyscallError ENOENT for an event that the machine lacks
 */
export const attachSampling: Attach = (program, { sampling, pid, cookie }) => {
  const label = `perf event (${program.label})`;
  const { frequency, period } = sampling ?? {};
  if (sampling === undefined || (frequency === undefined) === (period === undefined))
    throw new UsageError(
      "target-missing",
      `${program.label} runs on perf events: attach({ sampling: { frequency: 99 } }), or a period instead`,
    );
  const what = sampling.event ?? "cpu-clock";
  const event = new Struct("perfEvent", {
    ...eventValues(what),
    sample_period: frequency ?? period ?? 0,
  });
  if (frequency !== undefined) new DataView(event.bytes.buffer).setUint32(FLAGS, FREQ, true);
  const links: Link[] = [];
  try {
    for (const cpu of cpusOf(sampling.cpu, pid))
      links.push(linkEvent(program, openEvent(event, pid ?? -1, cpu, label), label, cookie));
  } catch (error) {
    for (const link of links) link.close();
    throw error;
  }
  const [first, ...others] = links;
  if (first && others.length === 0) return first;
  return new LinkGroup(links, label, "it is several links, one for each CPU");
};

function eventValues(what: NonNullable<Sampling["event"]>): FieldValues<"perfEvent"> {
  if (typeof what === "string") return events[what];
  if (!("breakpoint" in what)) return what;
  const { address, on, length } = what.breakpoint;
  return {
    type: PERF_TYPE_BREAKPOINT,
    bp_type: accesses[on],
    bp_addr: address,
    bp_len: BigInt(length ?? POINTER),
  };
}

const POINTER = 8;

function cpusOf(cpu: number | undefined, pid: number | undefined): readonly number[] {
  if (cpu !== undefined) return [cpu];
  return pid === undefined ? onlineCpus() : [-1];
}
