import { type ParseArgsConfig, parseArgs } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** The options of a command; ends the process with a message and code 2 if they are wrong, with 0 for --help. */
export function commandLine<const O extends Options>(usage: string, options: O) {
  try {
    const { values } = parseArgs({
      options: { ...options, help: { type: "boolean" } } as O & { help: { type: "boolean" } },
    });
    if ("help" in values && values.help) {
      console.log(usage);
      process.exit(0);
    }
    return values;
  } catch (error) {
    return exit(`${error instanceof Error ? error.message : error}\n${usage}`, 2);
  }
}

/** A whole number that is not negative. */
export function wholeNumber(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) return exit(`--${option} wants a whole number, not '${text}'`, 2);
  return Number(text);
}

/**
 * Text of other processes for a terminal: a file name may hold control characters, which a terminal takes as commands.
 */
export const printable = (text: string): string => text.replace(/\p{Cc}/gu, "?");

/** Whoever reads our output may stop: `execsnoop | head` is no error. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

export function exit(message: string, code: number): never {
  console.error(message);
  process.exit(code);
}

/** Aborts on SIGINT and SIGTERM, and after so many seconds. */
export function untilStopped(seconds: number | undefined): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  if (seconds !== undefined) setTimeout(stop, seconds * 1000).unref();
  return controller.signal;
}
