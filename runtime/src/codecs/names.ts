/** Bytes of a task's name (TASK_COMM_LEN, include/linux/sched.h). */
export const NAME_BYTES = 16;

interface Known {
  readonly words: readonly [number, number, number, number];
  readonly text: string;
}

/** Names of tasks come again and again: each place holds the last of those whose bytes lead to it. */
const known: (Known | undefined)[] = Array.from({ length: 256 }, () => undefined);

/** A text of 16 bytes, decoded only when it was not the last one of its place. */
export function knownText(
  view: DataView,
  at: number,
  decode: (view: DataView, at: number, length: number) => string,
): string {
  const a = view.getUint32(at);
  const b = view.getUint32(at + 4);
  const c = view.getUint32(at + 8);
  const d = view.getUint32(at + 12);
  const mixed = Math.imul(
    a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca77) ^ Math.imul(d, 0xc2b2ae3d),
    0x27d4eb2f,
  );
  const place = mixed >>> 24;
  const found = known[place];
  if (found) {
    const { words } = found;
    if (words[0] === a && words[1] === b && words[2] === c && words[3] === d) return found.text;
  }
  const text = decode(view, at, NAME_BYTES);
  known[place] = { words: [a, b, c, d], text };
  return text;
}
