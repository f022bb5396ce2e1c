import { probe } from "../../../support/probe.js";
import type { Refused } from "../example.js";

const KINDS = "Queue, ProgArray, ArrayOfMaps, SkStorage,";

/** Maps, and statements of the program `run`. */
const run = (maps: string, statements = "", before = ""): string =>
  probe(
    `  ${maps}\n  n: u32 = 0; readonly c: u64 = 0;\n  @SEC("xdp") run(ctx: XdpMd): XdpAction {\n    ${statements}\n    return XdpAction.PASS;\n  }`,
    { imports: KINDS, before },
  );
const QUEUE = "@map({ maxEntries: 8 }) queue: Queue<u64>;";

const operations = (
  values: string,
  program = '@SEC("struct_ops") op(ctx: StructOpsCtx): u32 { return 1; }',
) =>
  probe(`  @map({ values: { ${values} } }) ops: StructOps<tcp_congestion_ops>;\n  ${program}`, {
    imports: "StructOps, StructOpsCtx,",
    before: 'import type { tcp_congestion_ops, sock } from "./vmlinux";',
  });

export const maps: readonly Refused[] = [
  {
    name: "a member of struct_ops that is no program of this class",
    code: "TSB4001",
    source: operations('«ssthresh: "opp"»'),
  },
  {
    name: "a member of struct_ops that is a program of another kind",
    code: "TSB4001",
    source: operations(
      '«ssthresh: "op"»',
      '@SEC("xdp") op(ctx: XdpMd): XdpAction { return XdpAction.PASS; }',
    ),
  },
  {
    name: "a program where struct_ops has a number",
    code: "TSB2018",
    source: operations('flags: «"op"»'),
  },
  {
    name: "a function of struct_ops that is given a number",
    code: "TSB4001",
    source: operations("ssthresh: «1»"),
  },
  {
    name: "more arguments than a member of struct_ops is given",
    code: "TSB4036",
    source: operations(
      'ssthresh: "op"',
      '@SEC("struct_ops") op(ctx: StructOpsCtx, sk: ptr<sock>, «more: u32»): u32 { return more; }',
    ),
  },
  {
    name: "an argument of another type than a member of struct_ops is given",
    code: "TSB4037",
    source: operations(
      'ssthresh: "op"',
      '@SEC("struct_ops") op(ctx: StructOpsCtx, «sk: u32»): u32 { return sk; }',
    ),
  },
  {
    name: "a map without the options that its kind needs",
    code: "TSB4001",
    source: run("@«map()» queue: Queue<u64>;"),
    says: "this kind of map needs maxEntries.",
  },
  {
    name: "an option that this kind of map does not have",
    code: "TSB4001",
    source: run("@«map({ maxEntries: 8, extra: 1 })» queue: Queue<u64>;"),
    says: "this kind of map has no option extra.",
  },
  {
    name: "a method of other kinds of maps, with those that there are",
    code: "TSB4008",
    source: run(QUEUE, "this.queue.«lookup»(1);"),
    says: "Queue has push, pop, peek",
  },
  {
    name: "a slot for a program that is not there",
    code: "TSB4001",
    source: run('@map({ maxEntries: 2, values: [«"nextt"»] }) jumps: ProgArray<XdpMd>;'),
  },
  {
    name: "more slots than there are",
    code: "TSB4001",
    source: run('@map({ maxEntries: 1, values: ["run", «"run"»] }) jumps: ProgArray<XdpMd>;'),
  },
  {
    name: "a map inside that is not as the others",
    code: "TSB4001",
    source: run(
      '@map({ maxEntries: 8 }) wide: HashMap<u64, u64>;\n  @map({ maxEntries: 2, inner: { maxEntries: 8 }, values: [«"wide"»] }) shards: ArrayOfMaps<HashMap<u32, u64>>;',
    ),
  },
  {
    name: "a map inside that is pinned",
    code: "TSB4001",
    source: run(
      '@map({ maxEntries: 2, inner: { maxEntries: 8, pinning: «"by-name"» } }) shards: ArrayOfMaps<HashMap<u32, u64>>;',
    ),
  },
  {
    name: "a number of another width to be filled by a queue",
    code: "TSB2008",
    source: run(QUEUE, "this.queue.pop(«this.n»);"),
  },
  {
    name: "a constant to be filled by a queue",
    code: "TSB2013",
    source: run(QUEUE, "this.queue.pop(«this.c»);"),
  },
  {
    name: "more bytes than the record has",
    code: "TSB4019",
    source: run(
      "@map({ maxEntries: 4096 }) events: RingBuf<Event>;",
      "this.events.output({ a: 1 }, 0, «17»);",
      "class Event { a: u32; b: u64; }",
    ),
  },
  {
    name: "storage options that are not written out",
    code: "TSB1003",
    source: run(
      "@map() counts: SkStorage<u64>;",
      "const options = new Options();\n    this.counts.get(ctx, «options»);",
      "class Options { create: boolean; }",
    ),
  },
  {
    name: "a map that came after the kernel",
    code: "TSB5004",
    source: run("@«map({ maxEntries: 4096 })» events: RingBuf<Event>;", "", "class Event { a: u32; }"),
    options: { kernel: "5.7" },
    says: "RingBuf needs Linux 5.8",
  },
];
