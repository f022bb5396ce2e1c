import type { Codec } from "../codec.js";
import { UsageError } from "../sys/errors.js";
import * as fit from "./fit.js";

/** `T[length]`, for codecs written by hand; skeletons have their own loops. */
export const array = <T>(element: Codec<T>, length: number): Codec<readonly T[]> => ({
  size: element.size * length,
  read: (view, at) => Array.from({ length }, (_, i) => element.read(view, at + i * element.size)),
  write: (view, at, values) => {
    fit.length(values, length, "the value");
    let to = at;
    for (const value of values) {
      element.write(view, to, value);
      to += element.size;
    }
  },
});

/** A flexible array: the whole elements that `length` bytes hold. */
export function readRest<T>(view: DataView, at: number, length: number, element: Codec<T>): T[] {
  const count = element.size > 0 ? Math.max(0, Math.floor(length / element.size)) : 0;
  return Array.from({ length: count }, (_, i) => element.read(view, at + i * element.size));
}

/** A flexible array has no room in a value of fixed size. @throws UsageError `bad-value` unless it is empty */
export function writeRest(value: { readonly length: number }, label: string): void {
  if (value.length > 0)
    throw new UsageError("bad-value", `${label}: a flexible array cannot be written; leave it empty`);
}
