import { creationLogs, loadCollection } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { map, specOf } from "../../runtime/fixtures/specs.js";
import { kernelTest } from "../support/kernel-test.js";

describe("a map that the kernel does not make", () => {
  kernelTest("says why in the kernel's own words", { needs: [creationLogs] }, () => {
    const load = (): void => loadCollection(specOf([map("odd", { extra: 1n })], [])).close();
    expect(load).toThrow(/map 'odd' .*EINVAL\. The kernel says: Invalid map_extra\.$/);
  });
});
