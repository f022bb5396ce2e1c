// Runs this machine's tasks by a scheduler of its own, and shows each second what it did, until it ends.
import { schedulerExit } from "@tsbpfc/runtime";
import { commandLine, exit, untilStopped, wholeNumber } from "../command-line.js";
import { type Counts, Scheduler } from "./scheduler.skel.js";

const options = commandLine("usage: scheduler [--fifo] [--json] [--duration SECONDS]", {
  fifo: { type: "boolean" },
  json: { type: "boolean" },
  duration: { type: "string" },
});
const signal = untilStopped(wholeNumber(options.duration, "duration"));

using probe = Scheduler.open({ rodata: { fifo: options.fifo === true } });
try {
  probe.load().attach();
} catch (error) {
  exit(error instanceof Error ? error.message : String(error), 1);
}

/** Of all CPUs. */
const sum = (of: keyof Counts): bigint =>
  (probe.maps.counts.get(0) ?? []).reduce((total, counts) => total + counts[of], 0n);

function show(): void {
  const [local, queued, turns, ran] = [sum("local"), sum("queued"), sum("turns"), sum("ran")];
  const told = options.json
    ? JSON.stringify({ local: `${local}`, queued: `${queued}`, turns: `${turns}`, ran: `${ran}` })
    : `to an idle CPU ${local}, queued ${queued}, turns ${turns}, ran ${ran / 1_000_000n} ms`;
  console.log(told);
}

const shown = setInterval(show, 1000);
// It ends when it is told to, or when the kernel throws the scheduler out.
for await (const record of probe.maps.exits.read({ signal })) {
  clearInterval(shown);
  exit(`the scheduler ended: ${schedulerExit(record)?.text}`, 1);
}
clearInterval(shown);
show();
