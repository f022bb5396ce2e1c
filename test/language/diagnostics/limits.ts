import { probe } from "../../support/probe.js";
import { type Example, inside } from "./example.js";

/** 5xxx: limits of the kernel, of the instruction set and of the machine code. */
export const limits: readonly Example[] = [
  {
    code: "TSB5001",
    source: inside("const big = «new» Big();\n    big.bytes[0] = 1;", "class Big { bytes: array<u8, 600>; }"),
  },
  {
    code: "TSB5002",
    source: inside("const n = «ctx».data / 3;"),
    llvm: "unsupported signed division, please convert to unsigned div/mod.",
  },
  {
    code: "TSB5003",
    source: inside(
      "six(1, 2, 3, 4, 5, 6);",
      "«declare function six(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32): u64;»",
    ),
  },
  {
    code: "TSB5004",
    source: inside(
      "const a = new A();\n    const old = «atomic.exchange(a.n, 1)»;",
      "class A { n: u64; }",
    ).replace("copy,", "copy, atomic,"),
    options: { kernel: "5.10" },
  },
  {
    code: "TSB5007",
    source: inside(
      "«bpf_wq_set_callback_impl»(null, null, 0, null);",
      "declare function bpf_wq_set_callback_impl(wq: ptr<u64> | null, callback: ptr<u64> | null, flags: u32, aux: ptr<u64> | null): i32;",
    ),
    warning: true,
  },
  {
    code: "TSB5006",
    source: probe(
      '  @map({ maxEntries: 4 }) queue: Queue<u64>;\n  sum: u64 = 0;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n    let n: u64 = 0;\n    «while» (this.queue.pop(n) === 0) this.sum += n;\n    return XdpAction.PASS;\n  }',
      { imports: "Queue," },
    ),
    warning: true,
  },
  {
    code: "TSB5005",
    source: inside(
      "const a = new A();\n    const old = «atomic.exchange(a.n, 1)»;",
      "class A { n: u64; }",
    ).replace("copy,", "copy, atomic,"),
    options: { cpu: "v2" },
  },
];
