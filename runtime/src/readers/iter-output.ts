import type { Codec } from "../codec.js";
import { errno, SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";

/** Kernel: an iterator's own buffer has eight pages (`bpf_seq_read`). */
const READ_SIZE = 32 * 1024;

/**
 * What an iterator writes in one round over its objects. The kernel runs the program while it is read, so that a
 * round goes as far as it is asked for; each way of reading begins a round of its own.
 */
export class IterOutput implements Iterable<Uint8Array> {
  /** @param begin opens a round: its descriptor, which is closed at the end */
  constructor(
    readonly begin: () => number,
    readonly label: string,
  ) {}

  /** Pieces as the kernel gives them, which may end anywhere. @throws SyscallError */
  *[Symbol.iterator](): Generator<Uint8Array, void, undefined> {
    const k = kernel();
    const fd = this.begin();
    try {
      for (;;) {
        const part = new Uint8Array(READ_SIZE);
        const count = k.read(fd, part);
        if (count === 0) return;
        // An iterator that has gone through many objects without output wants to be asked again (`bpf_seq_read`).
        if (count === -errno.EAGAIN || count === -errno.EINTR) continue;
        if (count < 0) throw new SyscallError("read", -count, this.label);
        yield part.subarray(0, count);
      }
    } finally {
      k.close(fd);
    }
  }

  /** All of it. */
  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat([...this]));
  }

  /** Of a program that writes text (`bpf_seq_printf`): its lines, without their ends. */
  *lines(): Generator<string, void, undefined> {
    const decoder = new TextDecoder();
    let rest = "";
    for (const part of this) {
      const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
    if (rest !== "") yield rest;
  }

  /**
   * Of a program that writes records (`bpf_seq_write`), all of one size: each decoded.
   *
   * @throws UsageError `bad-size` if the last is not whole
   */
  *records<T>(codec: Codec<T>): Generator<T, void, undefined> {
    let rest = new Uint8Array();
    for (const part of this) {
      const bytes = new Uint8Array(Buffer.concat([rest, part]));
      const view = new DataView(bytes.buffer);
      let at = 0;
      for (; at + codec.size <= bytes.length; at += codec.size) yield codec.read(view, at, codec.size);
      rest = bytes.slice(at);
    }
    if (rest.length > 0)
      throw new UsageError(
        "bad-size",
        `${this.label}: the last ${rest.length} bytes are no whole record of ${codec.size}`,
      );
  }
}
