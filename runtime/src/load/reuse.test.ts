import { parseObject } from "@tsbpfc/loader";
import { describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { u32, u64 } from "../codecs/index.js";
import { mapTypeFeature } from "../features/index.js";
import { ArrayMap } from "../maps/index.js";
import { loadCollection } from "./collection.js";

// The fixture has a map of each kind.
const able = process.getuid?.() === 0 && mapTypeFeature("cgrp_storage")?.probe() === "yes";

describe.skipIf(!able)("an object that is loaded with another's maps, as root", () => {
  const object = able ? compileFixture("kinds") : new Uint8Array();

  test("counts in them, and lets them be when it is closed", () => {
    using first = loadCollection(parseObject(object));
    const spec = parseObject(object);
    for (const name of ["shared", "first_counters", ".data"])
      spec.maps.get(name)!.reuseFd = first.maps.get(name)!.fd;
    const second = loadCollection(spec);
    second.maps.get(".data")!.memory!.setBigUint64(0, 77n, true);
    expect(first.maps.get(".data")!.memory!.getBigUint64(0, true)).toBe(77n);
    expect(first.programs.get("count")!.testRun().returnValue).toBe(5);
    expect(second.programs.get("count")!.testRun().returnValue).toBe(10);
    second.close();
    expect(first.programs.get("count")!.testRun().returnValue).toBe(15);
    expect(new ArrayMap(first.maps.get("shared")!, u32).get(3)).toBe(3);
    expect(new ArrayMap(first.maps.get("first_counters")!, u64).get(3)).toBe(15n);
    expect(first.maps.get(".data")!.memory!.getBigUint64(0, true)).toBe(77n);
  });

  test("refuses one that is not like the declared one, and a descriptor that is none", () => {
    using first = loadCollection(parseObject(object));
    const use = (name: string, fd: number) => () => {
      const spec = parseObject(object);
      spec.maps.get(name)!.reuseFd = fd;
      return loadCollection(spec);
    };
    expect(use("shared", first.maps.get("table")!.fd)).toThrow(
      /the map to use as map 'shared' is another map than 'shared': type 1 instead of 2, value size 16 instead of 4/,
    );
    expect(use("shared", 100_000)).toThrow(/fcntl.*EBADF/);
  });
});
