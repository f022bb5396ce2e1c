import { describe, expect } from "vitest";
import { computing } from "../support/computed.js";
import { probe } from "../support/probe-source.js";

const run = (globals: string, body: string, { imports = "", before = "" } = {}): string =>
  probe(`${globals}\n  @SEC("xdp") run(ctx: XdpMd): XdpAction {\n${body}\n    return XdpAction.PASS;\n  }`, {
    imports,
    before,
  });

describe("helpers", () => {
  computing(
    "helpers fill and read numbers, objects and parts of buffers, with sizes of one's own",
    run(
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
    ).replace("@SEC", "@map({ maxEntries: 4 }) counts: HashMap<u32, u64>;\n  @SEC"),
    async (computed) => {
      const result = await computed();
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
    },
  );
});
