import { kernel } from "../sys/kernel.js";

/** Of Linux 7.3: `enum scx_exit_kind`, kernel/sched/ext.c. */
const exitKinds = {
  done: 1,
  unreg: 64,
  unreg_bpf: 65,
  unreg_kern: 66,
  sysrq: 67,
  parent: 68,
  parent_kill: 69,
  error: 1024,
  error_bpf: 1025,
  error_stall: 1026,
  error_reenq: 1027,
  error_rescue: 1028,
} as const;

/** From here on kinds are errors (`SCX_EXIT_ERROR`). */
const FIRST_ERROR = exitKinds.error;

/**
 * Why a scheduler ended: `unreg` by its link, `unreg_bpf` by scx_bpf_exit(), `unreg_kern` by the kernel (a CPU came or went),
 * `sysrq` by SysRq-S, `parent…` with the scheduler above it; `error` is the kernel's finding, `error_bpf` is scx_bpf_error(),
 * `error_stall` is a task that could run and did not for `timeout_ms`. Null is a kind that came after Linux 7.3.
 */
export type SchedulerExitKind = keyof typeof exitKinds | null;

/** What a scheduler's program `exit` has kept: a `UserExitInfo` of the dialect, or scx's `struct user_exit_info`. */
export interface SchedulerExitRecord {
  readonly kind: number;
  readonly exit_code: bigint | number;
  readonly reason: string;
  readonly msg: string;
}

export interface SchedulerExit {
  readonly kind: SchedulerExitKind;
  /** The kernel threw it out, or it asked for that by scx_bpf_error(): tasks are with the usual scheduler again. */
  readonly isError: boolean;
  /** What scx_bpf_exit() gave; of `unreg_kern`, bits of `enum scx_exit_code`. */
  readonly code: bigint;
  /** The kernel asks for the scheduler to be started again (`SCX_ECODE_ACT_RESTART`), after CPUs came or went. */
  readonly isRestartWanted: boolean;
  /** The kernel's name of the kind: "runnable task stall". */
  readonly reason: string;
  /** What it says of this case: "cat[1234] failed to run for 5.1s". */
  readonly message: string;
  /** All of it for people. */
  readonly text: string;
}

/** `SCX_ECODE_ACT_RESTART`, `enum scx_exit_code`. */
const ACT_RESTART = 1n << 48n;

/**
 * Why a scheduler (`sched_ext_ops`) ended, by what its program `exit` was told; null as long as it runs. Linux 6.12.
 *
 * Source: `struct scx_exit_info`, kernel/sched/ext.c.
 */
export function schedulerExit({ kind, exit_code, reason, msg }: SchedulerExitRecord): SchedulerExit | null {
  if (kind === 0) return null;
  const [name = null] = (Object.keys(exitKinds) as (keyof typeof exitKinds)[]).filter(
    (each) => exitKinds[each] === kind,
  );
  const code = BigInt(exit_code);
  const coded = code === 0n ? "" : `, code ${code < 0n ? code : `0x${code.toString(16)}`}`;
  return {
    kind: name,
    isError: kind >= FIRST_ERROR,
    code,
    isRestartWanted: name === "unreg_kern" && (code & ACT_RESTART) !== 0n,
    reason,
    message: msg,
    text: `${reason || `kind ${kind}`}${msg === "" ? "" : `: ${msg}`} (${name ?? kind}${coded})`,
  };
}

export type SchedulerState = "enabling" | "enabled" | "disabling" | "disabled";

/** A scheduler of BPF programs, as the kernel shows it in /sys/kernel/sched_ext. */
export interface Scheduler {
  readonly state: SchedulerState;
  /** Its `name`; null if there is none. */
  readonly name: string | null;
  /** Schedulers that were enabled since boot. Null where the kernel does not tell. */
  readonly enabled: number | null;
  /** Tasks that it did not take (`p.scx.disallow`), since it was enabled. */
  readonly rejected: number;
  /** All tasks are its own, and not only those of SCHED_EXT (`SCX_OPS_SWITCH_PARTIAL`). */
  readonly switchesAll: boolean;
  /** What the kernel counted on the way (`SCX_EV_ENQ_SKIP_EXITING` …). Empty before Linux 6.15. */
  readonly events: Readonly<Record<string, bigint>>;
}

const FOLDER = "/sys/kernel/sched_ext";
const states: readonly SchedulerState[] = ["enabling", "enabled", "disabling", "disabled"];

/**
 * The scheduler that runs this machine's tasks in the place of the usual one; null where the kernel knows none (before
 * Linux 6.12, or without CONFIG_SCHED_CLASS_EXT).
 */
export function scheduler(): Scheduler | null {
  const told = read("state");
  if (told === null) return null;
  const sequence = read("enable_seq");
  return {
    // A state that is new is one on the way.
    state: states.find((state) => state === told) ?? "enabling",
    name: read("root/ops"),
    enabled: sequence === null ? null : Number(sequence),
    rejected: Number(read("nr_rejected") ?? 0),
    switchesAll: read("switch_all") === "1",
    events: eventsOf(read("root/events") ?? ""),
  };
}

const read = (name: string): string | null => {
  const bytes = kernel().readFile(`${FOLDER}/${name}`);
  return bytes && new TextDecoder().decode(bytes).trim();
};

/** Lines of a name and a number. */
function eventsOf(text: string): Record<string, bigint> {
  const rows = [...text.matchAll(/^(\S+) (\d+)$/gm)];
  return Object.fromEntries(rows.map(([, name = "", count = "0"]) => [name, BigInt(count)]));
}
