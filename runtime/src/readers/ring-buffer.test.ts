import { beforeEach, describe, expect, test } from "vitest";
import { getpgid, type Line, type Live, sequences, upTo, useReaders } from "../../fixtures/readers.js";
import * as runtime from "../index.js";
import { kernel } from "../sys/kernel.js";

describe.skipIf(process.getuid?.() !== 0)("a ring buffer, on this kernel, as root", () => {
  const bench = useReaders();
  let skel: Live;
  beforeEach(() => {
    skel = bench.skel;
  });

  test("gives each record its own length", async () => {
    skel.programs.on_getpgid.attach();
    getpgid(20);
    const met: Line[] = [];
    for await (const line of skel.maps.ring) {
      met.push(line);
      if (met.length === 20) break;
    }
    expect(met.map((line) => line.bytes.length)).toEqual(upTo(20).map((n) => n % 16));
    expect(met.every((line) => line.bytes.every((byte) => byte === line.sequence))).toBe(true);
  });

  test("loses nothing while there is room, and a slow reader is told by the program what was lost", async () => {
    skel.programs.on_getpgid.attach();
    skel.globals.length = 48;
    const met: number[] = [];
    const abort = new AbortController();
    const reading = (async () => {
      for await (const line of skel.maps.ring.read({ signal: abort.signal })) {
        met.push(line.sequence);
        if (met.length % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    for (let i = 0; i < 50; i++) {
      getpgid(200);
      await new Promise((resolve) => setImmediate(resolve));
    }
    while (skel.maps.ring.pending > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 20));
    abort.abort();
    await reading;
    expect(skel.globals.refused).toBeGreaterThan(0);
    expect(met.length + skel.globals.refused).toBe(10_000);
    expect(met).toEqual([...met].sort((a, b) => a - b));
  });

  test("gives lists of what is there at once, after what an earlier loop has left", async () => {
    skel.programs.on_getpgid.attach();
    getpgid(10);
    for await (const line of skel.maps.ring) if (line.sequence === 3) break;
    const met: number[][] = [];
    for await (const lines of skel.maps.ring.batches()) {
      met.push(sequences(lines));
      if (met.length === 1) getpgid(5);
      if (met.length === 2) break;
    }
    expect(met).toEqual([
      [4, 5, 6, 7, 8, 9],
      [10, 11, 12, 13, 14],
    ]);
  });

  test("keeps for the next reader what a loop that was left has not taken", async () => {
    skel.programs.on_getpgid.attach();
    getpgid(10);
    for await (const line of skel.maps.ring) if (line.sequence === 3) break;
    const rest: Line[] = [];
    expect(skel.maps.ring.consume((line) => rest.push(line))).toBe(6);
    expect(sequences(rest)).toEqual([4, 5, 6, 7, 8, 9]);
  });

  test("tells how far programs and reader are, and so how full it is", () => {
    const { ring } = skel.maps;
    skel.programs.on_getpgid.attach();
    skel.globals.length = 4;
    const state = (): number[] => [ring.producerPosition, ring.consumerPosition, ring.pending];
    expect([...state(), ring.size]).toEqual([0, 0, 0, 4096]);
    getpgid(300);
    // A header, the record, and what is missing to a multiple of 8.
    expect(state()).toEqual([170 * 24, 0, 170 * 24]);
    expect(skel.globals.refused).toBe(130);
    ring.consume(() => {});
    getpgid(1);
    expect(state()).toEqual([171 * 24, 170 * 24, 24]);
  });

  test("waits without using the processor", async () => {
    const abort = new AbortController();
    const listening = skel.maps.ring.listen(() => {}, { signal: abort.signal });
    // In an emulated machine whose host is busy, a processor's time runs although nothing does: the best try counts.
    const shares: number[] = [];
    for (let i = 0; i < 4; i++) {
      const [before, start] = [process.cpuUsage(), performance.now()];
      await new Promise((resolve) => setTimeout(resolve, 200));
      const { user, system } = process.cpuUsage(before);
      shares.push((user + system) / 1000 / (performance.now() - start));
    }
    abort.abort();
    await listening;
    expect(Math.min(...shares)).toBeLessThan(0.5);
  });

  test("is woken once for a record, and does not wake itself again", async () => {
    const machine = kernel();
    let woken = 0;
    runtime.setKernel({
      ...machine,
      watch: (fd, readable) =>
        machine.watch(fd, () => {
          woken++;
          readable();
        }),
    });
    try {
      skel.programs.on_getpgid.attach();
      const abort = new AbortController();
      let met = 0;
      const listening = skel.maps.ring.listen(() => void met++, { signal: abort.signal });
      for (let i = 1; i <= 10; i++) {
        getpgid(1);
        while (met < i) await new Promise((resolve) => setTimeout(resolve, 1));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      abort.abort();
      await listening;
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(woken).toBe(10);
    } finally {
      runtime.setKernel(null);
    }
  });

  test("ends a callback's listening with what the callback throws", async () => {
    skel.programs.on_getpgid.attach();
    getpgid(2);
    const failing = skel.maps.ring.listen((line) => {
      if (line.sequence === 1) throw new RangeError("enough");
    });
    await expect(failing).rejects.toThrow("enough");
    expect(skel.maps.ring.pending).toBe(0);
  });
});
