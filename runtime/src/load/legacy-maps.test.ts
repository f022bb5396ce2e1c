import { parseObject } from "@tsbpfc/loader";
import { describe, expect, test } from "vitest";
import { compileC } from "../../fixtures/compile.js";
import { bytes as ofBytes } from "../codecs/index.js";
import { ArrayMap, HashMap } from "../maps/index.js";
import { loadCollection } from "./collection.js";

const able = process.getuid?.() === 0;

describe.skipIf(!able)("an object with maps in the form before BTF, as root", () => {
  const source = new URL("../../../loader/fixtures/legacy_maps.c", import.meta.url).pathname;
  const open = (debug = "-g") => parseObject(compileC(source, "-O2", debug));

  // As objects of that time were: without BTF.
  test.each(["-g", "-g0"])("is loaded and runs; keys and values are bytes (%s)", (debug) => {
    const spec = open(debug);
    expect(spec.btf === null).toBe(debug === "-g0");
    spec.maps.get("elsewhere")!.legacyTail = null;
    using collection = loadCollection(spec);
    const run = (key: number): number =>
      collection.programs.get("count")!.testRun({ context: new Uint8Array([key, 0, 0, 0]) }).returnValue;
    expect([run(5), run(5), run(5), run(9)]).toEqual([1, 2, 3, 1]);
    const counts = new HashMap(collection.maps.get("counts")!, ofBytes(4), ofBytes(8));
    expect([...counts].sort(([a], [b]) => a[0]! - b[0]!)).toEqual([
      [new Uint8Array([5, 0, 0, 0]), new Uint8Array([3, 0, 0, 0, 0, 0, 0, 0])],
      [new Uint8Array([9, 0, 0, 0]), new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0])],
    ]);
    expect(new ArrayMap(collection.maps.get("totals")!, ofBytes(8)).get(1)?.[0]).toBe(40);
  });

  test("is not loaded while a map says more than is understood", () => {
    expect(() => loadCollection(open())).toThrow(/map 'elsewhere'.* 16 bytes behind struct bpf_map_def/);
  });
});
