/** The three parts of a TSB diagnostic: what is wrong, why, and what to write instead. */
export interface Message {
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly instead: string;
  /** A warning is about what compiles, and will not work. */
  readonly severity: "error" | "warning";
}

type Entry<A extends readonly unknown[]> = (...args: A) => Omit<Message, "code" | "severity">;

/** Makes the message of one code for one place. */
type Factory<A extends readonly unknown[]> = ((...args: A) => Message) & { readonly code: string };

export function entry<A extends readonly unknown[]>(
  code: string,
  make: Entry<A>,
  severity: Message["severity"] = "error",
): Factory<A> {
  return Object.assign((...args: A): Message => ({ code, severity, ...make(...args) }), { code });
}
