import { capturesOf, type Local, localsOf } from "../dialect/captures.js";
import { sizeOf } from "../dialect/model/layout.js";
import type { Func } from "../dialect/model/model.js";

/**
 * The part of a function's frame that its closures reach: one record, whose address the kernel hands on to them.
 * A closure inside a closure reaches further out by the address that the record keeps.
 */
export interface Frame {
  /** Bytes from the record's start. */
  readonly offsets: ReadonlyMap<Local, number>;
  /** Where the address of the record of the function around is, if a closure inside needs it. */
  readonly outer: number | null;
  readonly size: number;
}

export class FrameTable {
  readonly #frames = new Map<Func, Frame | null>();

  /** Null if no closure of the function captures anything. */
  of(func: Func): Frame | null {
    const known = this.#frames.get(func);
    if (known !== undefined) return known;
    const made = layOut(func);
    this.#frames.set(func, made);
    return made;
  }
}

function layOut(func: Func): Frame | null {
  const { declared, closures } = localsOf(func);
  const captured = new Set([...closures].flatMap((closure) => [...capturesOf(closure)]));
  if (captured.size === 0) return null;
  const offsets = new Map<Local, number>();
  let size = 0;
  for (const local of captured) {
    if (!declared.has(local)) continue;
    offsets.set(local, size);
    size += Math.ceil(Math.max(1, sizeOf(local.type)) / 8) * 8;
  }
  const outer = captured.size > offsets.size ? size : null;
  return { offsets, outer, size: outer === null ? size : size + 8 };
}
