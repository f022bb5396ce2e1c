import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ElfError, type parseObject } from "@tsbpfc/loader";
import { loadCollection } from "@tsbpfc/runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasClang } from "../../loader/fixtures/compile.js";
import { map, specOf } from "../../runtime/fixtures/specs.js";
import { examine } from "./examine.js";
import { damage, mutations } from "./mutate.js";
import { compileFixtures, readObjects, type Sound } from "./objects.js";
import { caseSeed, Random } from "./random.js";
import { session } from "./run.js";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const CASES = 4000;

describe.skipIf(!hasClang)("damaged objects", () => {
  let folder = "";
  let sound: readonly Sound[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tsbpfc-fuzz-test-"));
    compileFixtures(here("../.."), folder);
    sound = readObjects(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test(`are opened or refused by a typed error, ${CASES} of them`, () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [here("start.mjs"), "--count", String(CASES), "--seed", "1"],
      { encoding: "utf8" },
    );
    expect(`${stdout}${stderr}`).toMatch(new RegExp(`${CASES} damaged objects, seed 1, .*: 0 findings`));
    expect(status).toBe(0);
  }, 120_000);

  test("are the same for the same seed, and each way of damage damages", () => {
    const all = sound.map(({ bytes }) => bytes);
    const base = sound[0]!.bytes;
    const once = (index: number): Uint8Array => damage(base, new Random(caseSeed(3, index)), all).bytes;
    expect(once(5)).toEqual(once(5));
    const met = new Set<string>();
    for (let i = 0; i < 500; i++) {
      const { bytes, how } = damage(base, new Random(caseSeed(3, i)), all);
      if (how.length === 1 && Buffer.compare(bytes, base) !== 0) met.add(how[0]!);
    }
    expect([...met].sort()).toEqual(Object.keys(mutations).sort());
  });

  test("sound ones are opened", () => {
    for (const { name, bytes } of sound) expect(examine(bytes), name).toEqual({ kind: "opened" });
  });
});

describe("the fuzzer", () => {
  const open =
    (act: () => void): typeof parseObject =>
    () => {
      act();
      return specOf([], []);
    };
  const bytes = new Uint8Array([1]);

  test("takes a typed error for a refusal", () => {
    expect(examine(bytes)).toEqual({ kind: "refused", code: "ELF_NOT_ELF" });
    const refuse = (): never => {
      throw new ElfError("ELF_EMPTY", "empty");
    };
    expect(examine(bytes, refuse)).toEqual({ kind: "refused", code: "ELF_EMPTY" });
    expect(
      examine(
        bytes,
        open(() => {}),
      ),
    ).toEqual({ kind: "opened" });
  });

  test("finds other errors and system calls", () => {
    const fail = open(() => {
      throw new TypeError("no such thing");
    });
    expect(examine(bytes, fail)).toMatchObject({ kind: "finding", what: expect.stringMatching(/TypeError/) });
    const ask = open(() => loadCollection(specOf([map("table")], [])).close());
    expect(examine(bytes, ask)).toMatchObject({
      kind: "finding",
      what: expect.stringMatching(/a system call/),
    });
  });

  test("ends a case that hangs or fills its heap, says which, and goes on", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tsbpfc-fuzz-worker-"));
    const worker = join(folder, "worker.mjs");
    writeFileSync(
      worker,
      `import { parentPort, workerData } from "node:worker_threads";
      for (let i = workerData.from; i < workerData.to; i++) {
        Atomics.store(workerData.clock, 0, i);
        Atomics.add(workerData.clock, 1, 1);
        if (i === 2) for (;;);
        const kept = [];
        if (i === 4) for (;;) kept.push(new Array(10_000).fill(i));
      }
      parentPort.postMessage({ tally: [["opened", 1]] });`,
    );
    try {
      const { findings, tally } = await session(worker, { folder, seed: 1, from: 0, to: 6 }, 4000);
      expect(findings.map(({ index, what }) => [index, what])).toEqual([
        [2, "hangs: 4 s"],
        [4, expect.stringMatching(/out of memory|reached heap limit/i)],
      ]);
      expect([...tally]).toEqual([["opened", 1]]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
