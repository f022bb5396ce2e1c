import type { SkBuff, XdpMd } from "./contexts.js";
import { inline } from "./decorators.js";
import { cast, sizeof } from "./intrinsics.js";
import { u64, type ptr } from "./types.js";

/**
 * A cursor over a packet's linear data. `read` gives a pointer to a header and goes past it, or null where the
 * packet ends before: that test is what the verifier asks for.
 */
export class Packet {
  private cursor: u64;
  private end: u64;

  constructor(ctx: XdpMd | SkBuff) {
    this.cursor = ctx.data;
    this.end = ctx.data_end;
  }

  /** The header at the cursor, which moves behind it; null past the end. */
  @inline read<T>(type: new () => T): ptr<T> | null {
    const start = this.cursor;
    const next = start + sizeof<T>();
    if (next > this.end) return null;
    this.cursor = next;
    return cast<T>(start);
  }

  /** The header at the cursor, which stays; null past the end. */
  @inline peek<T>(type: new () => T): ptr<T> | null {
    const start = this.cursor;
    if (start + sizeof<T>() > this.end) return null;
    return cast<T>(start);
  }
}
