import { errno } from "../sys/errors.js";

/** What a probe found. `unknown`: this process may not ask, or the kernel's answer says neither. */
export type Answer = "yes" | "no" | "unknown";

/** Something that a kernel can or cannot do. Asking changes nothing that outlasts the question. */
export interface Feature {
  readonly name: string;
  /** The first mainline release that has it. */
  readonly since: string;
  probe(): Answer;
}

const refusals: ReadonlySet<number> = new Set([errno.EINVAL, errno.E2BIG, errno.EOPNOTSUPP, errno.EBADF]);

/** Reads the answer from the result of a command: a negative errno, or success. */
export function answerOf(result: number, no: ReadonlySet<number> = refusals): Answer {
  if (result >= 0) return "yes";
  return no.has(-result) ? "no" : "unknown";
}
