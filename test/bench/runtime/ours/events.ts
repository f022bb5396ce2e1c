// Records that are there: what reading one takes.
import { check, EVENTS, each, figure, ROUNDS, time } from "./measure.js";
import type { Live } from "./skeleton.js";

export async function events(live: Live): Promise<void> {
  const { ring } = live.maps;
  const context = new Uint8Array(new Uint32Array([EVENTS]).buffer);
  const fill = (): void => check(live.programs.fill.testRun({ context }).returnValue === EVENTS, "fill");
  const measure = (consume: () => number): number => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      fill();
      let count = 0;
      times.push(
        time(() => {
          count = consume();
        }),
      );
      check(count === EVENTS, "consume");
    }
    return each(times, EVENTS);
  };
  let sum = 0;
  figure(
    "event_raw_ns",
    measure(() =>
      ring.consumeRaw((view, at) => {
        sum += view.getUint32(at + 8, true);
      }),
    ),
  );
  figure(
    "event_decoded_ns",
    measure(() =>
      ring.consume((event) => {
        sum += event.pid;
      }),
    ),
  );
  const loop = async (consume: () => Promise<void>): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      fill();
      const start = performance.now();
      await consume();
      times.push(performance.now() - start);
    }
    return each(times, EVENTS);
  };
  figure(
    "event_iterated_ns",
    await loop(async () => {
      let count = 0;
      for await (const event of ring) {
        sum += event.pid;
        if (++count === EVENTS) break;
      }
    }),
  );
  figure(
    "event_batches_ns",
    await loop(async () => {
      let count = 0;
      for await (const batch of ring.batches()) {
        for (const event of batch) sum += event.pid;
        count += batch.length;
        if (count === EVENTS) break;
      }
    }),
  );
  check(sum === 4 * ROUNDS * EVENTS * 4242, "records");
}
