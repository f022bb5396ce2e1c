import { kernel } from "../sys/kernel.js";
import { didYouMean } from "./near-names.js";
import { tracefs } from "./tracefs.js";

const text = (path: string): string =>
  new TextDecoder("latin1").decode(kernel().readFile(path) ?? new Uint8Array());

/** `address type name [module]`: functions of the kernel and of its modules, those that are local too. */
const FUNCTION = /^[0-9a-f]+ [tTwW] (\S+)/;

function* functions(): Iterable<string> {
  for (const line of text("/proc/kallsyms").split("\n")) {
    const name = FUNCTION.exec(line)?.[1];
    if (name !== undefined) yield name;
  }
}

/** Of a function that the kernel has not: those that it has, as a question. Empty if there is none like it. */
export const nearFunctions = (wanted: string): string => didYouMean(wanted, functions());

/** The functions that ftrace can patch; null on a kernel that cannot trace functions. A name may be there twice. */
export function traceableFunctions(): readonly string[] | null {
  const bytes = kernel().readFile(`${tracefs()}/available_filter_functions`);
  if (bytes === null) return null;
  // Tens of thousands of lines, a name in each; a module's function is followed by its name in brackets.
  return new TextDecoder().decode(bytes).match(/^\S+/gm) ?? [];
}

/** Of a tracepoint, `category/name`. */
export const nearTracepoints = (wanted: string): string =>
  didYouMean(
    wanted,
    text(`${tracefs()}/available_events`)
      .split("\n")
      .map((line) => line.replace(":", "/")),
  );
