import { type CollectionSpec, parseObject } from "@tsbpfc/loader";
import { beforeAll, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { loadCollection } from "./collection.js";
import { VerifierError } from "./program-error.js";

describe.skipIf(process.getuid?.() !== 0)("a field that this kernel does not have, as root", () => {
  let spec: CollectionSpec;
  beforeAll(() => {
    spec = parseObject(compileFixture("missing"));
  });

  test("loads where the program asks for it first", () => {
    loadCollection(spec).close();
  });

  test("is named with the source line, where the program comes to use it", () => {
    spec.programs.get("does_not_ask")!.autoload = true;
    let error: unknown;
    try {
      loadCollection(spec).close();
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(VerifierError);
    expect(String(error)).toMatch(/do not have struct task_struct___x\.of_the_future/);
    expect(String(error)).toMatch(/at \S*missing\.bpf\.c:\d+: /);
  });
});
