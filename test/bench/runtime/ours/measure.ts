export const ENTRIES = 10_000;
export const EVENTS = 100_000;
export const ROUNDS = 20;

export const figure = (name: string, value: number): void => console.log(`${name} ${value}`);

/** Milliseconds. */
export function time(act: () => void): number {
  const start = performance.now();
  act();
  return performance.now() - start;
}

/** The machine does other things too: the quickest round is the one that they disturbed least. */
export const best = (values: readonly number[]): number => Math.min(...values);
export const rounds = (act: () => void, count = ROUNDS): number[] =>
  Array.from({ length: count }, () => time(act));

/** Nanoseconds of one of `count`, from milliseconds of rounds. */
export const each = (times: readonly number[], count = ENTRIES): number => (best(times) * 1e6) / count;

export function check(is: boolean, what: string): void {
  if (!is) throw new Error(what);
}
