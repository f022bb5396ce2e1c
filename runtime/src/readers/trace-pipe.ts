import { tracefs } from "../links/tracefs.js";
import { errno, SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { Wait } from "./wait.js";

/** A line of the kernel's trace buffer. */
export interface TraceLine {
  /** Name of the task that was running, which may be no more than `<...>`. */
  readonly task: string;
  readonly pid: number;
  readonly cpu: number;
  /** Seconds of the trace clock. */
  readonly time: number;
  /** What `bpf_printk` printed; of other sources, their name and text. */
  readonly message: string;
}

const READ_SIZE = 64 * 1024;
/** `  node-4242    [001] ...21  5034.113297: bpf_trace_printk: hello` (kernel: `trace_print_context`). */
const pattern = /^\s*(.*)-(\d+)\s+(?:\([^)]*\)\s+)?\[(\d+)\]\s+\S+\s+([\d.]+): (.*)$/;
const printk = "bpf_trace_printk: ";

/** A line of trace_pipe; null for a line of another form, such as the kernel's word on lost events. */
export function parseTraceLine(line: string): TraceLine | null {
  const [, task, pid, cpu, time, text] = pattern.exec(line) ?? [];
  if (task === undefined || text === undefined) return null;
  const message = text.startsWith(printk) ? text.slice(printk.length) : text;
  return { task, pid: Number(pid), cpu: Number(cpu), time: Number(time), message };
}

/**
 * What programs print with `bpf_printk`, of the whole system, as it comes. Reading takes lines out of the kernel's
 * buffer: one reader gets them. For debugging; programs that report use a ring buffer.
 *
 * @throws UsageError `unsupported` without tracefs, or if tracing is switched off; SyscallError EBUSY if another process
 * reads trace_pipe
 */
export async function* tracePipe({
  signal,
}: {
  readonly signal?: AbortSignal;
} = {}): AsyncGenerator<TraceLine, void, undefined> {
  const k = kernel();
  const path = `${tracefs()}/trace_pipe`;
  mustBeOn(`${tracefs()}/tracing_on`);
  const fd = k.openFile(path);
  if (fd < 0)
    throw new SyscallError(
      "open",
      -fd,
      path,
      fd === -errno.EBUSY ? "Another process reads it: only one can." : "",
    );
  const wait = new Wait(path);
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(READ_SIZE);
  let rest = "";
  try {
    while (!signal?.aborted) {
      const count = k.read(fd, bytes);
      if (count === -errno.EAGAIN) {
        if (!(await wait.for(fd, () => false, signal))) return;
      } else if (count < 0 && count !== -errno.EINTR) throw new SyscallError("read", -count, path);
      else if (count > 0) {
        const lines = (rest + decoder.decode(bytes.subarray(0, count), { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          const parsed = parseTraceLine(line);
          if (parsed) yield parsed;
        }
      }
    }
  } finally {
    wait.close();
    k.close(fd);
  }
}

/** The kernel switches tracing off at an oops, and leaves it so (kernel: `oops_enter`): nobody would ever hear why. */
function mustBeOn(path: string): void {
  const on = kernel().readFile(path);
  if (on?.[0] !== 0x30) return; // "0"
  throw new UsageError(
    "unsupported",
    `tracing is switched off here (${path} is 0; an oops of the kernel does that), so nothing would come: echo 1 > ${path}`,
  );
}
