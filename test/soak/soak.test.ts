import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { hasClang } from "../../loader/fixtures/compile.js";
import { isRoot } from "../support/root.js";
import { attachments } from "./attachments.js";
import { excess, growth, type Usage } from "./usage.js";

test.skipIf(!isRoot || !hasClang)(
  "attaching, detaching and slow reading leave nothing behind, and each lost record is counted (a short soak)",
  () => {
    const start = fileURLToPath(new URL("start.mjs", import.meta.url));
    const short = ["--rounds", "5", "--kind-seconds", "0.1", "--events", "100000", "--seconds", "2"];
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", start, ...short], {
      encoding: "utf8",
      timeout: 150_000,
    });
    expect(`${stdout}${stderr}`).toMatch(/20 rows, 100000 events, .* 0 failures/);
    expect(status).toBe(0);
    for (const { kind } of attachments) expect(stdout).toContain(`'${kind}'`);
    expect(stdout).toMatch(/'with room'.*'50000'.*50000.*'0'.*'0'/);
    expect(stdout).toMatch(/'without room'.*'50000'/);
  },
  160_000,
);

describe("what grew", () => {
  const sample = (more: Partial<Usage>): Usage => ({
    resident: 100 << 20,
    heap: 10 << 20,
    external: 1 << 20,
    descriptors: 20,
    programs: 2,
    maps: 3,
    links: 0,
    ...more,
  });
  const series = (at: (i: number) => Partial<Usage>): Usage[] =>
    Array.from({ length: 20 }, (_, i) => sample(at(i)));

  test("is one descriptor or link that is not closed now and then", () => {
    const leaking = series((i) => ({ descriptors: 20 + Math.floor(i / 8), links: Math.floor(i / 8) }));
    expect(excess(growth(leaking))).toEqual(["descriptors by 1", "links by 1"]);
  });

  test("is memory that is never given back", () => {
    expect(excess(growth(series((i) => ({ external: i << 20 }))))).toEqual([`external by ${10 << 20}`]);
  });

  test("is not a start with caches to fill, nor what comes and goes", () => {
    expect(excess(growth(series((i) => ({ heap: Math.min(i, 4) << 20 }))))).toEqual([]);
    expect(
      excess(growth(series((i) => ({ descriptors: 20 + (i % 2), resident: (100 + 40 * (i % 3)) << 20 })))),
    ).toEqual([]);
  });

  test("cannot be told of fewer than four samples", () => {
    expect(() => growth([sample({})])).toThrow(RangeError);
  });
});
