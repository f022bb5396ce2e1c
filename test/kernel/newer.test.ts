import { release } from "node:os";
import { attachTypeSince, sections } from "@tsbpfc/loader";
import { loadCollection } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { program, specOf } from "../../runtime/fixtures/specs.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast } from "../support/needs.js";

/** The oldest kernel of the lab: what it has is tested everywhere. */
const OLDEST = "6.1";

/** `return value`: programs of cgroups allow by 1, those of functions have to give 0. */
const returning = (value: number): Uint8Array =>
  Uint8Array.of(0xb7, 0, 0, 0, value, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);

describe("sections that are newer than some kernels", () => {
  for (const { prefix, type, attachType, flags } of sections) {
    const since = attachType && attachTypeSince[attachType];
    if (!since || isAtLeast(OLDEST, since) || flags.includes("sleepable")) continue;
    kernelTest(`${prefix}: loaded from Linux ${since} on; before, the error names it`, {}, () => {
      const traces = type === "tracing";
      const target = traces ? "bpf_fentry_test1" : "";
      const hook = { section: `${prefix}/${target}`, type, expectedAttachType: attachType, attachTo: target };
      const spec = program("newer", { ...hook, instructions: returning(traces ? 0 : 1) });
      const load = (): void => loadCollection(specOf([], [spec])).close();
      if (isAtLeast(release(), since)) return load();
      expect(load).toThrow(
        new RegExp(
          `section "${prefix.replaceAll(".", "\\.")}.*" needs Linux ${since.replace(".", "\\.")}; this is`,
        ),
      );
    });
  }
});
