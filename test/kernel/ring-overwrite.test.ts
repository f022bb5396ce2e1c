import { mapFlagFeature, type RingBuf, type Skeleton, type SkeletonProgram } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { fixtureSkeleton } from "../../runtime/fixtures/skeleton.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";

interface Numbered {
  readonly number: bigint;
  readonly copies: readonly bigint[];
}
type Flight = Skeleton<
  { ring: RingBuf<Numbered> },
  Record<"send" | "burst", SkeletonProgram>,
  object,
  { sent: bigint }
>;

const overwriting = mapFlagFeature("BPF_F_RB_OVERWRITE");
/** A record of 48 bytes with its header. */
const BYTES = 56;

function load(t: Bench): Flight {
  const probe = fixtureSkeleton<Flight>("ring-overwrite").open();
  t.defer(() => probe.close());
  return probe.load();
}

const send = (probe: Flight, count: number): unknown =>
  probe.programs.send.testRun({ context: new Uint8Array(new Uint32Array([count]).buffer) });

function read({ maps }: Flight): number[] {
  const numbers: number[] = [];
  maps.ring.consume(({ number, copies }) => {
    expect(copies).toEqual(new Array(copies.length).fill(number));
    numbers.push(Number(number));
  });
  return numbers;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe("a ring buffer that writes over its oldest records", () => {
  kernelTest("gives all of them while there is room, and then the newest", { needs: [overwriting] }, (t) => {
    const probe = load(t);
    send(probe, 10);
    expect(read(probe)).toEqual(range(0, 10));
    expect([probe.maps.ring.pending, probe.maps.ring.overwritten]).toEqual([0, 0]);
    send(probe, 500);
    const newest = read(probe);
    expect(newest).toEqual(range(510 - newest.length, 510));
    expect(newest.length).toBe(Math.floor(4096 / BYTES));
    expect(probe.maps.ring.overwritten).toBe((500 - newest.length) * BYTES);
    expect(read(probe)).toEqual([]);
  });

  kernelTest("wakes who waits", { needs: [overwriting] }, async (t) => {
    const probe = load(t);
    send(probe, 200);
    read(probe);
    const numbers: bigint[] = [];
    for (const round of [1, 2, 3]) {
      setTimeout(() => send(probe, 2), 20);
      for await (const { number } of probe.maps.ring) {
        numbers.push(number);
        if (numbers.length === round * 2) break;
      }
    }
    expect(numbers.map(Number)).toEqual(range(200, 206));
  });

  kernelTest("gives whole records only, while interrupts write", { needs: [overwriting] }, (t) => {
    const probe = load(t);
    const link = probe.programs.burst.attach({ pid: process.pid, sampling: { frequency: 4000 } });
    const numbers: number[] = [];
    for (const end = performance.now() + 2000; performance.now() < end; )
      for (const number of read(probe)) numbers.push(number);
    link.close();
    numbers.push(...read(probe));
    const sent = Number(probe.globals.sent);
    expect(sent).toBeGreaterThan(100);
    expect(numbers.every((number, i) => i === 0 || number > numbers[i - 1]!)).toBe(true);
    expect(numbers.length + probe.maps.ring.overwritten / BYTES).toBe(sent);
  });

  if (overwriting.probe() === "no")
    kernelTest("is refused by older kernels, and the error names the release that has it", {}, (t) => {
      expect(() => load(t)).toThrow(/no map flag BPF_F_RB_OVERWRITE: they need Linux 6\.19/);
    });
});
