import type { Codec } from "../codec.js";
import { UsageError } from "../sys/errors.js";

/** The bytes themselves, not a copy. */
export const bytesAt = (view: DataView, at: number, length: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + at, length);

/** Up to so many bytes, stores are faster than a view of them: some 100 ns each. */
const SHORT = 64;

/** Zeroes a struct before its fields are written: padding holds nothing. */
export function clear(view: DataView, at: number, length: number): void {
  if (length > SHORT) {
    bytesAt(view, at, length).fill(0);
    return;
  }
  let i = 0;
  for (; i + 4 <= length; i += 4) view.setUint32(at + i, 0);
  for (; i < length; i++) view.setUint8(at + i, 0);
}

/** A copy: the view's memory may be the kernel's. */
export const readBytes = (view: DataView, at: number, length: number): Uint8Array =>
  new Uint8Array(bytesAt(view, at, Math.max(0, length)));

/** @throws UsageError `bad-value` if there are not exactly `length` bytes */
export function writeBytes(
  view: DataView,
  at: number,
  length: number,
  bytes: Uint8Array,
  label: string,
): void {
  if (!(bytes instanceof Uint8Array) || bytes.length !== length)
    throw new UsageError(
      "bad-value",
      `${label}: a Uint8Array of ${length} bytes is wanted${bytes instanceof Uint8Array ? `, not of ${bytes.length}` : ""}`,
    );
  bytesAt(view, at, length).set(bytes);
}

export const bytes = (length: number): Codec<Uint8Array> => ({
  size: length,
  read: (view, at) => readBytes(view, at, length),
  write: (view, at, value) => writeBytes(view, at, length, value, "the value"),
});

/** Records whose type the object does not tell: all their bytes. */
export const raw: Codec<Uint8Array> = {
  size: 0,
  read: (view, at, length) => {
    if (length === undefined)
      throw new UsageError(
        "unsupported",
        "the object does not tell the type of these records: read them with consumeRaw, or tag the map with tsbpfc:record",
      );
    return readBytes(view, at, length);
  },
  write: () => {
    throw new UsageError(
      "unsupported",
      "the object does not tell the type of these records: they cannot be written",
    );
  },
};
