import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import {
  bpfLsm,
  type Feature,
  type LruPerCpuHashMap,
  type PerfEventArray,
  type RingBuf,
  type Skeleton,
  type SkeletonProgram,
} from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, type ProbeSource } from "../support/probe-source.js";
import { until } from "../support/until.js";

// Probes as their users write them (test/tools), after tools that bcc and libbpf have: each kernel takes them.

const folder = new URL("../tools/", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), "utf8");
const tool = (name: string): ProbeSource =>
  declareProbe({
    "probe.bpf.ts": read(`${name}.bpf.ts`),
    "vmlinux.d.ts": read("vmlinux.d.ts"),
    "lib.ts": read("lib.ts"),
  });
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".bpf.ts"))
  .map((name) => name.slice(0, -".bpf.ts".length));
const needs: Readonly<Record<string, readonly Feature[]>> = { "opened-files": [bpfLsm] };

type Programs = Record<string, SkeletonProgram>;

describe("the kernel takes", () => {
  for (const name of names) {
    const source = tool(name);
    kernelTest(`the tool ${name}`, { needs: needs[name] ?? [] }, async (t) => {
      const loaded = await t.load<Skeleton<object, Programs, object, object>>(source);
      expect(Object.keys(loaded.programs).length).toBeGreaterThan(0);
    });
  }
});

interface Opened {
  readonly pid: number;
  readonly ret: number;
  readonly comm: string;
  readonly fname: string;
}
const opensnoop = tool("opensnoop");

kernelTest("opensnoop shows what this process opens, and what it fails to", {}, async (t) => {
  const snoop = await t.load<Skeleton<{ events: RingBuf<Opened> }, Programs, { targPid: number }, object>>(
    opensnoop,
    { rodata: { targPid: process.pid } },
  );
  snoop.attach();
  readFileSync("/proc/self/comm");
  expect(() => readFileSync("/no/such/file")).toThrow(/ENOENT/);
  const seen: Opened[] = [];
  snoop.maps.events.consume((event) => seen.push(event));
  const of = (name: string): Opened | undefined => seen.find((event) => event.fname === name);
  expect(of("/proc/self/comm")).toMatchObject({ pid: process.pid });
  expect(of("/proc/self/comm")?.ret).toBeGreaterThanOrEqual(0);
  expect(of("/no/such/file")).toMatchObject({ pid: process.pid, ret: -2 });
});

interface Life {
  readonly pid: number;
  readonly dport: number;
  readonly txB: bigint;
  readonly saddr: { readonly v6: Uint8Array };
}
const tcplife = tool("tcplife");

kernelTest("tcplife shows a connection's end, its bytes and its addresses", {}, async (t) => {
  const life = await t.load<Skeleton<{ events: PerfEventArray<Life> }, Programs, object, object>>(tcplife);
  life.maps.events.open();
  const server = createServer((socket) => socket.end("hello"));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.defer(() => {
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  life.attach();
  const script = `require("node:net").connect(${port}, "127.0.0.1").resume().on("close", () => process.exit());`;
  const client = t.spawn(process.execPath, ["-e", script]);
  expect(await client.exited).toBe(0);
  const seen: Life[] = [];
  await until(() => {
    life.maps.events.consume((event) => seen.push(event));
    return seen.some((event) => event.dport === port);
  });
  const mapped = [...new Array<number>(10).fill(0), 255, 255, 127, 0, 0, 1];
  expect([...(seen.find((event) => event.dport === port)?.saddr.v6 ?? [])]).toEqual(mapped);
});

interface FlowKey {
  readonly saddr: Uint8Array;
  readonly sport: number;
  readonly dport: number;
  readonly proto: number;
  readonly family: number;
}
interface FlowStats {
  readonly packets: bigint;
  readonly bytes: bigint;
}
const flow = tool("flow");

/** An Ethernet frame; `at` puts bytes at offsets. */
const frame = (length: number, at: Readonly<Record<number, readonly number[]>>): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (const [offset, part] of Object.entries(at)) bytes.set(part, Number(offset));
  return bytes;
};

kernelTest(
  "flow finds TCP ports behind IPv4 options, and UDP ports behind VLAN tags and IPv6",
  {},
  async (t) => {
    type Maps = { flows: LruPerCpuHashMap<FlowKey, FlowStats>; fresh: RingBuf<{ key: FlowKey }> };
    const { maps, programs } = await t.load<Skeleton<Maps, Programs, object, { lost: bigint }>>(flow);
    const ports = [0x04, 0xd2, 0x00, 0x50]; // 1234 to 80
    const options = frame(14 + 40 + 20, {
      12: [0x08, 0x00],
      14: [0x4a],
      23: [6],
      26: [10, 0, 0, 1],
      54: ports,
    });
    const vlans = frame(14 + 8 + 40 + 8, {
      12: [0x88, 0xa8, 0, 1, 0x81, 0x00, 0, 2, 0x86, 0xdd],
      22: [0x60, 0, 0, 0, 0, 8, 17],
      30: [0xfd],
      62: ports,
    });
    for (const data of [options, options, vlans])
      expect(programs.incoming?.testRun({ data }).returnValue).toBe(0xffff_ffff);
    const seen = [...maps.flows].map(([{ saddr, ...key }, values]) => ({
      from: [...saddr.subarray(0, 4)],
      ...key,
      packets: values.reduce((sum, { packets }) => sum + packets, 0n),
    }));
    expect(seen.sort((a, b) => a.family - b.family)).toMatchObject([
      { from: [10, 0, 0, 1], family: 4, proto: 6, sport: 1234, dport: 80, packets: 2n },
      { from: [0xfd, 0, 0, 0], family: 6, proto: 17, sport: 1234, dport: 80, packets: 1n },
    ]);
    const fresh: FlowKey[] = [];
    maps.fresh.consume(({ key }) => fresh.push(key));
    expect(fresh.map(({ family }) => family)).toEqual([4, 6]);
  },
);
