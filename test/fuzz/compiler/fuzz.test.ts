import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { compile } from "@tsbpfc/compiler";
import { describe, expect, test } from "vitest";
import { caseSeed, Random } from "../random.js";
import { Cases } from "./cases.js";
import { probes } from "./corpus.js";
import { examine } from "./examine.js";
import { mutate, mutations } from "./mutate.js";
import { session } from "./run.js";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const root = here("../../..");
const CASES = 200;

describe("files that were not meant for the compiler", () => {
  test(`become objects or diagnostics, ${CASES} of them`, () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [here("start.mjs"), "--count", String(CASES), "--seed", "1"],
      { encoding: "utf8" },
    );
    expect(`${stdout}${stderr}`).toMatch(new RegExp(`${CASES} files, seed 1, .*: 0 findings`));
    expect(status).toBe(0);
  }, 400_000);

  test("are the same for the same seed, and mutated in each way", () => {
    expect(new Cases(root, 3).at(5)).toEqual(new Cases(root, 3).at(5));
    const sources = probes(root);
    const met = new Set<string>();
    for (let i = 0; i < 150; i++) {
      const { how } = mutate(sources[0]?.text ?? "", new Random(caseSeed(3, i)), sources);
      for (const name of how) met.add(name);
    }
    expect([...met].sort()).toEqual(Object.keys(mutations).sort());
  });
});

describe("the compiler's fuzzer", () => {
  const give = (result: Omit<ReturnType<typeof compile>, "inputs">) => () => ({ ...result, inputs: null });

  test("finds exceptions, silence, and objects in spite of errors", () => {
    const fail = (): never => {
      throw new TypeError("no such thing");
    };
    expect(examine("x", fail)).toMatchObject({ kind: "finding", what: expect.stringMatching(/TypeError/) });
    expect(examine("x", give({ diagnostics: [], output: null }))).toMatchObject({ kind: "finding" });
    const span = { file: "x", line: 1, column: 1, endLine: 1, endColumn: 2 };
    const error = {
      code: "TSB2002",
      severity: "error",
      span,
      message: "a",
      reason: "b",
      remedy: "c",
    } as const;
    const output = { programName: "X", ir: "", object: new Uint8Array() };
    expect(examine("x", give({ diagnostics: [error], output }))).toMatchObject({ kind: "finding" });
    expect(examine("x", give({ diagnostics: [{ ...error, remedy: "" }], output: null }))).toMatchObject({
      kind: "finding",
    });
    expect(examine("x", give({ diagnostics: [error], output: null }))).toEqual({ kind: "diagnostics" });
    expect(examine("x", give({ diagnostics: [], output }))).toEqual({ kind: "object" });
  });

  test("ends a case that hangs, notes one that ends the process, and goes on", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tsbpfc-fuzz-worker-"));
    const worker = join(folder, "worker.mjs");
    writeFileSync(
      worker,
      `import { writeSync } from "node:fs";
      const { from, to } = JSON.parse(process.argv[2]);
      const say = (progress) => writeSync(1, JSON.stringify(progress) + "\\n");
      for (let at = from; at < to; at++) {
        say({ at });
        if (at === 2) for (;;);
        if (at === 4) process.abort();
        say({ outcome: "object" });
      }`,
    );
    try {
      const { findings, tally } = await session(worker, { root, seed: 1, from: 0, to: 6 }, 3000);
      expect(findings.map(({ index, what }) => [index, what])).toEqual([
        [2, "hangs: 3 s"],
        [4, expect.stringMatching(/^the process ended with SIGABRT/)],
      ]);
      expect([...tally]).toEqual([["object", 4]]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
