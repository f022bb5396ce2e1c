import type { Codec } from "../codec.js";
import { UsageError } from "../sys/errors.js";
import { bytesAt } from "./bytes.js";

/** One way to see a union's memory: a member, or the members of an anonymous struct. `T` has the members of all ways. */
export interface Alternative<T> {
  readonly names: readonly (keyof T)[];
  write(view: DataView, at: number, value: T): void;
  /** Reads this way's members from `from`, and writes them to `to`. */
  copy(from: DataView, to: DataView): void;
}

/** `read` and `write` know this way's members alone. `write` is given memory that is zero. */
export const alternative = <T, K extends keyof T>(
  names: readonly K[],
  read: (view: DataView, at: number) => Pick<T, K>,
  write: (view: DataView, at: number, value: Pick<T, K>) => void,
): Alternative<T> => ({
  names,
  write,
  copy: (from, to) => write(to, 0, read(from, 0)),
});

/**
 * Writes a union to memory that is zero. A value made by hand has one way's members; one that was read has those of
 * all, and they agree.
 *
 * @param size bytes of the whole struct, which starts at `at`
 * @throws UsageError `bad-value` if no way is given, or several that differ
 */
export function writeUnion<T>(
  view: DataView,
  at: number,
  size: number,
  value: T,
  alternatives: readonly Alternative<T>[],
  owner: string,
): void {
  const given = alternatives.filter((way) =>
    way.names.some((name) => Object.hasOwn(value as object, name) && value[name] !== undefined),
  );
  const [only, another] = given;
  if (!only) {
    const names = alternatives.map((way) => way.names.join(" and ")).join(", or ");
    throw new UsageError("bad-value", `${owner}: a union is written through one member: give ${names}`);
  }
  if (!another) only.write(view, at, value);
  else merge(bytesAt(view, at, size), encodeAll(size, value, given, owner));
}

/**
 * What several ways write, on top of each other. Each leaves zero what it does not cover, so that ways of the same
 * memory add up to it, and each reads from the sum what it was given; ways that differ do not.
 */
function encodeAll<T>(size: number, value: T, given: readonly Alternative<T>[], owner: string): Uint8Array {
  const sum = new Uint8Array(size);
  const parts = given.map((way) => {
    const part = new Uint8Array(size);
    way.write(new DataView(part.buffer), 0, value);
    merge(sum, part);
    return { way, part };
  });
  for (const { way, part } of parts) {
    const again = new Uint8Array(size);
    way.copy(new DataView(sum.buffer), new DataView(again.buffer));
    if (part.some((byte, i) => byte !== again[i])) {
      const names = given.map((g) => g.names.join(" and ")).join(", ");
      throw new UsageError(
        "bad-value",
        `${owner}: members of a union (${names}) say different things of the same bytes: give one of them, with ${owner}.of`,
      );
    }
  }
  return sum;
}

function merge(target: Uint8Array, part: Uint8Array): void {
  part.forEach((byte, i) => {
    target[i] = (target[i] ?? 0) | byte;
  });
}

/** A whole value from one member of each union: the others are what memory then holds. */
export function make<T>(codec: Codec<T>, init: Partial<T>): T {
  const view = new DataView(new ArrayBuffer(codec.size));
  codec.write(view, 0, init as T);
  return codec.read(view, 0);
}
