/** Does all of them, whatever one throws, then throws the first error: what is let go of is let go of whole. */
export function doEach(actions: Iterable<() => void>): void {
  const errors: unknown[] = [];
  for (const act of actions)
    try {
      act();
    } catch (error) {
      errors.push(error);
    }
  if (errors.length > 0) throw errors[0];
}
