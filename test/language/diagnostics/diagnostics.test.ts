import { describe, expect, it } from "vitest";
import { TSB } from "../../../compiler/src/diagnostics/catalogue.js";
import { compileFiles, probe } from "../../support/probe.js";
import { diagnose } from "./diagnose.js";
import { type Example, inside } from "./example.js";
import { examples, refused } from "./index.js";
import { printPage } from "./page.js";

/** One diagnostic, and nothing else: its code, exactly where the marks are, with what, why and instead. */
function expectIt(example: Example): void {
  const { diagnostics, marked, isCompiled } = diagnose(example);
  expect(diagnostics).toEqual([
    {
      code: example.code,
      severity: example.warning ? "warning" : "error",
      span: { ...marked.span, file: marked.file },
      message: expect.stringMatching(/^\S.*\S$/),
      reason: expect.stringMatching(/^\S.*\.$/),
      remedy: expect.stringMatching(/^\S.*[.…`]$/),
    },
  ]);
  expect(isCompiled).toBe(example.warning ?? false);
  const [found] = diagnostics;
  if (example.says !== undefined)
    expect(`${found?.message} ${found?.reason} ${found?.remedy}`).toMatch(example.says);
}

describe("a diagnostic's code", () => {
  it.each(examples.map((example) => [example.code, example] as const))(
    "%s is what its example has, exactly there, with what, why and instead",
    (_code, example) => expectIt(example),
  );

  it("has an example, whichever it is", () => {
    const shown = new Set(examples.map((e) => e.code));
    const missing = Object.entries(TSB).filter(([, { code }]) => !shown.has(code));
    expect(
      missing.map(([name, { code }]) => `${code} (${name}): add it to test/language/diagnostics`),
    ).toEqual([]);
  });

  it("has one meaning", () => {
    const codes = Object.values(TSB).map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)]);
  });

  it("is in docs/diagnostics.md, as the catalogue has it now (npm run docs writes it)", async () => {
    const page = printPage(examples);
    const headings = [...page.matchAll(/^### (\S+)$/gm)].map(([, code]) => code);
    expect(headings).toEqual(
      Object.values(TSB)
        .map(({ code }) => code)
        .sort(),
    );
    await expect(page).toMatchFileSnapshot("../../../docs/diagnostics.md");
  }, 120_000);
});

describe("the compiler", () => {
  it.each(refused.map((example) => [example.name, example.code, example] as const))(
    "refuses %s: %s",
    (_name, _code, example) => expectIt(example),
  );

  it("reports all errors of a file at once, in their order", () => {
    const source = inside(
      "let ratio = 0.5;\n    const x: any = 1;\n    for (;;) {}\n    try { ctx.data; } catch {}",
    );
    const { diagnostics } = compileFiles({ "probe.bpf.ts": source });
    expect(diagnostics.map((d) => d.code)).toEqual(["TSB2002", "TSB2005", "TSB3007", "TSB3004"]);
  });

  it.each([
    ["counted by a variable", "let n = 9; while (n > 0) { if (bpf_ktime_get_ns() === 0) break; n -= 2; }"],
    [
      "counted by what a condition sets",
      "let i = 0; let done = false; while (!done) { i++; if (i > 5) done = true; }",
    ],
    ["counted in a global", "while (this.sum < 10) this.sum++;"],
    [
      "halved",
      "let lo = 0; let hi = 64; while (lo < hi) { const mid = (lo + hi) >> 1; if (bpf_ktime_get_ns() & 1) lo = mid + 1; else hi = mid; }",
    ],
    ["counted by the kernel", "while (canLoop() && bpf_ktime_get_ns() !== 0) this.sum++;"],
    [
      "left in its first round",
      "while (true) { if (this.sum > 4) break; this.sum = 7; return XdpAction.DROP; }",
    ],
    [
      "of a cursor",
      "const p = new Cursor(); while (true) { const at = p.next(); if (at > 7) break; this.sum += at; }",
    ],
  ])("has nothing against a loop that is %s", (_how, statements) => {
    const source = probe(
      `  sum: u64 = 0;\n  @SEC("xdp") run(ctx: XdpMd): XdpAction { ${statements} return XdpAction.PASS; }`,
      {
        imports: "canLoop,",
        before: "class Cursor { at: u64; next(): u64 { this.at++; return this.at; } }",
      },
    );
    expect(compileFiles({ "probe.bpf.ts": source }).diagnostics).toEqual([]);
  });

  it("has nothing against a function of the kernel that may be missing, and a helper that is old in its program type", () => {
    const source = probe(
      `  name: str<16>; n: u64 = 0;
  @SEC("kprobe/x") run(ctx: PtRegs): i32 {
    bpf_get_current_comm(this.name);
    if (bpf_rcu_read_lock) bpf_rcu_read_lock();
    return 0;
  }`,
      {
        imports: "PtRegs, bpf_get_current_comm,",
        before: "declare const bpf_rcu_read_lock: (() => void) | null;",
      },
    );
    expect(compileFiles({ "probe.bpf.ts": source }, { kernel: "6.1" }).diagnostics).toEqual([]);
  });

  it("has nothing against helpers of every program type, on old kernels and under any license", () => {
    const source = probe(
      '  n: u64 = 0;\n  @SEC("xdp") run(ctx: XdpMd): XdpAction { this.n = bpf_ktime_get_ns(); return XdpAction.PASS; }',
    ).replace('license: "GPL"', 'license: "MIT"');
    expect(compileFiles({ "probe.bpf.ts": source }, { kernel: "4.8" }).diagnostics).toEqual([]);
  });
});
