import { describe, expect, it } from "vitest";
import { compileFixture, hasClang } from "../../fixtures/compile.js";
import { copySpec } from "./copy.js";
import { parseObject } from "./parse.js";

describe.skipIf(!hasClang)("a copy of a spec", () => {
  it("is the same, and shares nothing that may be changed", () => {
    const object = compileFixture("maps");
    const [spec, untouched] = [parseObject(object), parseObject(object)];
    const copy = copySpec(spec);
    expect(copy.maps).toEqual(spec.maps);
    expect(copy.programs).toEqual(spec.programs);
    for (const map of copy.maps.values()) {
      map.maxEntries = 77;
      map.values.clear();
      map.contents?.fill(0xee);
      if (map.inner) map.inner.valueSize = 99;
    }
    for (const program of copy.programs.values()) {
      program.autoload = !program.autoload;
      program.instructions.fill(0);
    }
    expect(spec.maps).toEqual(untouched.maps);
    expect(spec.programs).toEqual(untouched.programs);
  });
});
