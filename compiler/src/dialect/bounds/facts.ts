import type { Expr, Place, Variable } from "../model/expressions.js";
import type { GlobalModel } from "../model/model.js";
import { isInteger } from "../model/types.js";
import { type Range, rangeOf, rangeOfType } from "../ranges.js";

/** What is known of an integer: from the source, and by what the verifier has seen of the same register. */
export interface Known {
  readonly source: Range;
  readonly seen: Range;
}

export const within = (inner: Range, outer: Range): boolean =>
  inner.min >= outer.min && inner.max <= outer.max;

export const union = (a: Range, b: Range): Range => ({
  min: a.min < b.min ? a.min : b.min,
  max: a.max > b.max ? a.max : b.max,
});

/** Null if nothing is in both. */
export function intersection(a: Range, b: Range): Range | null {
  const min = a.min > b.min ? a.min : b.min;
  const max = a.max < b.max ? a.max : b.max;
  return min <= max ? { min, max } : null;
}

/** Variables and fields of what variables lead to, by what names them in the source. */
export type Key = string;

/** Names for what facts are about. */
export class Keys {
  readonly #ids = new Map<Variable | GlobalModel, number>();

  ofVariable(variable: Variable): Key {
    return `${this.#idOf(variable)}`;
  }

  #idOf(named: Variable | GlobalModel): number {
    let id = this.#ids.get(named);
    if (id === undefined) {
      id = this.#ids.size;
      this.#ids.set(named, id);
    }
    return id;
  }

  /** Null for what has no name. A global is a field of the program's. */
  ofPlace(place: Place): Key | null {
    switch (place.kind) {
      case "variable":
        return this.ofVariable(place.variable);
      case "global":
        return `.${this.#idOf(place.global)}`;
      case "field": {
        const base = this.#ofPointer(place.base);
        return base === null ? null : `${base}.${place.field.name}`;
      }
      default:
        return null;
    }
  }

  #ofPointer(pointer: Expr): Key | null {
    if (pointer.kind === "read" || pointer.kind === "address") return this.ofPlace(pointer.place);
    return null;
  }
}

/** The key of a field, a global, or what lies in one: of memory, which other code may change. */
export const isField = (key: Key): boolean => key.includes(".");

export const keepsValue = (from: Expr, to: Expr): boolean =>
  isInteger(from.type) && isInteger(to.type) && within(rangeOf(from), rangeOfType(to.type));

/** Facts that hold at one point of a function. */
export class Facts {
  constructor(readonly known: ReadonlyMap<Key, Known> = new Map()) {}

  with(key: Key, known: Known): Facts {
    return new Facts(new Map([...this.known, [key, known]]));
  }

  /** Without the facts that `drop` names. */
  without(drop: (key: Key) => boolean): Facts {
    const kept = [...this.known].filter(([key]) => !drop(key));
    return kept.length === this.known.size ? this : new Facts(new Map(kept));
  }

  /** What holds on both ways. */
  join(other: Facts): Facts {
    const joined = new Map<Key, Known>();
    for (const [key, a] of this.known) {
      const b = other.known.get(key);
      if (b) joined.set(key, { source: union(a.source, b.source), seen: union(a.seen, b.seen) });
    }
    return new Facts(joined);
  }

  /**
   * What still holds at a loop's head when its end comes back with `next`: a bound that moved is given up, so that
   * the next look is the last but one.
   */
  widen(next: Facts): Facts {
    const widened = new Map<Key, Known>();
    for (const [key, a] of this.known) {
      const b = next.known.get(key);
      if (b) widened.set(key, { source: widenRange(a.source, b.source), seen: widenRange(a.seen, b.seen) });
    }
    return new Facts(widened);
  }

  equals(other: Facts): boolean {
    return (
      this.known.size === other.known.size &&
      [...this.known].every(([key, a]) => {
        const b = other.known.get(key);
        return b !== undefined && same(a.source, b.source) && same(a.seen, b.seen);
      })
    );
  }
}

const same = (a: Range, b: Range): boolean => a.min === b.min && a.max === b.max;

/** Beyond any integer of 64 bits: the type's own range is taken where this is read. */
const FAR = 1n << 64n;

/** A bound that moves down stops at 0 first: most counters do. */
const widenRange = (a: Range, b: Range): Range => ({
  min: b.min < a.min ? (b.min < 0n ? -FAR : 0n) : a.min,
  max: b.max > a.max ? FAR : a.max,
});
