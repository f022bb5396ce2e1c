/** More names than this are a list that nobody reads. */
const MOST = 12;

/**
 * "Write `a`, `b` or `c`.": the names that are like the wrong one (one holds the other, whatever the case), else all
 * of them; null where there are too many.
 */
export function oneOf(wrong: string, known: readonly string[]): string | null {
  const like = known.filter((name) => within(wrong, name) || within(name, wrong));
  const names = like.length > 0 ? like : known;
  if (names.length === 0 || names.length > MOST) return null;
  const quoted = names.map((name) => `\`${name}\``);
  const last = quoted.pop();
  return `Write ${quoted.length > 0 ? `${quoted.join(", ")} or ${last}` : last}.`;
}

const within = (outer: string, inner: string): boolean => outer.toLowerCase().includes(inner.toLowerCase());
