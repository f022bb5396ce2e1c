import { createRequire } from "node:module";
import { constants } from "node:os";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fixtureSkeleton } from "../../fixtures/skeleton.js";
import { u32 } from "../codecs/index.js";
import * as runtime from "../index.js";
import { kernel } from "../sys/kernel.js";

interface Line {
  readonly pid: number;
  readonly sequence: number;
  readonly bytes: Uint8Array;
}
interface Order {
  kind: number;
  amount: number;
}
interface Maps {
  readonly by_cpu: runtime.PerfEventArray<Line>;
  readonly ring: runtime.RingBuf<Line>;
  readonly orders: runtime.UserRingBuf<Order>;
}
type ProgramName = "on_getpgid" | "drain" | "threads" | "threads_text";
type Programs = { readonly [name in ProgramName]: runtime.SkeletonProgram };
interface Globals {
  length: number;
  print: number;
  seen: number;
  refused: number;
  sent: number;
  total: bigint;
  taken: number;
}
type Live = runtime.Skeleton<Maps, Programs, { wanted: number }, Globals>;

const sequences = (lines: readonly Line[]): number[] => lines.map((line) => line.sequence);
/** trace_pipe, which the kernel gives to one reader at a time: another test run may have it. */
async function* onlyReader(): AsyncGenerator<runtime.TraceLine> {
  for (let tries = 0; ; tries++) {
    try {
      return yield* runtime.tracePipe();
    } catch (error) {
      if (!(error instanceof runtime.SyscallError && error.code === "EBUSY" && tries < 40)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

const { ENOSPC } = constants.errno;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe.skipIf(process.getuid?.() !== 0)("readers on this kernel, as root", () => {
  let open: (options: object) => Live;
  let getpgid: (count: number) => void;
  let onOneCpu: (body: () => void) => void;
  let skel: Live;

  beforeAll(() => {
    const Readers = fixtureSkeleton<Live>("readers");
    open = (options) => Readers.open(options);
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
    const call = koffi.load(null).func("int getpgid(int pid)");
    getpgid = (count) => {
      for (let i = 0; i < count; i++) call(0);
    };
    const libc = koffi.load(null);
    const getAffinity = libc.func("int sched_getaffinity(int tid, size_t size, _Out_ uint8_t *mask)");
    const setAffinity = libc.func("int sched_setaffinity(int tid, size_t size, const uint8_t *mask)");
    onOneCpu = (body) => {
      const before = new Uint8Array(128);
      getAffinity(0, before.length, before);
      const first = before.findIndex((byte) => byte !== 0);
      const one = new Uint8Array(before.length);
      one[first] = before[first]! & -before[first]!;
      expect(setAffinity(0, one.length, one)).toBe(0);
      try {
        body();
      } finally {
        setAffinity(0, before.length, before);
      }
    };
  });
  beforeEach(() => {
    skel = open({ rodata: { wanted: process.pid } }).load();
  });
  afterEach(() => skel.close());

  describe("a perf event array", () => {
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

  describe("a ring buffer", () => {
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

  describe("a user ring buffer", () => {
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

  describe("an iterator", () => {
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

  test("trace_pipe gives what a program prints, with who and when", async () => {
    skel.programs.on_getpgid.attach();
    skel.globals.print = 1;
    const met: runtime.TraceLine[] = [];
    const timer = setInterval(() => getpgid(1), 5);
    try {
      for await (const line of onlyReader()) {
        // The buffer is the whole system's.
        if (!line.message.endsWith(` of ${process.pid}`)) continue;
        met.push(line);
        if (met.length === 3) break;
      }
    } finally {
      clearInterval(timer);
    }
    expect(met.map((line) => line.message)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^line \d+ of \d+$/)]),
    );
    expect(met[0]?.time).toBeGreaterThan(0);
  });
});
