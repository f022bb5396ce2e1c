import type { Codec } from "../codec.js";
import { UsageError } from "../sys/errors.js";
import { bytesAt } from "./bytes.js";
import { knownText, NAME_BYTES } from "./names.js";

// Text is UTF-8. The kernel's strings need not be: a path is any bytes, and a comm is cut within a character. A byte
// that is not UTF-8 becomes a lone surrogate, U+DC80 to U+DCFF, and becomes that byte again when it is written
// (Python's "surrogateescape", PEP 383). So a key that was read always finds its element.

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
const REPLACEMENT = "\ufffd";
const ESCAPE = 0xdc00;
/**
 * Above this many bytes, one call into the engine is faster than a loop. Measured on Node 20: the loop takes 19 ns for
 * 4 bytes, 114 for 16 and 178 for 24; the call some 130 for each of them.
 */
const SHORT = 16;

/** `char[length]` up to the first NUL, or all of it. */
export function readText(view: DataView, at: number, length: number): string {
  return length === NAME_BYTES ? knownText(view, at, readAny) : readAny(view, at, length);
}

function readAny(view: DataView, at: number, length: number): string {
  let ascii = "";
  for (let i = 0; i < length; i++) {
    const byte = view.getUint8(at + i);
    if (byte === 0) return ascii;
    if (byte > 0x7f || i === SHORT) return decode(bytesAt(view, at, length));
    ascii += String.fromCharCode(byte);
  }
  return ascii;
}

function decode(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const used = end < 0 ? bytes : bytes.subarray(0, end);
  const text = decoder.decode(used);
  return text.includes(REPLACEMENT) ? escaped(used) : text;
}

/** Character by character, so that those which are none are kept. */
function escaped(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i] ?? 0;
    const character = bytes.subarray(i, i + sequenceLength(lead));
    const decoded = decoder.decode(character);
    // U+FFFD may also stand there as itself.
    const valid = !decoded.includes(REPLACEMENT) || (decoded === REPLACEMENT && isReplacement(character));
    text += valid ? decoded : String.fromCharCode(ESCAPE + lead);
    i += valid ? character.length : 1;
  }
  return text;
}

/** Bytes of a character by its first (RFC 3629). */
const sequenceLength = (lead: number): number => (lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);

const isReplacement = ([a, b, c]: Uint8Array): boolean => a === 0xef && b === 0xbf && c === 0xbd;

/** @throws UsageError `bad-value` for a text that does not fit, or holds a NUL */
export function writeText(view: DataView, at: number, length: number, text: string, label: string): void {
  if (typeof text !== "string")
    throw new UsageError("bad-value", `${label}: a string is wanted, not ${String(text)}`);
  if (text.includes("\0"))
    throw new UsageError(
      "bad-value",
      `${label}: ${JSON.stringify(text)} holds a NUL, which ends a text in memory`,
    );
  const bytes = encode(text, label);
  if (bytes.length > length)
    throw new UsageError(
      "bad-value",
      `${label}: a text of ${bytes.length} bytes does not fit char[${length}]`,
    );
  const target = bytesAt(view, at, length);
  target.fill(0);
  target.set(bytes);
}

function encode(text: string, label: string): Uint8Array {
  if (!/\p{Surrogate}/u.test(text)) return encoder.encode(text);
  return Uint8Array.from(
    [...text].flatMap((character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0xd800 || code > 0xdfff) return [...encoder.encode(character)];
      if (code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff) return [code - ESCAPE];
      throw new UsageError("bad-value", `${label}: U+${code.toString(16).toUpperCase()} is half a character`);
    }),
  );
}

export const text = (length: number): Codec<string> => ({
  size: length,
  read: (view, at) => readText(view, at, length),
  write: (view, at, value) => writeText(view, at, length, value, "the value"),
});
