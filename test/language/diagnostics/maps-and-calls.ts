import { probe } from "../../support/probe.js";
import { type Example, inside, members } from "./example.js";

const withMap = (statements: string): string =>
  probe(
    `  @map({ maxEntries: 8 }) counts: HashMap<u32, u64>;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n    ${statements}\n    return XdpAction.PASS;\n  }`,
    { imports: "bpf_get_current_comm, bpf_probe_read_kernel, addr, offset," },
  );

/** 4xxx: maps, helpers, calls. */
export const mapsAndCalls: readonly Example[] = [
  { code: "TSB4001", source: members("@map({ maxEntries: 8, «maxEntrys»: 9 }) counts: HashMap<u32, u64>;") },
  { code: "TSB4002", source: members("@«map({ maxEntries: 8 })» count: u32;") },
  { code: "TSB4003", source: members("«counts: HashMap<u32, u64>;»") },
  { code: "TSB4005", source: withMap("bpf_get_current_comm(«5»);") },
  {
    code: "TSB4006",
    source: withMap("const a = new Bytes();\n    bpf_get_current_comm(«addr(a.bytes[1])»);").replace(
      "@program",
      "class Bytes { bytes: array<u8, 16>; }\n@program",
    ),
  },
  { code: "TSB4007", source: inside("«two(1)»;", "function two(a: u32, b: u32): u32 { return a + b; }") },
  { code: "TSB4008", source: withMap("this.counts.«push»(1);") },
  { code: "TSB4009", source: withMap("«this.counts»(1);") },
  {
    code: "TSB4019",
    source: withMap("const a = new Bytes();\n    bpf_get_current_comm(a.bytes, «17»);").replace(
      "@program",
      "class Bytes { bytes: array<u8, 16>; }\n@program",
    ),
  },
  {
    code: "TSB4017",
    source: inside("«bpf_redirect_peer»(1, 0);").replace("copy,", "copy, bpf_redirect_peer,"),
  },
  {
    code: "TSB4018",
    source: inside('«printk»("seen");').replace("copy,", "copy, printk,").replace('"GPL"', '"MIT"'),
  },
  {
    code: "TSB4040",
    warning: true,
    source: members(
      "@map({ maxEntries: 8 }) buckets: «LruHashMap<u32, Bucket>»;",
      "LruHashMap, SpinLock,",
    ).replace("@program", "class Bucket { lock: SpinLock; n: u64; }\n@program"),
  },
];
