import { readFileSync } from "node:fs";
import { parseObject } from "@tsbpfc/loader";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { FakeKernel } from "../../fixtures/fake-kernel.js";
import { program as oneProgram, specOf } from "../../fixtures/specs.js";
import { btfById } from "../inspect/btf.js";
import { type Collection, loadCollection } from "../load/collection.js";
import { layouts } from "../sys/attr.generated.js";
import { commands } from "../sys/commands.js";
import { errno } from "../sys/errors.js";
import { setKernel } from "../sys/kernel.js";
import { enableRunStatistics } from "./details.js";
import type { Program } from "./program.js";

describe.skipIf(process.getuid?.() !== 0)("what the kernel tells of a program, as root", () => {
  let collection: Collection;
  const program = (name: string): Program => collection.programs.get(name)!;
  beforeAll(() => {
    collection = loadCollection(parseObject(compileFixture("kinds")), { verifierLog: "statistics" });
  });
  afterAll(() => collection?.close());

  test("its facts: name, type, size, maps, when and by whom it was loaded", () => {
    const info = program("count").info();
    expect(info).toMatchObject({ name: "count", type: "syscall", userId: 0 });
    expect(info.tag).toMatch(/^[0-9a-f]{16}$/);
    expect(info.xlatedSize % 8).toBe(0);
    const ids = ["outer", "shared"].map((name) => collection.maps.get(name)!.info().id);
    expect([...info.mapIds].sort()).toEqual(ids.sort());
    const age = process.hrtime.bigint() - info.loadTimeNs;
    expect(age > 0n && age < 600_000_000_000n).toBe(true);
  });

  test("its functions and source lines, and where they are in its code", () => {
    const count = program("count");
    const { functions, lines } = count.debugInfo();
    const { tag, xlatedSize, jitedSize, btfId } = count.info();
    expect(functions[0]).toMatchObject({ name: "count", insn: 0 });
    expect(functions.length > 1 || functions[0]?.tag === tag).toBe(true);
    expect(btfById(btfId)?.ofKernel).toBe(false);
    if (jitedSize > 0) {
      expect(functions.reduce((sum, { jitedSize }) => sum + jitedSize, 0)).toBe(jitedSize);
      expect(functions.every(({ address }) => address > 0n)).toBe(true);
      expect(lines[0]!.address).toBeGreaterThanOrEqual(functions[0]!.address);
    }
    expect(lines[0]).toMatchObject({ insn: 0, file: expect.stringMatching(/kinds\.bpf\.c$/) });
    const source = readFileSync(new URL("../../fixtures/kinds.bpf.c", import.meta.url), "utf8").split("\n");
    for (const { insn, line, text } of lines) {
      expect(insn).toBeLessThan(xlatedSize / 8);
      expect(source[line - 1]).toBe(text);
    }
  });

  test("its memory, and that of a map, which tells whether it is frozen", () => {
    expect(program("count").info().memory).toBeGreaterThanOrEqual(4096);
    const shared = collection.maps.get("shared")!;
    expect(shared.info()).toMatchObject({
      name: "shared",
      type: "array",
      keySize: 4,
      frozen: false,
      btf: { id: program("count").info().btfId },
    });
    expect(shared.info().memory).toBeGreaterThan(0);
    const constants = [...collection.maps.values()].find(({ facts }) => facts.name === ".rodata");
    if (constants) expect(constants.info().frozen).toBe(true);
  });

  test("its code, after the verifier and as machine code", () => {
    const xlated = program("count").code("xlated");
    expect(xlated.length).toBe(program("count").info().xlatedSize);
    // exit
    expect(xlated[xlated.length - 8]).toBe(0x95);
    const { jitedSize } = program("count").info();
    if (jitedSize > 0)
      expect(
        program("count")
          .code("jited")
          .some((byte) => byte !== 0),
      ).toBe(true);
  });

  test("its runs and their time, while statistics are on", () => {
    const count = program("count");
    count.testRun();
    const before = count.stats();
    {
      using _on = enableRunStatistics();
      for (let i = 0; i < 10; i++) count.testRun();
    }
    const during = count.stats();
    expect(during.runs - before.runs).toBe(10n);
    expect(during.nanoseconds).toBeGreaterThan(before.nanoseconds);
  });

  test("what the verifier counted, if it is asked", () => {
    expect(program("count").verifierStatistics).toMatchObject({
      insns: program("count").info().verifiedInstructions,
    });
    expect(program("count").verifierLog).toMatch(/processed \d+ insns/);
    const quiet = loadCollection(parseObject(compileFixture("test-run")));
    expect(quiet.programs.get("sum")!.verifierLog).toBe("");
    expect(quiet.programs.get("sum")!.verifierStatistics).toBeNull();
    quiet.close();
  });
});

describe("the verifier's log, in a kernel that tests made up", () => {
  afterEach(() => setKernel(null));

  test("gets more room until all of it fits", () => {
    const NEEDED = 1 << 20;
    const tried: number[] = [];
    class Talkative extends FakeKernel {
      override bpf(command: number, attr: Uint8Array): number {
        const view = new DataView(attr.buffer, attr.byteOffset);
        if (command !== commands.BPF_PROG_LOAD) return super.bpf(command, attr);
        const size = view.getUint32(layouts.programLoad.fields.log_size[0], true);
        tried.push(size);
        if (size < NEEDED) return -errno.ENOSPC;
        this.memory(view.getBigUint64(layouts.programLoad.fields.log_buf[0], true)).fill(0x2e, 0, size - 1);
        return super.bpf(command, attr);
      }
    }
    setKernel(new Talkative());
    const loaded = loadCollection(specOf([], [oneProgram("only")]), { verifierLog: "branches" });
    expect(tried.filter((size) => size > 0)).toEqual([64 * 1024, 256 * 1024, 1 << 20]);
    expect(loaded.programs.get("only")!.verifierLog).toHaveLength(NEEDED - 1);
    loaded.close();
  });
});
