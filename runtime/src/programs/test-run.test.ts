import { parseObject } from "@tsbpfc/loader";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { type Collection, loadCollection } from "../load/collection.js";

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

  test("what the type does not take is an error that says so", () => {
    expect(() => program("twice").testRun({ repeat: 3, context: words(1n, 1n) })).toThrow(
      /EINVAL.*repeat count/,
    );
    expect(() => program("grow").testRun({ data: new Uint8Array(4) })).toThrow(/at least 14 bytes/);
  });
});
