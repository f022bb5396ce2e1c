import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import type { Child } from "../support/child.js";
import { kernelTest } from "../support/kernel-test.js";
import type { Namespace } from "../support/namespace.js";

/** Built by `npm run build -w @tsbpfc/examples`, as test.sh does. */
const app = fileURLToPath(new URL("../../examples/firewall/firewall.js", import.meta.url));

/** Two hosts of our own: the sender has a blocked and an allowed address of each kind. */
const SENDER = ["10.9.1.1/16", "10.9.2.1/16", "fd09:1::1/16", "fd09:2::1/16"];
const GUARDED = ["10.9.0.1/16", "fd09::1/16"];

/** Sends datagrams: so many from each address to the other. */
function send(host: Namespace, flows: readonly (readonly [from: string, to: string, count: number])[]): void {
  const script = `const flows = ${JSON.stringify(flows)}; const { createSocket } = require("node:dgram");
    const next = () => { const flow = flows.shift(); if (!flow) return; const [from, to, count] = flow; let left = count;
      const s = createSocket(from.includes(":") ? "udp6" : "udp4");
      s.bind(0, from, () => { for (let i = 0; i < count; i++) s.send("x".repeat(100), 7777, to, () => { if (--left === 0) s.close(next); }); }); };
    next();`;
  host.run(process.execPath, "-e", script);
}

/** Counts the datagrams that come through until it is told to stop. */
const receiver = `const got = []; let open = 2; const d = require("node:dgram");
  for (const [type, at] of [["udp4", "10.9.0.1"], ["udp6", "fd09::1"]]) { const s = d.createSocket(type);
    s.on("message", (_, from) => got.push(from.address)); s.bind(7777, at, () => { if (--open === 0) console.log("ready"); }); }
  process.stdin.on("data", () => setTimeout(() => { console.log(JSON.stringify(got)); process.exit(); }, 200));`;

type Counts = Readonly<
  Record<"DROP" | "PASS" | "ABORTED" | "TX" | "REDIRECT", { packets: number; bytes: number }>
>;

/** Ends the example's app as a user does; the last counters that it shows. */
async function stop(firewall: Child): Promise<Counts> {
  firewall.kill("SIGINT");
  expect(await firewall.exited, firewall.errors).toBe(0);
  return JSON.parse(firewall.output.trim().split("\n").at(-1) ?? "") as Counts;
}

/** What the sender's end of the pair has sent so far; veth counts without the Ethernet header, XDP with it. */
function sent(host: Namespace): { packets: number; bytes: number } {
  const [link] = JSON.parse(host.run("ip", "-j", "-s", "link", "show", "veth0")) as [
    { stats64: { tx: { packets: number; bytes: number } } },
  ];
  const { packets, bytes } = link.stats64.tx;
  return { packets, bytes: bytes + packets * 14 };
}

describe("firewall", () => {
  kernelTest(
    "drops IPv4 and IPv6 from blocked prefixes, passes the rest, and counts every packet once",
    {},
    async (t) => {
      const [sender, guarded] = t.vethPair(SENDER, GUARDED);
      const listening = guarded.start(process.execPath, ["-e", receiver]);
      t.defer(() => listening.end());
      await listening.says("ready");
      const before = sent(sender);
      const blocks = ["10.9.1.0/24", "fd09:1::/32"].flatMap((prefix) => ["--block", prefix]);
      const running = guarded.start(process.execPath, [app, "--iface", "veth0", "--json", ...blocks]);
      t.defer(() => running.end());
      await running.says("\n");
      const attached = sent(sender);
      // The allowed addresses first: they find the neighbour, which the blocked ones may not even ask for.
      send(sender, [
        ["10.9.2.1", "10.9.0.1", 5],
        ["fd09:2::1", "fd09::1", 3],
        ["10.9.1.1", "10.9.0.1", 7],
        ["fd09:1::1", "fd09::1", 4],
      ]);
      listening.write("stop");
      await listening.exited;
      const got = JSON.parse(listening.output.replace("ready\n", "")) as string[];
      const stopping = sent(sender);
      const counts = await stop(running);
      const after = sent(sender);

      expect(got.filter((a) => a === "10.9.2.1")).toHaveLength(5);
      expect(got.filter((a) => a === "fd09:2::1")).toHaveLength(3);
      expect(got).toHaveLength(8);
      // Neighbour discovery from the blocked IPv6 address is dropped as well.
      expect(counts.DROP.packets).toBeGreaterThanOrEqual(7 + 4);
      const sum = {
        packets: counts.DROP.packets + counts.PASS.packets,
        bytes: counts.DROP.bytes + counts.PASS.bytes,
      };
      // It was attached between the first two readings of the sender, and detached between the last two.
      expect(sum.packets).toBeGreaterThanOrEqual(stopping.packets - attached.packets);
      expect(sum.packets).toBeLessThanOrEqual(after.packets - before.packets);
      expect(sum.bytes).toBeGreaterThanOrEqual(stopping.bytes - attached.bytes);
      expect(sum.bytes).toBeLessThanOrEqual(after.bytes - before.bytes);
      expect([counts.ABORTED, counts.TX, counts.REDIRECT].map((c) => c.packets)).toEqual([0, 0, 0]);
    },
  );

  kernelTest("says what is wrong with a prefix, and ends with code 2", {}, async (t) => {
    const refused = t.spawn(process.execPath, [app, "--iface", "lo", "--block", "10.0.0.0/40"]);
    expect(await refused.exited).toBe(2);
    expect(refused.errors).toContain("'10.0.0.0/40': a prefix of IPv4 has 0 to 32 bits");
  });
});
