import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { has, isRoot, run } from "../support/root.js";

/** Built by `npm run build -w @tsbpfc/examples`, as test.sh does. */
const app = fileURLToPath(new URL("../../examples/firewall/firewall.js", import.meta.url));

/** Two hosts of our own, joined by a veth pair: the sender has a blocked and an allowed address of each kind. */
const SENDER = `tsbpfc-a-${process.pid}`;
const GUARDED = `tsbpfc-b-${process.pid}`;
const inside = (host: string, ...command: string[]): string => run("ip", "netns", "exec", host, ...command);

function makeHosts(): void {
  for (const host of [SENDER, GUARDED]) run("ip", "netns", "add", host);
  run(
    "ip",
    "link",
    "add",
    "veth0",
    "netns",
    SENDER,
    "type",
    "veth",
    "peer",
    "name",
    "veth0",
    "netns",
    GUARDED,
  );
  for (const host of [SENDER, GUARDED]) {
    inside(host, "ip", "link", "set", "lo", "up");
    inside(host, "sysctl", "-qw", "net.ipv6.conf.veth0.accept_dad=0");
    inside(host, "ip", "link", "set", "veth0", "up");
  }
  const addresses = {
    [SENDER]: ["10.9.1.1/16", "10.9.2.1/16", "fd09:1::1/16", "fd09:2::1/16"],
    [GUARDED]: ["10.9.0.1/16", "fd09::1/16"],
  };
  for (const [host, list] of Object.entries(addresses))
    for (const address of list) inside(host, "ip", "addr", "add", address, "dev", "veth0");
}

const removeHosts = (): void => {
  for (const host of [SENDER, GUARDED]) spawnSync("ip", ["netns", "del", host]);
};

/** Sends datagrams from an address. */
function send(from: string, to: string, count: number): void {
  const type = from.includes(":") ? "udp6" : "udp4";
  const script = `const s = require("node:dgram").createSocket("${type}"); let left = ${count};
    s.bind(0, "${from}", () => { for (let i = 0; i < ${count}; i++) s.send("x".repeat(100), 7777, "${to}", () => { if (--left === 0) s.close(); }); });`;
  inside(SENDER, process.execPath, "-e", script);
}

/** Counts the datagrams that come through until it is told to stop: senders' addresses. */
function receiver(): { ready: Promise<void>; stop(): Promise<string[]> } {
  const script = `const got = []; let open = 2; const d = require("node:dgram");
    for (const [type, at] of [["udp4", "10.9.0.1"], ["udp6", "fd09::1"]]) { const s = d.createSocket(type);
      s.on("message", (_, from) => got.push(from.address)); s.bind(7777, at, () => { if (--open === 0) console.log("ready"); }); }
    process.stdin.on("data", () => setTimeout(() => { console.log(JSON.stringify(got)); process.exit(); }, 200));`;
  const child = spawn("ip", ["netns", "exec", GUARDED, process.execPath, "-e", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let output = "";
  const ready = new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk;
      if (output.includes("ready")) resolve();
    });
  });
  const stop = async (): Promise<string[]> => {
    child.stdin.write("stop");
    await new Promise((resolve) => child.on("exit", resolve));
    return JSON.parse(output.replace("ready\n", "")) as string[];
  };
  return { ready, stop };
}

type Counts = Readonly<
  Record<"DROP" | "PASS" | "ABORTED" | "TX" | "REDIRECT", { packets: number; bytes: number }>
>;

/** The example's own app, in the guarded host, until it is stopped: the last counters that it shows. */
function firewall(...prefixes: string[]): { ready: Promise<void>; stop(): Promise<Counts> } {
  const blocks = prefixes.flatMap((prefix) => ["--block", prefix]);
  const child = spawn(
    "ip",
    ["netns", "exec", GUARDED, process.execPath, app, "--iface", "veth0", "--json", ...blocks],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk;
  });
  const exited = new Promise<number | null>((resolve) => child.on("exit", resolve));
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk;
      resolve();
    });
    void exited.then(() => reject(new Error(errors)));
  });
  const stop = async (): Promise<Counts> => {
    child.kill("SIGINT");
    expect(await exited).toBe(0);
    return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Counts;
  };
  return { ready, stop };
}

/** What the sender's end of the pair has sent so far; veth counts without the Ethernet header, XDP with it. */
function sent(): { packets: number; bytes: number } {
  const [link] = JSON.parse(inside(SENDER, "ip", "-j", "-s", "link", "show", "veth0")) as [
    { stats64: { tx: { packets: number; bytes: number } } },
  ];
  const { packets, bytes } = link.stats64.tx;
  return { packets, bytes: bytes + packets * 14 };
}

describe.skipIf(!isRoot || !has("ip"))("firewall", () => {
  beforeAll(makeHosts);
  afterAll(removeHosts);

  it("drops IPv4 and IPv6 from blocked prefixes, passes the rest, and counts every packet once", async () => {
    const listening = receiver();
    await listening.ready;
    const before = sent();
    const running = firewall("10.9.1.0/24", "fd09:1::/32");
    await running.ready;
    const attached = sent();
    // The allowed address first: it finds the neighbour, which the blocked one may not even ask for.
    send("10.9.2.1", "10.9.0.1", 5);
    send("fd09:2::1", "fd09::1", 3);
    send("10.9.1.1", "10.9.0.1", 7);
    send("fd09:1::1", "fd09::1", 4);
    const got = await listening.stop();
    const stopping = sent();
    const counts = await running.stop();
    const after = sent();

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
  });

  it("says what is wrong with a prefix, and ends with code 2", () => {
    const { status, stderr } = spawnSync(
      "ip",
      ["netns", "exec", GUARDED, process.execPath, app, "--iface", "veth0", "--block", "10.0.0.0/40"],
      { encoding: "utf8" },
    );
    expect(stderr).toContain("'10.0.0.0/40': a prefix of IPv4 has 0 to 32 bits");
    expect(status).toBe(2);
  });
});
