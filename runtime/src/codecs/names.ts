/** Bytes of a task's name (TASK_COMM_LEN, include/linux/sched.h). */
export const NAME_BYTES = 16;

/** Names of tasks come again and again: each place holds the last of those whose bytes lead to it. */
const PLACES = 256;
/** Four words of each place's bytes. An empty place is the empty name. */
const words = new Int32Array(PLACES * 4);
const texts: string[] = Array.from({ length: PLACES }, () => "");

/** A text of 16 bytes, decoded only when it was not the last one of its place. */
export function knownText(
  view: DataView,
  at: number,
  decode: (view: DataView, at: number, length: number) => string,
): string {
  const a = view.getInt32(at, true);
  const b = view.getInt32(at + 4, true);
  const c = view.getInt32(at + 8, true);
  const d = view.getInt32(at + 12, true);
  const mixed = Math.imul(
    a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca77) ^ Math.imul(d, 0xc2b2ae3d),
    0x27d4eb2f,
  );
  const place = mixed >>> 24;
  const from = place * 4;
  if (words[from] === a && words[from + 1] === b && words[from + 2] === c && words[from + 3] === d)
    return texts[place] as string;
  const text = decode(view, at, NAME_BYTES);
  words[from] = a;
  words[from + 1] = b;
  words[from + 2] = c;
  words[from + 3] = d;
  texts[place] = text;
  return text;
}
