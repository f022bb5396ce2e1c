import { expect, describe as group, it } from "vitest";
import { isRoot } from "../support/root.js";
import { describe, search, shrink } from "./search.js";

const COUNT = 2000;
const SEED = 20_251;

group.skipIf(!isRoot)("the differential search", () => {
  it(`finds no program of ${COUNT} that the kernel computes otherwise than the dialect page says`, {
    timeout: 600_000,
  }, () => {
    const { findings, programs, tooComplex, illTyped } = search({
      count: COUNT,
      seed: SEED,
      cpus: ["v1", "v2", "v3", "v4"],
      most: 1,
    });
    expect(findings.map((finding) => describe(shrink(finding)))).toEqual([]);
    expect(programs).toBe(COUNT);
    expect(illTyped.length).toBeLessThan(COUNT / 50);
    // The verifier may give up on a few; more would mean that little is tested.
    expect(tooComplex).toBeLessThan(COUNT / 20);
  });
});
