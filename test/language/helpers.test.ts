import { describe, expect, it } from "vitest";
import { computed } from "../support/computed.js";
import { compileFiles, probe } from "../support/probe.js";
import { isRoot } from "../support/root.js";

const run = (globals: string, body: string, { imports = "", before = "", license = "GPL" } = {}): string =>
  probe(`${globals}\n  @SEC("xdp") run(ctx: XdpMd): XdpAction {\n${body}\n    return XdpAction.PASS;\n  }`, {
    imports,
    before,
  }).replace('license: "GPL"', `license: "${license}"`);

describe.skipIf(!isRoot)("in the kernel", () => {
  it("helpers fill and read numbers, objects and parts of buffers, with sizes of one's own", async () => {
    const source = run(
      `  source: array<u8, 16> = [1, 2, 3, 4, 5, 6, 7, 8, 9]; number: u32 = 0; part: array<u8, 16>; text: str<16> = "abcdef";
  sum: i64 = 0; short: i64 = 0; alone: i64 = 0; same: i64 = 9; local: u64 = 0; value: u64 = 0;`,
      `    bpf_probe_read_kernel(this.number, this.source);
    bpf_probe_read_kernel(this.part, this.source, 5);
    let local: u16 = 0;
    bpf_probe_read_kernel(local, addr(this.source[2]));
    this.local = local;
    this.sum = bpf_csum_diff(null, this.source, 0);
    this.short = bpf_csum_diff(null, this.source, 0, 0, 4);
    this.alone = bpf_csum_diff(this.number, null, 0);
    this.same = bpf_strncmp(this.text, "abcdef", 6);
    bpf_map_update_elem(this.counts, 1, 40, 0);
    const found = bpf_map_lookup_elem(this.counts, 1);
    if (found) this.value = found.value + 2;`,
      {
        imports:
          "addr, bpf_probe_read_kernel, bpf_csum_diff, bpf_strncmp, bpf_map_update_elem, bpf_map_lookup_elem,",
      },
    ).replace("@SEC", "@map({ maxEntries: 4 }) counts: HashMap<u32, u64>;\n  @SEC");
    const result = await computed(source);
    // Sums of 16-bit words in ones' complement; how far the kernel folds them is its own business.
    const fold = (sum: number): number => (sum > 0xffff ? fold((sum & 0xffff) + (sum >>> 16)) : sum);
    const folded = (name: string): number => fold(Number(BigInt.asUintN(32, result[name] as bigint)));
    expect(["sum", "short", "alone"].map(folded)).toEqual([
      fold(0x0201 + 0x0403 + 0x0605 + 0x0807 + 9),
      fold(0x0201 + 0x0403),
      0xffff - fold(0x0201 + 0x0403),
    ]);
    expect(result).toMatchObject({ number: 0x04030201, local: 0x0403n, same: 0n, value: 42n });
    expect([...(result.part as Uint8Array)]).toEqual([1, 2, 3, 4, 5, ...Array(11).fill(0)]);
  });
});

interface Mistake {
  readonly name: string;
  readonly code: string;
  readonly at: string;
  readonly source: string;
  readonly kernel?: string;
  /** What the message has to name. */
  readonly says?: string;
}
const mistakes: readonly Mistake[] = [
  {
    name: "a helper that the program type may not call",
    code: "TSB4017",
    at: "bpf_skb_pull_data",
    source: run("", "    bpf_skb_pull_data(cast<SkBuff>(ctx), 0);", { imports: "cast, bpf_skb_pull_data," }),
    says: "sched_cls",
  },
  {
    name: "the same in a function that two programs share",
    code: "TSB4017",
    at: "bpf_redirect_peer",
    source: run(`  @SEC("tc") other(ctx: SkBuff): i32 { return i32(both(1)); }`, "    both(2);", {
      imports: "bpf_redirect_peer,",
      before: "function both(n: u32): i64 { return bpf_redirect_peer(n, 0); }",
    }),
    says: '@SEC("xdp")',
  },
  {
    name: "the same behind a map's method",
    code: "TSB4017",
    at: "this.devices.redirect",
    source: probe(
      `  @map({ maxEntries: 1 }) devices: DevMap;\n  @SEC("tc") run(ctx: SkBuff): i32 {\n    this.devices.redirect(0);\n    return 0;\n  }`,
      { imports: "DevMap," },
    ),
    says: "xdp",
  },
  {
    name: "the same in a closure",
    code: "TSB4017",
    at: "bpf_redirect_peer",
    source: run("", "    loop(4, (i) => { bpf_redirect_peer(i, 0); });", {
      imports: "loop, bpf_redirect_peer,",
    }),
  },
  {
    name: "a helper that came later",
    code: "TSB5004",
    at: "bpf_ktime_get_boot_ns",
    source: run("  n: u64 = 0;", "    this.n = bpf_ktime_get_boot_ns();", {
      imports: "bpf_ktime_get_boot_ns,",
    }),
    kernel: "5.7",
    says: "5.8",
  },
  {
    name: "a map that came later",
    code: "TSB5004",
    at: "map(",
    source: run("  @map({ maxEntries: 4096 }) events: RingBuf<Event>;", "", {
      before: "class Event { a: u32; }",
    }),
    kernel: "5.7",
    says: "RingBuf",
  },
  {
    name: "a GPL-only helper under another license",
    code: "TSB4018",
    at: "printk",
    source: run("", '    printk("hello");', { imports: "printk,", license: "MIT" }),
  },
  {
    name: "a read of kernel memory under another license",
    code: "TSB4018",
    at: "readKernel",
    source: run("  n: u32 = 0;", "    this.n = readKernel(cast<ptr<u32>>(u64(1)));", {
      imports: "readKernel, cast,",
      license: "Apache-2.0",
    }),
    says: "bpf_probe_read_kernel",
  },
  {
    name: "a constant to be filled",
    code: "TSB4005",
    at: "this.c",
    source: run("  readonly c: u32 = 1;", "    bpf_probe_read_kernel(this.c, addr(this.c));", {
      imports: "bpf_probe_read_kernel, addr,",
    }),
  },
  {
    name: "a local constant to be filled",
    code: "TSB4005",
    at: "n, addr",
    source: run("  c: u32 = 1;", "    const n: u32 = 1;\n    bpf_probe_read_kernel(n, addr(this.c));", {
      imports: "bpf_probe_read_kernel, addr,",
    }),
  },
  {
    name: "a text that is not constant where the helper wants one",
    code: "TSB4013",
    at: "this.b",
    source: run(`  a: str<4> = "a"; b: str<4> = "b";`, "    bpf_strncmp(this.a, this.b);", {
      imports: "bpf_strncmp,",
    }),
  },
];

describe("the compiler refuses", () => {
  it.each(mistakes)("$name: $code", ({ code, at, source, kernel, says }) => {
    const { diagnostics, output } = compileFiles(
      { "probe.bpf.ts": source },
      kernel === undefined ? {} : { kernel },
    );
    const [only, ...rest] = diagnostics;
    expect([only?.code, rest, output]).toEqual([code, [], null]);
    const line = source.split("\n")[(only?.span.line ?? 0) - 1] ?? "";
    expect(line.slice((only?.span.column ?? 0) - 1).startsWith(at)).toBe(true);
    expect(`${only?.message} ${only?.reason} ${only?.remedy}`).toContain(says ?? "");
  });

  it("nothing that the kernel takes: helpers of every program type", () => {
    const source = run("  n: u64 = 0;", "    this.n = bpf_ktime_get_ns();", { license: "MIT" });
    expect(compileFiles({ "probe.bpf.ts": source }, { kernel: "4.8" }).diagnostics).toEqual([]);
  });
});
