import { describe, expect, test } from "vitest";
import { RecordLoop, type Supply, Taken } from "./record-loop.js";

/** Records of lists that come one after the other, each when `arrive` is called. */
class Made implements Supply<number> {
  readonly taken = new Taken<number>();
  readonly there: number[][] = [];
  over = false;
  #wake: (ready: boolean) => void = () => {};

  ended(): boolean {
    return this.over;
  }
  take(): { readonly error: unknown } | null {
    for (const record of this.there.shift() ?? []) {
      if (record < 0) return { error: new RangeError(`${record}`) };
      this.taken.push(record);
    }
    return null;
  }
  more(): Promise<boolean> {
    if (this.there.length > 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
  wake(): void {
    this.#wake(true);
  }
  arrive(...records: number[]): void {
    this.there.push(records);
    this.wake();
  }
}

describe("a loop over records", () => {
  test("answers calls in their order, also those that do not wait for each other", async () => {
    const supply = new Made();
    const loop = new RecordLoop(supply);
    const early = [loop.next(), loop.next(), loop.next()];
    supply.arrive(1, 2);
    await early[0];
    const fourth = loop.next();
    supply.arrive(3, 4, 5);
    expect(await Promise.all([...early, fourth, loop.next()])).toEqual(
      [1, 2, 3, 4, 5].map((value) => ({ done: false, value })),
    );
  });

  test("that is left while it waits ends the wait, and takes nothing more", async () => {
    const supply = new Made();
    const loop = new RecordLoop(supply);
    const waiting = loop.next();
    await new Promise((resolve) => setImmediate(resolve));
    supply.there.push([1]);
    expect(await loop.return()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await loop.next()).toEqual({ done: true, value: undefined });
    expect(supply.there).toEqual([[1]]);
  });

  test("that is left keeps the rest of a batch for the next one", async () => {
    const supply = new Made();
    supply.arrive(1, 2, 3);
    for await (const record of new RecordLoop(supply)) if (record === 2) break;
    expect(await new RecordLoop(supply).next()).toEqual({ done: false, value: 3 });
  });

  test("hands over what came before a record that cannot be decoded, then fails, then is over", async () => {
    const supply = new Made();
    supply.arrive(1, 2, -3);
    const loop = new RecordLoop(supply);
    expect(await loop.next()).toEqual({ done: false, value: 1 });
    expect(await loop.next()).toEqual({ done: false, value: 2 });
    await expect(loop.next()).rejects.toThrow("-3");
    expect(await loop.next()).toEqual({ done: true, value: undefined });
  });

  test("ends where it is when the map is closed", async () => {
    const supply = new Made();
    supply.arrive(1, 2);
    const met: number[] = [];
    for await (const record of new RecordLoop(supply)) {
      met.push(record);
      supply.over = true;
    }
    expect(met).toEqual([1]);
  });
});
