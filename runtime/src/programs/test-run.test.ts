import { parseObject } from "@tsbpfc/loader";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { type Collection, loadCollection } from "../load/collection.js";
import { onlineCpus } from "../sys/cpus.js";

const words = (...values: readonly bigint[]): Uint8Array => new Uint8Array(new BigUint64Array(values).buffer);

describe.skipIf(process.getuid?.() !== 0)("a test run on this kernel, as root", () => {
  let collection: Collection;
  beforeAll(() => {
    collection = loadCollection(parseObject(compileFixture("test-run")));
  });
  afterAll(() => collection.close());
  const program = (name: string): ReturnType<typeof collection.programs.get> & object =>
    collection.programs.get(name)!;

  test("a raw tracepoint takes its arguments", () => {
    expect(program("sum").testRun({ context: words(30n, 12n) })).toMatchObject({
      returnValue: 42,
      contextOut: new Uint8Array(),
    });
  });

  test("a syscall program gives its context back, and the caller's stays as it was", () => {
    const context = words(21n, 0n);
    expect(program("twice").testRun({ context })).toMatchObject({
      returnValue: 5,
      contextOut: words(21n, 42n),
    });
    expect(context).toEqual(words(21n, 0n));
  });

  test("a tc program gives its context back apart", () => {
    const context = new Uint8Array(192);
    context[8] = 6;
    const { contextOut } = program("mark").testRun({ data: new Uint8Array(64), context });
    expect(contextOut.length).toBe(192);
    expect([context[8], contextOut[8]]).toEqual([6, 7]);
  });

  test("a packet may grow, within the room there is", () => {
    const { dataOut } = program("grow").testRun({ data: new Uint8Array(64) });
    expect([dataOut.length, dataOut[0]]).toEqual([80, 0xab]);
    expect(() => program("grow").testRun({ data: new Uint8Array(64), room: 8 })).toThrow(/ENOSPC.*`room`/);
  });

  test("a raw tracepoint runs on the CPU that is asked for", () => {
    for (const cpu of onlineCpus())
      expect(program("where").testRun({ cpu, context: words(0n) }).returnValue).toBe(cpu);
    expect(() => program("where").testRun({ cpu: 4095, context: words(0n) })).toThrow(/ENXIO.*no such CPU/);
    expect(() => program("grow").testRun({ cpu: 0, data: new Uint8Array(64) })).toThrow(/raw tracepoints/);
  });

  test("live frames: each is seen once, and nothing comes back", () => {
    const data = new Uint8Array(64);
    const result = program("seen").testRun({ data, repeat: 100, liveFrames: true, batchSize: 7 });
    expect(result.dataOut).toEqual(new Uint8Array());
    const memory = collection.maps.get(".bss")!.memory!;
    expect(memory.getBigUint64(0, true)).toBe(100n);
    expect(() => program("seen").testRun({ data, liveFrames: true, batchSize: 257 })).toThrow(/at most 256/i);
    expect(() => program("seen").testRun({ data, batchSize: 7 })).toThrow(/live frames are for XDP/);
  });

  test("a map is bound to a program, which then holds it", () => {
    const map = collection.maps.get("apart")!;
    const { id } = map.info();
    expect(program("seen").info().mapIds).not.toContain(id);
    program("seen").bindMap(map);
    expect(program("seen").info().mapIds).toContain(id);
  });

  test("what the type does not take is an error that says so", () => {
    expect(() => program("twice").testRun({ repeat: 3, context: words(1n, 1n) })).toThrow(
      /EINVAL.*repeat count/,
    );
    expect(() => program("grow").testRun({ data: new Uint8Array(4) })).toThrow(/at least 14 bytes/);
  });
});
