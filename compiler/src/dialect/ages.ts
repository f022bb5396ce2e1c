import { type Message, TSB } from "../diagnostics/catalogue.js";
import { isOlder, printVersion, type Target } from "./target.js";

/** What is wrong with using something that came with `since`: null if even the oldest kernel has it. */
export const tooOld = (target: Target, what: string, since: string): Message | null =>
  target.kernel && isOlder(target, since) ? TSB.kernelTooOld(what, since, printVersion(target.kernel)) : null;
