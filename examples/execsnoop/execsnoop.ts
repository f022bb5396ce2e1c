// Prints each execve(2) of this machine: who ran what, and what came of it.
import { commandLine, exit, printable, untilStopped, wholeNumber } from "../command-line.js";
import { type ExecEvent, ExecSnoop } from "./execsnoop.skel.js";

const options = commandLine("usage: execsnoop [--pid PID] [--json] [--duration SECONDS]", {
  pid: { type: "string" },
  json: { type: "boolean" },
  duration: { type: "string" },
});
const signal = untilStopped(wholeNumber(options.duration, "duration"));
const targetPid = wholeNumber(options.pid, "pid") ?? 0;

const row = (comm: string, pid: string, ppid: string, uid: string, ret: string, file: string): string =>
  `${comm.padEnd(16)} ${pid.padStart(7)} ${ppid.padStart(7)} ${uid.padStart(6)} ${ret.padStart(4)}  ${file}`;

const line = (e: ExecEvent): string =>
  options.json
    ? JSON.stringify({ ...e, startNs: e.startNs.toString() })
    : row(printable(e.comm), `${e.pid}`, `${e.ppid}`, `${e.uid}`, `${e.retval}`, printable(e.filename));

using snoop = ExecSnoop.open({ rodata: { targetPid } });
try {
  snoop.load().attach();
} catch (error) {
  exit(error instanceof Error ? error.message : String(error), 1);
}
if (!options.json) console.log(row("PCOMM", "PID", "PPID", "UID", "RET", "FILENAME"));
for await (const event of snoop.maps.events.read({ signal })) console.log(line(event));
