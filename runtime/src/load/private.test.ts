import { parseObject } from "@tsbpfc/loader";
import { expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { loadCollection } from "./collection.js";

test.skipIf(process.getuid?.() !== 0)(
  "a lock and a list in a section of their own are loaded, beside globals in shared memory",
  () => {
    const spec = parseObject(compileFixture("private"));
    expect(spec.maps.get(".bss.A")?.unshared).toBe(true);
    expect(spec.maps.get(".data")?.unshared).toBe(false);
    const collection = loadCollection(spec);
    try {
      expect(collection.maps.get(".bss.A")?.memory).toBeNull();
      const shared = collection.maps.get(".data")?.memory;
      expect(shared?.getUint32(0, true)).toBe(7);
      const program = collection.programs.get("push_and_pop");
      expect(program?.testRun({ data: new Uint8Array(64) }).returnValue).toBe(0);
      expect(shared?.getUint32(0, true)).toBe(42);
    } finally {
      collection.close();
    }
  },
);
