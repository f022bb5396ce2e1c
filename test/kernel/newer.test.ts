import { attachTypeSince, sections } from "@tsbpfc/loader";
import { loadCollection } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { program, specOf } from "../../runtime/fixtures/specs.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast } from "../support/needs.js";

/** `return 0`. */
const nothing = Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);

/** The oldest kernel of the lab: sections that it has are newer than none. */
const OLDEST = "6.1";

describe("sections that are newer than this kernel", () => {
  for (const { prefix, type, attachType, flags } of sections) {
    const since = attachType && attachTypeSince[attachType];
    if (!since || isAtLeast(OLDEST, since) || flags.includes("sleepable")) continue;
    kernelTest(`${prefix}: the error names Linux ${since}`, { before: since }, () => {
      const hook = { section: `${prefix}/bpf_fentry_test1`, type, expectedAttachType: attachType };
      const spec = program("newer", {
        ...hook,
        attachTo: type === "tracing" ? "bpf_fentry_test1" : "",
        instructions: nothing,
      });
      expect(() => loadCollection(specOf([], [spec])).close()).toThrow(
        new RegExp(
          `section "${prefix.replaceAll(".", "\\.")}.*" needs Linux ${since.replace(".", "\\.")}; this is`,
        ),
      );
    });
  }
});
