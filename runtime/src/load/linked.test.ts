import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseObject } from "@tsbpfc/loader";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileC } from "../../fixtures/compile.js";
import { u64 } from "../codecs/index.js";
import { ArrayMap } from "../maps/index.js";
import { type Collection, loadCollection } from "./collection.js";

/** No fixture of its own: it does not stand alone. */
const half = (name: string): Uint8Array =>
  compileC(new URL(`../../fixtures/linked-${name}.c`, import.meta.url).pathname);

const able = process.getuid?.() === 0 && spawnSync("bpftool", ["version"]).status === 0;

describe.skipIf(!able)("an object that bpftool linked of two, as root", () => {
  let folder: string;
  let linked: Uint8Array;
  let collection: Collection;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tsbpfc-linked-"));
    const parts = ["a", "b"].map((name) => join(folder, `${name}.o`));
    for (const [i, name] of ["a", "b"].entries()) writeFileSync(parts[i]!, half(name));
    execFileSync("bpftool", ["gen", "object", join(folder, "linked.o"), ...parts]);
    linked = readFileSync(join(folder, "linked.o"));
    collection = loadCollection(parseObject(linked));
  });
  afterAll(() => {
    collection?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("has one map and one variable of each name, and both halves' statics", () => {
    const spec = parseObject(linked);
    expect([...spec.maps.keys()].sort()).toEqual([".data", ".rodata", "totals"]);
    const words = new Uint32Array(spec.maps.get(".rodata")!.contents!.slice().buffer);
    expect([...words]).toEqual([3, 11]);
  });

  test("runs across the halves: each function finds its own statics, weak functions are the first half's", () => {
    const context = new Uint8Array(new Uint32Array([5]).buffer);
    const { returnValue } = collection.programs.get("start")!.testRun({ context });
    expect(returnValue).toBe(11);
    const spec = parseObject(linked);
    const data = collection.maps.get(".data")!.memory!;
    expect(data.getBigUint64(spec.variables.get("shared")!.offset, true)).toBe(100n + 5n * 3n + 7n);
    expect(new ArrayMap(collection.maps.get("totals")!, u64).get(0)).toBe(5n * 11n + 50n);
  });

  test("a half alone is refused, with the name that it lacks", () => {
    expect(() => loadCollection(parseObject(half("a")))).toThrow(/other_half|shared/);
  });
});
