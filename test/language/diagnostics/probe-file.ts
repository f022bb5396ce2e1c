import { probe } from "../../support/probe.js";
import { type Example, inside, members } from "./example.js";

/** 1xxx: the shape of a probe's file, and where it stands. */
export const probeFile: readonly Example[] = [
  { code: "TSB1001", source: "«»export const answer = 42;" },
  {
    code: "TSB1002",
    source: `${members("hits: u64;")}\n@program({ license: "GPL" }) export class «Second» {}`,
  },
  {
    code: "TSB1003",
    source: probe("  @map({ maxEntries: «size» }) counts: HashMap<u32, u64>;", {
      before: "declare const size: u32;",
    }),
  },
  { code: "TSB1004", source: members("«constructor() {}»") },
  { code: "TSB1005", source: members("«count = 0;»") },
  {
    code: "TSB1006",
    source: probe('  @«SEC("xdp")» filter(ctx: SkBuff): XdpAction { return XdpAction.PASS; }'),
  },
  {
    code: "TSB1007",
    source: probe('  @SEC(«"xpd"») filter(ctx: XdpMd): XdpAction { return XdpAction.PASS; }'),
  },
  {
    code: "TSB1008",
    source: probe(
      '  @SEC("tracepoint/nowhere/nothing") f(ctx: Tracepoint<«"nowhere/nothing"»>): i32 { return 0; }',
    ),
  },
  {
    code: "TSB1009",
    source: members('@kconfig("CONFIG_HZ") readonly hz: u32 = «100»;', "kconfig,"),
  },
  {
    code: "TSB1010",
    source: probe(
      '  «jiffies»: u64 = 1;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n    this.jiffies = u64(jiffies);\n    return XdpAction.PASS;\n  }',
      { before: "declare const jiffies: u64;" },
    ),
  },
  {
    code: "TSB1011",
    source: members('@SEC("xdp") «xdp»(ctx: XdpMd): i32 { return 2; }'),
    says: /Rename it: `onXdp`/,
  },
  {
    code: "TSB1101",
    source: inside("const one: u32 = 1;", 'import type { «no_such_type» } from "./vmlinux";'),
  },
  {
    code: "TSB1104",
    source: inside("const one: u32 = 1;", 'import { «QueueMap» } from "@tsbpfc/stdlib";'),
  },
  {
    code: "TSB1103",
    source: probe("  @map({ maxEntries: 4096 }) events: RingBuf<Event>;", {
      before: "class Event { pid: u32; }",
    }).replace("class Probe", "class «Probe»"),
  },
  { code: "TSB1102", source: "«export class Probe {}»", editor: true },
];
