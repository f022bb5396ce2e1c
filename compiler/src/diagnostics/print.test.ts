import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Diagnostic, Span } from "./diagnostic.js";
import { jsonReport } from "./json.js";
import { printDiagnostics } from "./print.js";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "tsbpfc-print-"));
  writeFileSync(join(cwd, "a.bpf.ts"), "first\n\tconst x = 0.5;\r\nlast \u001b[31m line");
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const diagnostic = (span: Partial<Span> = {}, rest: Partial<Diagnostic> = {}): Diagnostic => ({
  code: "TSB2002",
  severity: "error",
  span: { file: join(cwd, "a.bpf.ts"), line: 2, column: 12, endLine: 2, endColumn: 15, ...span },
  message: "0.5 is not a whole number.",
  reason: "BPF has no floating point.",
  remedy: "Count in a smaller unit.",
  ...rest,
});
const print = (diagnostics: readonly Diagnostic[], { frames = false, colours = false } = {}): string =>
  printDiagnostics(diagnostics, { frames, colours, cwd });

describe("printed diagnostics", () => {
  it("are nothing if there are none", () => {
    expect(print([])).toBe("");
  });

  it("have tsc's first line, then the reason and the remedy, then the sum", () => {
    expect(print([diagnostic()])).toBe(
      [
        "a.bpf.ts:2:12 - error TSB2002: 0.5 is not a whole number.",
        "  BPF has no floating point.",
        "  Count in a smaller unit.",
        "",
        "Found 1 error in 1 file.",
        "",
      ].join("\n"),
    );
  });

  it("leave out what is empty, as for the checker's own", () => {
    expect(print([diagnostic({}, { code: "TS2322", reason: "", remedy: "" })])).toBe(
      "a.bpf.ts:2:12 - error TS2322: 0.5 is not a whole number.\n\nFound 1 error in 1 file.\n",
    );
  });

  it("indent every line of a long remedy", () => {
    expect(print([diagnostic({}, { remedy: "Write:\nconst x = 500;" })])).toContain(
      "\n  Write:\n  const x = 500;\n",
    );
  });

  it("underline the place on a terminal, tabs kept", () => {
    expect(print([diagnostic()], { frames: true })).toContain(
      "\n\n2 \tconst x = 0.5;\n  \t          ~~~\n\n",
    );
  });

  it.each([
    ["a span that goes on in the next line, to the line's end", { endLine: 3, endColumn: 2 }, "~~~~"],
    ["an empty span, with one mark", { endColumn: 12 }, "~"],
    ["a span beyond the line's end, to its end", { endColumn: 99 }, "~~~~"],
  ])("underline %s", (_, span, marks) => {
    expect(print([diagnostic(span)], { frames: true })).toMatch(new RegExp(`^ {2}\\t {10}${marks}$`, "m"));
  });

  it("stand without a frame if the source is gone", () => {
    expect(print([diagnostic({ file: join(cwd, "none.bpf.ts") })], { frames: true })).toMatch(
      /^none\.bpf\.ts:2:12 - error .*\n {2}BPF.*\n {2}Count.*\n\nFound/,
    );
    expect(print([diagnostic({ line: 99, endLine: 99 })], { frames: true })).not.toContain("~");
  });

  it("are coloured only if asked", () => {
    const csi = "\u001b[";
    expect(print([diagnostic()], { frames: true })).not.toContain(csi);
    expect(print([diagnostic()], { colours: true })).toContain(`${csi}31merror`);
    expect(print([diagnostic({}, { severity: "warning" })], { colours: true })).toContain(`${csi}33mwarning`);
  });

  it("do not pass a source's control characters on to the terminal", () => {
    const text = print([diagnostic({ line: 3, column: 1, endLine: 3, endColumn: 5 })], { frames: true });
    expect(text).toContain("3 last \ufffd[31m line\n");
  });

  it.each([
    [["error", "error"], "Found 2 errors in 1 file."],
    [["error", "warning", "warning"], "Found 1 error and 2 warnings in 1 file."],
    [["warning"], "Found 1 warning in 1 file."],
  ] as const)("sum up %j", (severities, sum) => {
    expect(print(severities.map((severity) => diagnostic({}, { severity })))).toContain(`\n\n${sum}\n`);
  });

  it("count files", () => {
    expect(print([diagnostic(), diagnostic({ file: join(cwd, "b.bpf.ts") })])).toContain(
      "Found 2 errors in 2 files.",
    );
  });
});

describe("the JSON report", () => {
  it("has its documented fields and no others", () => {
    const odd: Diagnostic = Object.assign(diagnostic({ file: "/p/a.bpf.ts" }), { internal: true });
    expect(jsonReport([odd], ["/p/a.bpf.o"])).toEqual({
      version: 1,
      diagnostics: [
        {
          code: "TSB2002",
          severity: "error",
          span: { file: "/p/a.bpf.ts", line: 2, column: 12, endLine: 2, endColumn: 15 },
          message: "0.5 is not a whole number.",
          reason: "BPF has no floating point.",
          remedy: "Count in a smaller unit.",
        },
      ],
      files: ["/p/a.bpf.o"],
    });
  });
});
