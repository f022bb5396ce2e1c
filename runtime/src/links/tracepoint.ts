import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { Attach } from "./attach.js";
import { nearTracepoints } from "./kernel-names.js";
import { attachPerfEvent } from "./perf-event.js";
import { tracefs } from "./tracefs.js";

const PERF_TYPE_TRACEPOINT = 2;

/** A classic tracepoint, `category/name`: a perf event of the id that tracefs gives it. Linux 4.7. */
export const attachTracepoint: Attach = (program, { cookie }) => {
  const name = program.hook.attachTo;
  const event = { type: PERF_TYPE_TRACEPOINT, config: tracepointId(name) };
  return attachPerfEvent(program, event, `tracepoint ${name} (${program.label})`, { cookie });
};

/** The id that tracefs gives the event. @throws UsageError if there is no such event */
function tracepointId(name: string): number {
  const root = tracefs();
  const bytes = kernel().readFile(`${root}/events/${name}/id`);
  if (!bytes)
    throw new UsageError(
      "unsupported",
      `this kernel has no tracepoint '${name}' (${root}/events/${name}). ${nearTracepoints(name)}`.trim(),
    );
  return Number(new TextDecoder().decode(bytes).trim());
}
