// Drops what comes from the given prefixes on one interface, and shows what was passed and dropped.
import { commandLine, exit, untilStopped, wholeNumber } from "../command-line.js";
import { Firewall, XdpAction } from "./firewall.skel.js";
import { parsePrefix } from "./prefix.js";

const options = commandLine("usage: firewall --iface NAME [--block PREFIX …] [--json] [--duration SECONDS]", {
  iface: { type: "string" },
  block: { type: "string", multiple: true },
  json: { type: "boolean" },
  duration: { type: "string" },
});
const { iface } = options;
if (iface === undefined) exit("--iface NAME says which network interface to guard", 2);
const signal = untilStopped(wholeNumber(options.duration, "duration"));

using firewall = Firewall.open();
try {
  firewall.load();
  for (const text of options.block ?? []) block(text);
  firewall.programs.filter.attach({ iface });
} catch (error) {
  exit(error instanceof Error ? error.message : String(error), error instanceof RangeError ? 2 : 1);
}

function block(text: string): void {
  const { bytes, length } = parsePrefix(text);
  if (bytes.length === 4) {
    const addr = new DataView(bytes.buffer).getUint32(0);
    firewall.maps.blocked4.set({ prefixlen: length, addr }, 1);
  } else firewall.maps.blocked6.set({ prefixlen: length, addr: bytes }, 1);
}

/** Packets and bytes of a verdict, over all CPUs. */
function total(action: number): { packets: bigint; bytes: bigint } {
  const cpus = firewall.maps.verdicts.get(action) ?? [];
  return cpus.reduce((sum, v) => ({ packets: sum.packets + v.packets, bytes: sum.bytes + v.bytes }), {
    packets: 0n,
    bytes: 0n,
  });
}

function show(): void {
  const counts = Object.entries(XdpAction).map(([name, action]) => ({ name, ...total(action) }));
  if (options.json) {
    console.log(
      JSON.stringify(
        Object.fromEntries(
          counts.map((c) => [c.name, { packets: Number(c.packets), bytes: Number(c.bytes) }]),
        ),
      ),
    );
    return;
  }
  const seen = counts
    .filter((c) => c.packets > 0n)
    .map((c) => `${c.name} ${c.packets} packets ${c.bytes} bytes`);
  console.log(seen.join(", ") || "no packets yet");
}

const timer = setInterval(show, 1000);
await new Promise((resolve) => signal.addEventListener("abort", resolve));
clearInterval(timer);
show();
