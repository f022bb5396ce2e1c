import { constants } from "node:os";

const names = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** `EPERM` for 1. Numbers that Node does not name stay numbers (ENOTSUPP, 524, is the kernel's own). */
export const errnoName = (errno: number): string =>
  names.get(errno) ?? (errno === 524 ? "ENOTSUPP" : `errno ${errno}`);

export const errno = constants.errno;

/** What to do about an error that means the same for most commands. */
const advice: Readonly<Record<string, string>> = {
  EPERM: "Run as root, or with CAP_BPF and what the program type needs (CAP_PERFMON, CAP_NET_ADMIN).",
  EACCES: "The verifier or a security module refused it.",
  ENOMEM: "There is not enough memory, or the map is too large.",
  EMFILE: "This process has too many open files: raise its limit (ulimit -n).",
  ENFILE: "The system has too many open files.",
  E2BIG: "The map is full, an array's index is past its end, or the value is larger than this kernel allows.",
  ENOENT: "There is nothing of that name or key.",
  EBUSY: "Something else is attached there, or holds it.",
  EOPNOTSUPP: "This kernel cannot do it.",
  ENOTSUPP: "This kernel cannot do it.",
};

/** A system call that the kernel refused. `message` says what was tried on what, and what to do. */
export class SyscallError extends Error {
  override readonly name: string = "SyscallError";
  /** The errno's name: `EPERM`. */
  readonly code: string;

  constructor(
    /** `bpf(BPF_MAP_CREATE)`, `perf_event_open`. */
    readonly syscall: string,
    readonly errno: number,
    /** The map, program or link that it was about. */
    readonly object: string,
    hint = "",
  ) {
    const code = errnoName(errno);
    const text = [`${object}: ${syscall}: ${code}.`, hint || advice[code] || ""]
      .filter((part) => part !== "")
      .join(" ");
    super(text);
    this.code = code;
  }
}

/** Something is asked of an object in a state, or of a kind, that does not have it. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(
    readonly code:
      | "not-loaded"
      | "loaded"
      | "closed"
      | "target-missing"
      | "unsupported"
      | "busy"
      | "bad-value"
      | "bad-size",
    message: string,
  ) {
    super(message);
  }
}
