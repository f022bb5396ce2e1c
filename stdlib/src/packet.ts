import type { SkBuff, XdpMd } from "./contexts.js";
import { inline } from "./decorators.js";
import { cast, sizeof } from "./intrinsics.js";
import type { ptr, u64 } from "./types.js";

/**
 * A cursor over the linear part of a packet. Every step is checked against the packet's end, as the verifier asks:
 * unsigned, the pointer on the left.
 */
export class Packet {
  private cursor: u64;
  private readonly end: u64;

  constructor(ctx: XdpMd | SkBuff) {
    this.cursor = ctx.data;
    this.end = ctx.data_end;
  }

  /** The header at the cursor, which moves past it; null, and no move, if the packet ends before. */
  @inline
  read<T>(type: new () => T): ptr<T> | null {
    const start = this.cursor;
    const next = start + sizeof<T>();
    if (next > this.end) return null;
    this.cursor = next;
    return cast<T>(start);
  }

  /** The header at the cursor, which stays; null if the packet ends before the header does. */
  @inline
  peek<T>(type: new () => T): ptr<T> | null {
    const start = this.cursor;
    if (start + sizeof<T>() > this.end) return null;
    return cast<T>(start);
  }

  /**
   * Moves on by a number of bytes; false, and no move, if the packet ends before, or if there are more than 16383.
   *
   * The verifier follows a packet's pointers up to 65535 bytes (MAX_PACKET_OFF, kernel/bpf/verifier.c), the most that
   * each step could be added up: three steps of any length and the headers between them are within that.
   */
  @inline
  skip(bytes: u64): boolean {
    if (bytes > 0x3fff) return false;
    const next = this.cursor + bytes;
    if (next > this.end) return false;
    this.cursor = next;
    return true;
  }
}
