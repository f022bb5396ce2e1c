import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { VerifierLog } from "./log.js";
import { parseVerifierLog } from "./parse.js";

/** What kernels said of the programs of `runtime/fixtures/rejections.bpf.c`: PROGRAM-KERNEL.log. */
const folder = new URL("../../fixtures/verifier-logs/", import.meta.url);

/** What is looked at, short enough for a table. */
const shown = (log: VerifierLog) => ({
  summary: log.summary,
  category: log.category,
  at: log.at && `${log.at.insn} ${log.at.file}:${log.at.line} ${log.at.text.trim()}`,
  lines: log.frames.map(({ line }) => line),
  causes: log.causes.map(({ insn, line, label, note }) => `${insn} :${line} ${label}: ${note}`),
  reason: log.explanation?.reason ?? null,
});

describe("logs of real kernels are taken apart", () => {
  for (const name of readdirSync(folder).sort())
    it(name, () => {
      const log = parseVerifierLog(readFileSync(new URL(name, folder), "utf8"));
      expect(log.advice).not.toBe("");
      expect(log.advice).not.toBe(log.explanation?.suggestion);
      expect(log.statistics?.limit).toBe(1_000_000);
      expect(shown(log)).toMatchSnapshot();
    });
});
