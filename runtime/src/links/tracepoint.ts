import { attachTypes } from "@tsbpfc/loader";
import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno, SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { Attach } from "./attach.js";
import { Link } from "./link.js";
import { tracefs } from "./tracefs.js";

const PERF_TYPE_TRACEPOINT = 2;
const PERF_FLAG_FD_CLOEXEC = 8;
const PERF_EVENT_IOC_ENABLE = 0x2400;
const PERF_EVENT_IOC_SET_BPF = 0x40042408;

/** A classic tracepoint: a perf event of its id, and a BPF link on it (Linux 5.15; before, the event's ioctl, 4.7). */
export const attachTracepoint: Attach = (program) => {
  const k = kernel();
  const name = program.spec.attachTo;
  const label = `tracepoint ${name} (${program.label})`;
  const event = new Struct("perfEvent", {
    type: PERF_TYPE_TRACEPOINT,
    size: new Struct("perfEvent").bytes.length,
    config: tracepointId(name),
    sample_period: 1,
    wakeup_events: 1,
  });
  // The kernel calls the program on every CPU, whichever the event is on.
  const eventFd = k.perfEventOpen(event.bytes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
  if (eventFd < 0)
    throw new SyscallError("perf_event_open", -eventFd, label, "Tracing needs root, or CAP_PERFMON.");
  try {
    const attr = new Struct("linkCreate", {
      prog_fd: program.fd,
      target_fd: eventFd,
      attach_type: attachTypes.perf_event,
    });
    const linkFd = bpf(k, "BPF_LINK_CREATE", attr.bytes);
    if (linkFd >= 0) {
      enable(eventFd, label);
      return new Link(linkFd, label, [eventFd]);
    }
    if (linkFd !== -errno.EINVAL) throw new SyscallError("bpf(BPF_LINK_CREATE)", -linkFd, label);
    const set = k.ioctl(eventFd, PERF_EVENT_IOC_SET_BPF, program.fd);
    if (set < 0) throw new SyscallError("ioctl(PERF_EVENT_IOC_SET_BPF)", -set, label);
    enable(eventFd, label);
    return new Link(eventFd, label, [], false);
  } catch (error) {
    k.close(eventFd);
    throw error;
  }
};

function enable(eventFd: number, label: string): void {
  const result = kernel().ioctl(eventFd, PERF_EVENT_IOC_ENABLE, 0);
  if (result < 0) throw new SyscallError("ioctl(PERF_EVENT_IOC_ENABLE)", -result, label);
}

/** The id that tracefs gives the event. @throws UsageError if there is no such event */
function tracepointId(name: string): number {
  const root = tracefs();
  const bytes = kernel().readFile(`${root}/events/${name}/id`);
  if (!bytes)
    throw new UsageError("unsupported", `this kernel has no tracepoint '${name}' (${root}/events/${name})`);
  return Number(new TextDecoder().decode(bytes).trim());
}
