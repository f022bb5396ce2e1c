import { beforeEach, describe, expect, test } from "vitest";
import { type Live, useReaders } from "../../fixtures/readers.js";

describe.skipIf(process.getuid?.() !== 0)("a user ring buffer, on this kernel, as root", () => {
  const bench = useReaders();
  let skel: Live;
  beforeEach(() => {
    skel = bench.skel;
  });

  test("hands typed records to the program that drains it", () => {
    for (let i = 1; i <= 10; i++) expect(skel.maps.orders.write({ kind: i, amount: 100 })).toBe(true);
    expect(skel.maps.orders.pending).toBe(160);
    expect(skel.programs.drain.testRun().returnValue).toBe(10);
    expect([skel.globals.total, skel.globals.taken, skel.maps.orders.pending]).toEqual([5500n, 10, 0]);
  });

  test("says when it is full, goes on when it was drained, and over its end", async () => {
    let written = 0;
    for (let round = 0; round < 5; round++) {
      while (skel.maps.orders.write({ kind: 1, amount: written })) written++;
      expect(skel.maps.orders.pending).toBe(4096);
      let sent = false;
      const sending = skel.maps.orders.send({ kind: 1, amount: written++ }).then((done) => {
        sent = done;
      });
      await new Promise((resolve) => setTimeout(resolve, 10));
      expect(sent).toBe(false);
      skel.programs.drain.testRun();
      await sending;
      expect(sent).toBe(true);
    }
    skel.programs.drain.testRun();
    expect([skel.globals.taken, skel.globals.total]).toEqual([
      written,
      BigInt((written * (written - 1)) / 2),
    ]);
  });

  test("leaves no record of a value that cannot be encoded, and refuses what never fits", async () => {
    expect(() => skel.maps.orders.write({ kind: -1, amount: 1 })).toThrow(/kind/);
    expect(() => skel.maps.orders.writeBytes(new Uint8Array(4096))).toThrow(/never fits/);
    expect(skel.maps.orders.writeBytes(new Uint8Array([2, 0, 0, 0, 21, 0, 0, 0]))).toBe(true);
    skel.programs.drain.testRun();
    expect([skel.globals.taken, skel.globals.total]).toEqual([1, 42n]);
  });

  test("stops waiting for room when the map is closed", async () => {
    while (skel.maps.orders.write({ kind: 1, amount: 1 }));
    const sending = skel.maps.orders.send({ kind: 1, amount: 1 });
    skel.close();
    expect(await sending).toBe(false);
  });
});
