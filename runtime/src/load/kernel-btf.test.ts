import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Btf, encodeBtf, Instructions, parseObject } from "@tsbpfc/loader";
import { afterAll, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { type Collection, loadCollection } from "./collection.js";

const OFFSET = 1232;
/** A kernel whose task_struct has what the fixture asks for. */
const bytes = encodeBtf([
  { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" },
  {
    kind: "struct",
    name: "task_struct",
    size: 2048,
    members: [
      { name: "pid", type: 1, bitOffset: 64 * 8, bitfieldSize: 0 },
      { name: "of_the_future", type: 1, bitOffset: OFFSET * 8, bitfieldSize: 0 },
    ],
  },
]);

describe.skipIf(process.getuid?.() !== 0)("CO-RE with types that the user gives, as root", () => {
  const folder = mkdtempSync(join(tmpdir(), "tsbpfc-kernel-btf-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const spec = () => {
    const made = parseObject(compileFixture("missing"));
    made.programs.get("does_not_ask")!.autoload = true;
    return made;
  };
  /** Whether the program adds the offset of the field in those types. */
  const adds = (collection: Collection): boolean => {
    const insns = new Instructions(collection.programs.get("does_not_ask")!.code("xlated"), "little");
    return Array.from({ length: insns.count }, (_, i) => insns.imm(i)).includes(OFFSET);
  };

  test("takes offsets from them, not from the running kernel's", () => {
    expect(() => loadCollection(spec())).toThrow(/of_the_future/);
    using collection = loadCollection(spec(), { kernelBtf: Btf.parse(bytes) });
    expect(adds(collection)).toBe(true);
  });

  test("reads them from a file", () => {
    const path = join(folder, "other.btf");
    writeFileSync(path, bytes);
    using collection = loadCollection(spec(), { kernelBtf: path });
    expect(adds(collection)).toBe(true);
    expect(() => loadCollection(spec(), { kernelBtf: join(folder, "none") })).toThrow(/cannot read .*none/);
  });
});
