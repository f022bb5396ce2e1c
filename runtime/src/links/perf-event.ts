import { attachTypes } from "@tsbpfc/loader";
import { type FieldValues, Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno, SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { HookedProgram } from "./hook.js";
import { Link } from "./link.js";

const PERF_FLAG_FD_CLOEXEC = 8;
const PERF_EVENT_IOC_ENABLE = 0x2400;
const PERF_EVENT_IOC_SET_BPF = 0x40042408;

export interface PerfEventOptions {
  /** What `bpf_get_attach_cookie` gives. Linux 5.15. */
  readonly cookie?: bigint | undefined;
  /** Only in this process; in all if absent. */
  readonly pid?: number | undefined;
  /** What to say of a perf event that the kernel refuses; empty for what is always said. */
  readonly advice?: (number: number) => string;
}

/** A program on a perf event of all processes, or of one. @throws SyscallError */
export function attachPerfEvent(
  program: HookedProgram,
  values: FieldValues<"perfEvent">,
  label: string,
  { cookie, pid = -1, advice }: PerfEventOptions = {},
): Link {
  const event = new Struct("perfEvent", { ...values, sample_period: 1, wakeup_events: 1 });
  // The kernel calls the program on every CPU, whichever the event is on; an event of no process needs one.
  return linkEvent(program, openEvent(event, pid, pid < 0 ? 0 : -1, label, advice), label, cookie);
}

/** A perf event's descriptor, closed on exec. @throws SyscallError */
export function openEvent(
  event: Struct<"perfEvent">,
  pid: number,
  cpu: number,
  label: string,
  advice: (number: number) => string = () => "",
): number {
  event.set("size", event.bytes.length);
  const fd = kernel().perfEventOpen(event.bytes, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
  if (fd < 0) throw new SyscallError("perf_event_open", -fd, label, advice(-fd) || (always[-fd] ?? ""));
  return fd;
}

/**
 * Links a program to a perf event and turns that on: by BPF link (Linux 5.15), or by the event's ioctl before (4.7;
 * such a link cannot be pinned). The event is the link's; if that fails, it is closed.
 *
 * @throws SyscallError
 */
export function linkEvent(
  program: HookedProgram,
  eventFd: number,
  label: string,
  cookie: bigint | undefined,
): Link {
  const k = kernel();
  try {
    const attr = new Struct("linkCreate", {
      prog_fd: program.fd,
      target_fd: eventFd,
      attach_type: attachTypes.perf_event,
      "perf_event.bpf_cookie": cookie ?? 0n,
    });
    const linkFd = bpf(k, "BPF_LINK_CREATE", attr.bytes);
    if (linkFd >= 0) return linked(linkFd, eventFd, label);
    // EINVAL: the kernel does not know links of this kind.
    if (linkFd !== -errno.EINVAL || cookie !== undefined)
      throw new SyscallError(
        "bpf(BPF_LINK_CREATE)",
        -linkFd,
        label,
        cookie === undefined ? "" : "A cookie needs Linux 5.15.",
      );
    const set = k.ioctl(eventFd, PERF_EVENT_IOC_SET_BPF, program.fd);
    if (set < 0) throw new SyscallError("ioctl(PERF_EVENT_IOC_SET_BPF)", -set, label);
    enable(eventFd, label);
    return new Link(eventFd, label, [], "this kernel attaches without a BPF link (Linux 5.15)");
  } catch (error) {
    k.close(eventFd);
    throw error;
  }
}

const always: Readonly<Record<number, string>> = {
  [errno.EACCES]: "Tracing needs root, or CAP_PERFMON.",
  [errno.EPERM]: "Tracing needs root, or CAP_PERFMON.",
  [errno.ENOENT]: "There is no function of that name, or it cannot be probed.",
};

function linked(linkFd: number, eventFd: number, label: string): Link {
  try {
    enable(eventFd, label);
  } catch (error) {
    kernel().close(linkFd);
    throw error;
  }
  return new Link(linkFd, label, [eventFd]);
}

function enable(eventFd: number, label: string): void {
  const result = kernel().ioctl(eventFd, PERF_EVENT_IOC_ENABLE, 0);
  if (result < 0) throw new SyscallError("ioctl(PERF_EVENT_IOC_ENABLE)", -result, label);
}
