import { beforeEach, describe, expect, test } from "vitest";
import { type Live, useReaders } from "../../fixtures/readers.js";
import { u32 } from "../codecs/index.js";
import type * as runtime from "../index.js";

describe.skipIf(process.getuid?.() !== 0)("an iterator, on this kernel, as root", () => {
  const bench = useReaders();
  let skel: Live;
  beforeEach(() => {
    skel = bench.skel;
  });

  const pair: runtime.Codec<[number, number]> = {
    size: 8,
    read: (view, at) => [u32.read(view, at), u32.read(view, at + 4)],
    write: () => {},
  };

  test("is read as records, lines and bytes, a round each time", () => {
    const records = [...skel.programs.threads.attach().output().records(pair)];
    expect(records.length).toBeGreaterThan(1);
    expect(records.every(([tgid]) => tgid === process.pid)).toBe(true);
    const link = skel.programs.threads_text.attach();
    const lines = [...link.output().lines()];
    expect(lines[0]).toBe(`thread ${process.pid}`);
    expect(new TextDecoder().decode(link.read())).toBe(`${lines.join("\n")}\n`);
  });

  test("whose output is no whole number of records says so", () => {
    const output = skel.programs.threads_text.attach().output();
    expect(() => [...output.records({ ...pair, size: 1 << 20 })]).toThrow(/no whole record/);
  });

  test("other programs have no output", () => {
    expect(() => skel.programs.on_getpgid.attach().output()).toThrow(/only iterators/);
  });
});
