// Fills the ring buffer, on a thread of its own.
import { workerData } from "node:worker_threads";
import { Struct } from "../../runtime/src/sys/attr.js";
import { bpf } from "../../runtime/src/sys/bpf.js";
import { kernel } from "../../runtime/src/sys/kernel.js";

export interface ProducerInput {
  /** Descriptor of the program that emits as many records as its context says. */
  readonly program: number;
  readonly total: number;
  readonly burst: number;
  /** Records that fit, to wait until there is room for a burst; null to send whether there is or not. */
  readonly room: number | null;
  /** Between bursts, without `room`. */
  readonly pauseMs: number;
  /** Records that were read, by the reader. */
  readonly read: Int32Array;
}

const { program, total, burst, room, pauseMs, read } = workerData as ProducerInput;

const context = new Uint32Array(1);
const bytes = new Uint8Array(context.buffer);
const never = new Int32Array(new SharedArrayBuffer(4));

function emit(count: number): void {
  context[0] = count;
  const attr = new Struct("test", { prog_fd: program, ctx_size_in: 4, ctx_in: kernel().address(bytes) });
  const result = bpf(kernel(), "BPF_PROG_TEST_RUN", attr.bytes);
  if (result < 0) throw new Error(`BPF_PROG_TEST_RUN: errno ${-result}`);
}

for (let sent = 0; sent < total; ) {
  const count = Math.min(burst, total - sent);
  if (room === null) Atomics.wait(never, 0, 0, pauseMs);
  else
    for (let seen = Atomics.load(read, 0); sent - seen + count > room; seen = Atomics.load(read, 0))
      Atomics.wait(read, 0, seen, 100);
  emit(count);
  sent += count;
}
