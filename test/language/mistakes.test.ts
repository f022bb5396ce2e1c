import { describe, expect, it } from "vitest";
import { compileFiles, probe } from "../support/probe.js";

interface Mistake {
  readonly name: string;
  readonly code: string;
  /** The text at the place that is reported. */
  readonly at: string;
  readonly source: string;
}

const filter = (body: string): string =>
  probe(`  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n${body}\n    return XdpAction.PASS;\n  }`);

/** What beginners write, and what they are told. */
const mistakes: readonly Mistake[] = [
  { name: "a float", code: "TSB2002", at: "0.5", source: filter("    let ratio = 0.5;") },
  { name: "any", code: "TSB2005", at: "any", source: filter("    const x: any = ctx.data;") },
  {
    name: "an unchecked lookup",
    code: "TSB2001",
    at: "this.counts.lookup(1)",
    source: probe(
      `  @map({ maxEntries: 8 }) counts: HashMap<u32, u64>;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction { this.counts.lookup(1).value += 1; return XdpAction.PASS; }`,
    ),
  },
  {
    name: "a context of another section",
    code: "TSB1006",
    at: 'SEC("xdp")',
    source: probe(`  @SEC("xdp") filter(ctx: SkBuff): XdpAction { return XdpAction.PASS; }`),
  },
  {
    name: "a text too long for its field",
    code: "TSB2004",
    at: '"a name that is far too long"',
    source: filter(`    const event = new Event();\n    event.comm = "a name that is far too long";`).replace(
      "@program",
      "export class Event { comm: str<16>; }\n@program",
    ),
  },
  {
    name: "an unknown map option",
    code: "TSB4001",
    at: "maxEntrys",
    source: probe(
      `  @map({ maxEntries: 8, maxEntrys: 9 }) counts: HashMap<u32, u64>;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction { return XdpAction.PASS; }`,
    ),
  },
  {
    name: "async",
    code: "TSB3002",
    at: "async",
    source: probe(`  @SEC("xdp") async filter(ctx: XdpMd): XdpAction { return XdpAction.PASS; }`),
  },
  {
    name: "a closure that is stored",
    code: "TSB3003",
    at: "(x: u32) => x + 1",
    source: filter("    const add = (x: u32) => x + 1;"),
  },
  {
    name: "600 bytes of stack",
    code: "TSB5001",
    at: "new Big()",
    source: filter("    const big = new Big();\n    big.bytes[0] = 1;").replace(
      "@program",
      "export class Big { bytes: array<u8, 600>; }\n@program",
    ),
  },
  {
    name: "syntax outside the dialect",
    code: "TSB3004",
    at: "try",
    source: filter("    try { ctx.data; } catch {}"),
  },
];

describe("a mistake that beginners make", () => {
  it.each(mistakes)("$name: is one error, $code, with place, reason and remedy", ({ code, at, source }) => {
    const { diagnostics, output } = compileFiles({ "probe.bpf.ts": source });
    expect(diagnostics.map((d) => d.code)).toEqual([code]);
    expect(output).toBeNull();
    const [only] = diagnostics;
    const line = source.split("\n")[(only?.span.line ?? 0) - 1] ?? "";
    expect(line.slice((only?.span.column ?? 0) - 1)).toMatch(
      new RegExp(`^${at.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`),
    );
    expect(only?.message).not.toBe("");
    expect(only?.reason).not.toBe("");
    expect(only?.remedy).not.toBe("");
  });

  it("is reported together with all others of the file, in their order", () => {
    const source = filter(
      "    let ratio = 0.5;\n    const x: any = 1;\n    for (;;) {}\n    try { ctx.data; } catch {}",
    );
    const { diagnostics } = compileFiles({ "probe.bpf.ts": source });
    expect(diagnostics.map((d) => d.code)).toEqual(["TSB2002", "TSB2005", "TSB3007", "TSB3004"]);
  });
});
