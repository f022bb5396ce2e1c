/** At most so many are shown. */
const MOST = 3;
/** Longer names than this are compared by their beginnings: an error message is worth no more. */
const LONGEST = 100;

/** What a compiler puts behind the name of a function that it has changed: `.isra.0`, `.constprop.0`, `.part.0`, `.cold`. */
const isCopy = (name: string, of: string): boolean => name.startsWith(`${of}.`);

/** Without what architectures and authors put in front: `__x64_sys_openat`, `__do_fork`. */
const bare = (name: string): string => name.replace(/^(__(x64|arm64|ia32|se)_)?_*/, "").toLowerCase();

/** Shorter endings are those of too many names. */
const ENDING = 6;

/** What follows a name's first part: kernels rename functions by another first part, do_unlinkat to filename_unlinkat. */
function ending(name: string): string | null {
  const after = name.slice(name.indexOf("_") + 1);
  return after !== name && after.length >= ENDING ? after : null;
}

/** Entries of system calls come after what does their work. */
const wrapped = (name: string): number => (name.startsWith("__") ? 1 : 0);

/** How many letters are to be changed, put in, left out, or exchanged with the next; `most + 1` if more than `most`. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let earlier: readonly number[] = [];
  let before: readonly number[] = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = before[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const exchanged =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? earlier[j - 2]! + 1 : most + 1;
      row.push(Math.min(replaced, before[j]! + 1, row[j - 1]! + 1, exchanged));
    }
    if (Math.min(...row, ...before) > most) return most + 1;
    [earlier, before] = [before, row];
  }
  return before[b.length]!;
}

/** Of names, those that somebody may have meant by one that is not there: copies that a compiler made of it come first. */
export function nearNames(wanted: string, names: Iterable<string>): readonly string[] {
  const plain = bare(wanted).slice(0, LONGEST);
  const most = Math.max(1, Math.floor(plain.length / 5));
  const end = ending(plain);
  const found: { readonly name: string; readonly rank: number }[] = [];
  for (const name of new Set(names)) {
    if (name === wanted) continue;
    const other = bare(name).slice(0, LONGEST);
    const renamed = end !== null && ending(other) === end ? 1 : most + 1;
    const rank = isCopy(name, wanted) ? -1 : Math.min(renamed, distance(plain, other, most));
    if (rank <= most) found.push({ name, rank });
  }
  return found
    .sort((a, b) => a.rank - b.rank || wrapped(a.name) - wrapped(b.name) || (a.name < b.name ? -1 : 1))
    .slice(0, MOST)
    .map(({ name }) => name);
}

/** As a sentence; empty if there is none like it. */
export function didYouMean(wanted: string, names: Iterable<string>): string {
  const near = nearNames(wanted, names);
  return near.length === 0 ? "" : `Did you mean ${near.map((name) => `'${name}'`).join(" or ")}?`;
}
