import { Facts, type Key } from "./facts.js";
import { WHOLE } from "./values.js";

/**
 * LLVM may make `i != n` of a counter's `i < n`, of which the verifier learns nothing: unless it goes through the rounds
 * one by one from a number that it knows.
 */
export const startsAtConstant = (entry: Facts, key: Key): boolean => {
  const seen = entry.known.get(key)?.seen;
  return seen !== undefined && seen.min === seen.max;
};
export const isMoved = (head: Facts, tested: Facts, key: Key): boolean => {
  const [before, after] = [head.known.get(key)?.seen, tested.known.get(key)?.seen];
  return before?.min !== after?.min || before?.max !== after?.max;
};

/** The verifier has lost sight of these. */
export const unseen = ({ known }: Facts, lost: (key: Key) => boolean): Facts =>
  new Facts(
    new Map([...known].map(([key, one]) => [key, lost(key) ? { source: one.source, seen: WHOLE } : one])),
  );
