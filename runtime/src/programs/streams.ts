import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { tooOld } from "../sys/release.js";

/** `enum bpf_stream_id`, include/uapi/linux/bpf.h. */
const streams = { stdout: 1, stderr: 2 } as const;

/**
 * Where a program's text goes: `stdout` is what it prints itself (`bpf_stream_vprintk`), `stderr` that, and what the
 * kernel says of it while it runs: a loop that took too long, a page of its arena that is not there.
 */
export type ProgramStream = keyof typeof streams;

/** As much as a stream holds; what comes on top is lost (kernel: BPF_STREAM_MAX_CAPACITY). */
const CAPACITY = 100_000;

/**
 * What a program has written since it was last read, which is then gone from the stream; empty if nothing. The kernel
 * wakes nobody for it: ask from time to time. Linux 6.17.
 *
 * @throws SyscallError
 */
export function readStream(fd: number, stream: ProgramStream, label: string): string {
  const bytes = new Uint8Array(CAPACITY);
  const attr = new Struct("streamRead", {
    prog_fd: fd,
    stream_id: streams[stream],
    stream_buf: kernel().address(bytes),
    stream_buf_len: bytes.length,
  });
  const result = bpf(kernel(), "BPF_PROG_STREAM_READ_BY_FD", attr.bytes);
  if (result < 0)
    throw new SyscallError(
      "bpf(BPF_PROG_STREAM_READ_BY_FD)",
      -result,
      label,
      tooOld("Reading what a program prints", "6.17"),
    );
  return new TextDecoder().decode(bytes.subarray(0, result));
}
