import { setImmediate as turn } from "node:timers/promises";
import { type Collection, SyscallError, UsageError } from "@tsbpfc/runtime";
import { type Attachment, attachments, type Targets } from "./attachments.js";
import { columns, excess, growth, type Usage, usage } from "./usage.js";

/** How often memory is looked at during one kind's rounds. */
const SAMPLES = 20;
/** Fewer rounds do not tell what grows. */
const LEAST_ROUNDS = 4;

export interface Soaked {
  readonly row: Readonly<Record<string, string | number>>;
  readonly failures: readonly string[];
}

/** How long a kind is soaked: whichever ends first. Some take the kernel 100 ms and more, for it waits for RCU. */
export interface Length {
  readonly rounds: number;
  readonly seconds: number;
}

/** Attaches and detaches each kind so often, and looks at what grows. Kinds that this kernel lacks say why. */
export async function soakAttachments(
  collection: Collection,
  targets: Targets,
  length: Length,
): Promise<readonly Soaked[]> {
  const results: Soaked[] = [];
  for (const attachment of attachments) results.push(await soakOne(collection, targets, length, attachment));
  return results;
}

async function soakOne(
  collection: Collection,
  targets: Targets,
  length: Length,
  { kind, program: name, options }: Attachment,
): Promise<Soaked> {
  const program = collection.programs.get(name);
  if (program === undefined)
    return { row: { kind, rounds: "not loaded: this kernel lacks it" }, failures: [] };
  const where = options(targets);
  const round = (): void => program.attach(where).close();
  try {
    round();
  } catch (error) {
    if (!(error instanceof SyscallError || error instanceof UsageError)) throw error;
    return { row: { kind, rounds: error.message }, failures: [`${kind}: ${error.message}`] };
  }
  const samples: Usage[] = [];
  const ms = length.seconds * 1000;
  let took = 0;
  let rounds = 0;
  for (; rounds < LEAST_ROUNDS || (rounds < length.rounds && took < ms); rounds++) {
    if (rounds < LEAST_ROUNDS || Math.max(rounds / length.rounds, took / ms) * SAMPLES >= samples.length) {
      samples.push(usage());
      // Finalizers run between turns.
      await turn();
    }
    const start = performance.now();
    round();
    took += performance.now() - start;
  }
  samples.push(usage());
  const grown = growth(samples);
  return {
    row: { kind, rounds, "us each": ((took / rounds) * 1000).toFixed(0), ...columns(grown) },
    failures: excess(grown).map((what) => `${kind}: ${what}`),
  };
}
