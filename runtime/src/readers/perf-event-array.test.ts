import { constants } from "node:os";
import { beforeEach, describe, expect, test } from "vitest";
import {
  getpgid,
  type Line,
  type Live,
  onOneCpu,
  sequences,
  upTo,
  useReaders,
} from "../../fixtures/readers.js";
import * as runtime from "../index.js";

const { ENOSPC } = constants.errno;

describe.skipIf(process.getuid?.() !== 0)("a perf event array, on this kernel, as root", () => {
  const bench = useReaders();
  let skel: Live;
  beforeEach(() => {
    skel = bench.skel;
  });

  test("gives typed records of each length, as they come", async () => {
    skel.maps.by_cpu.open();
    skel.programs.on_getpgid.attach();
    const met: Line[] = [];
    getpgid(40);
    for await (const line of skel.maps.by_cpu) {
      met.push(line);
      if (met.length === 40) getpgid(2);
      if (met.length === 42) break;
    }
    met.sort((a, b) => a.sequence - b.sequence);
    expect(sequences(met)).toEqual(upTo(42));
    for (const { pid, sequence, bytes } of met) {
      expect(pid).toBe(process.pid);
      // The kernel pads to 8 bytes, its own 4 bytes of size counted.
      expect(bytes.length).toBe(Math.ceil((4 + 8 + (sequence % 16)) / 8) * 8 - 12);
      expect(bytes.subarray(0, sequence % 16).every((byte) => byte === sequence)).toBe(true);
    }
    expect(skel.maps.by_cpu.lost).toBe(0);
  });

  test("counts what found no room, exactly", () => {
    const told: number[] = [];
    const page = 4096;
    skel.maps.by_cpu.open({ bytesPerCpu: page, onLost: (count) => told.push(count) });
    skel.programs.on_getpgid.attach();
    skel.globals.length = 100;
    const met: Line[] = [];
    // The kernel tells of a loss with the next record on that CPU: elsewhere there may be none.
    onOneCpu(() => {
      for (let i = 0; i < 20; i++) {
        getpgid(100);
        skel.maps.by_cpu.consume((line) => met.push(line));
      }
      for (let i = 0; i < 50; i++) {
        getpgid(1);
        skel.maps.by_cpu.consume((line) => met.push(line));
      }
    });
    expect(skel.maps.by_cpu.lost).toBeGreaterThan(500);
    expect(met.length + skel.maps.by_cpu.lost).toBe(skel.globals.seen);
    expect(told.reduce((sum, count) => sum + count, 0)).toBe(skel.maps.by_cpu.lost);
  });

  test("with a watermark wakes its reader once for many records", async () => {
    skel.maps.by_cpu.open({ bytesPerCpu: 65_536, wakeup: { bytes: 8192 } });
    skel.programs.on_getpgid.attach();
    skel.globals.length = 100;
    const abort = new AbortController();
    let rounds = 0;
    let met = 0;
    const listening = skel.maps.by_cpu.listenRaw(
      (view, at, length) => {
        expect(view.getUint32(at, true)).toBe(process.pid);
        expect(length).toBe(108);
        met++;
      },
      { signal: abort.signal },
    );
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));
    await pause();
    getpgid(5);
    await pause();
    expect(met).toBe(0);
    for (; met === 0 && rounds < 1000; rounds++) {
      getpgid(10);
      await new Promise((resolve) => setImmediate(resolve));
    }
    abort.abort();
    await listening;
    expect(met).toBeGreaterThan(8192 / 200);
  });

  test("gives what a watermark holds back to a waiting loop that is flushed", async () => {
    skel.maps.by_cpu.open({ bytesPerCpu: 65_536, wakeup: { bytes: 32_768 } });
    skel.programs.on_getpgid.attach();
    const met: Line[] = [];
    const loop = (async () => {
      for await (const line of skel.maps.by_cpu) if (met.push(line) === 5) break;
    })();
    await new Promise((resolve) => setTimeout(resolve, 20));
    getpgid(5);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(met).toEqual([]);
    skel.maps.by_cpu.flush();
    await loop;
    expect(sequences(met).sort()).toEqual(upTo(5));
  });

  test("that is paused keeps what it has, tells programs, and counts what they send", () => {
    const { by_cpu } = skel.maps;
    by_cpu.open();
    skel.programs.on_getpgid.attach();
    const met: Line[] = [];
    onOneCpu(() => {
      getpgid(3);
      by_cpu.pause();
      getpgid(4);
      expect(skel.globals.sent).toBe(-ENOSPC);
      expect(by_cpu.consume((line) => met.push(line))).toBe(3);
      by_cpu.resume();
      getpgid(2);
      by_cpu.consume((line) => met.push(line));
    });
    expect(sequences(met)).toEqual([0, 1, 2, 7, 8]);
    expect([skel.globals.sent, by_cpu.lost]).toEqual([0, 4]);
  });

  describe("that overwrites the oldest records", () => {
    /** Bytes of a record: its header, size, and what `on_getpgid` sends, padded to 8. */
    const recordSize = (length: number): number => 8 + Math.ceil((4 + 8 + length) / 8) * 8;
    const page = 4096;

    test("gives exactly the newest that fit, the oldest of them first, again and again", () => {
      const { by_cpu } = skel.maps;
      by_cpu.open({ bytesPerCpu: page, overwritable: true });
      skel.programs.on_getpgid.attach();
      onOneCpu(() => {
        let sent = 0;
        let read = 0;
        for (const [length, count] of [
          [100, 1000],
          [7, 2],
          [100, 10],
          [256, 333],
          [0, 5000],
        ] as const) {
          skel.globals.length = length;
          getpgid(count);
          sent += count;
          const size = recordSize(length);
          const fit = Math.min(count, Math.floor(page / size));
          const met: Line[] = [];
          expect(by_cpu.pending).toBe(Math.min(count * size, page));
          const before = by_cpu.overwritten;
          expect(by_cpu.consume((line) => met.push(line))).toBe(fit);
          expect(sequences(met)).toEqual(upTo(fit).map((i) => sent - fit + i));
          expect(met.every(({ bytes }) => bytes.length === size - 8 - 12)).toBe(true);
          expect(by_cpu.overwritten - before).toBe((count - fit) * size);
          expect(by_cpu.pending).toBe(0);
          read += fit;
        }
        expect(skel.globals.seen).toBe(sent);
        expect(read).toBeLessThan(sent);
        expect(by_cpu.lost).toBe(0);
      });
    });

    test("counts what came while it was paused, and goes on", () => {
      const { by_cpu } = skel.maps;
      by_cpu.open({ bytesPerCpu: page, overwritable: true });
      skel.programs.on_getpgid.attach();
      const met: Line[] = [];
      onOneCpu(() => {
        skel.globals.length = 100;
        getpgid(100);
        by_cpu.pause();
        getpgid(50);
        by_cpu.consume((line) => met.push(line));
        const fit = Math.floor(page / recordSize(100));
        expect(sequences(met)).toEqual(upTo(fit).map((i) => 100 - fit + i));
        expect(skel.globals.sent).toBe(-ENOSPC);
        by_cpu.resume();
        getpgid(1);
        by_cpu.consume((line) => met.push(line));
        expect([met.at(-1)?.sequence, by_cpu.lost]).toEqual([150, 50]);
      });
    });

    test("is read as records come, too, and while callbacks send more", async () => {
      const { by_cpu } = skel.maps;
      by_cpu.open({ overwritable: true });
      skel.programs.on_getpgid.attach();
      const met: Line[] = [];
      getpgid(10);
      for await (const line of by_cpu) {
        if (met.push(line) === 5) getpgid(3);
        if (met.length === 13) break;
      }
      expect(sequences(met).sort((a, b) => a - b)).toEqual(upTo(13));
      expect([by_cpu.lost, by_cpu.overwritten]).toEqual([0, 0]);
    });

    test("refuses a wake-up by bytes, which the kernel cannot keep", () => {
      expect(() => skel.maps.by_cpu.open({ overwritable: true, wakeup: { bytes: 100 } })).toThrow(
        /not after bytes/,
      );
    });
  });

  test("is opened once, and its slots are checked", () => {
    skel.maps.by_cpu.open();
    expect(() => skel.maps.by_cpu.open()).toThrow(/has its buffers already/);
    expect(() => skel.maps.by_cpu.set(-1, { fd: 0 })).toThrow(/slots 0 to/);
    expect(() => skel.maps.by_cpu.set(0, { fd: 0 })).toThrow(runtime.SyscallError);
    expect(skel.maps.by_cpu.delete(0)).toBe(true);
  });

  test("refuses a wake-up that never comes, and buffers without size", () => {
    expect(() => skel.maps.by_cpu.open({ wakeup: { events: 0 } })).toThrow(/wake-up/);
    expect(() => skel.maps.by_cpu.open({ bytesPerCpu: 0 })).toThrow(/bytesPerCpu/);
  });
});
