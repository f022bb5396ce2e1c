import { type Message, TSB } from "../diagnostics/catalogue.js";
import { isAtLeast, isOlder, printVersion, type Target } from "./target.js";

/** What is wrong with using something that came with `since`: null if even the oldest kernel has it. */
export const tooOld = (target: Target, what: string, since: string): Message | null =>
  target.kernel && isOlder(target, since) ? TSB.kernelTooOld(what, since, printVersion(target.kernel)) : null;

/** What is wrong with using something that kernels have up to `gone`: an error if the oldest kernel is of that release. */
export const tooNew = (target: Target, what: string, gone: string): Message => ({
  ...TSB.kernelTooNew(what, gone),
  severity: isAtLeast(target, gone) ? "error" : "warning",
});
