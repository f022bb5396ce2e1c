import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { RingBuf, Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
import type { Soaked } from "./attach.js";
import type { ProducerInput } from "./producer.js";
import { columns, excess, growth, type Usage, usage } from "./usage.js";

interface Event {
  readonly sequence: bigint;
  readonly comm: string;
}
export type Live = Skeleton<
  { readonly ring: RingBuf<Event> },
  { readonly fill: SkeletonProgram },
  object,
  { tried: bigint; refused: bigint }
>;

/** A record of `soak.bpf.c` with its header (kernel: `BPF_RINGBUF_HDR_SZ`). */
const RECORD_BYTES = 40;
/** Records between two pauses of the reader. */
const QUANTUM = 2000;
const SAMPLES = 40;

export interface EventSoak {
  readonly what: string;
  readonly count: number;
  /** Roughly how long the reader takes for what it reads. */
  readonly seconds: number;
  /** True: the producer waits until there is room. False: it sends four times what the reader reads. */
  readonly room: boolean;
}

/**
 * A reader that pauses, beside a thread that sends in bursts: with room nothing may be lost, without it what the
 * reader misses must be, record by record, what the program was refused.
 */
export async function soakEvents(live: Live, producer: string, soak: EventSoak): Promise<Soaked> {
  const { what, count, room } = soak;
  const { ring } = live.maps;
  // A record fits if the positions are less than the size apart (kernel: `__bpf_ringbuf_reserve`).
  const fits = Math.floor((ring.maxEntries - 1) / RECORD_BYTES);
  const burst = Math.floor(fits / (room ? 4 : 2));
  const perMs = count / (soak.seconds * 1000);
  const read = new Int32Array(new SharedArrayBuffer(4));
  const input: ProducerInput = {
    program: live.programs.fill.program.fd,
    total: count,
    burst,
    room: room ? fits : null,
    pauseMs: burst / perMs,
    read,
  };
  const samples: Usage[] = [];
  const started = { tried: live.globals.tried, refused: live.globals.refused };
  let received = 0;
  let gaps = 0n;
  let next = started.tried;
  let wrong = 0;
  const start = performance.now();
  const thread = new Worker(producer, { workerData: input });
  const ended = once(thread, "exit");
  const stop = new AbortController();
  // Ends the loop when all is sent and read: the reader waits for more otherwise.
  let sending = true;
  void ended.then(async () => {
    sending = false;
    while (ring.pending > 0) await sleep(5);
    stop.abort();
  });
  let sampled = 0;
  for await (const { sequence, comm } of ring.read({ signal: stop.signal })) {
    gaps += sequence - next;
    next = sequence + 1n;
    received++;
    if (comm !== "a-process-name") wrong++;
    if (received % QUANTUM > 0) continue;
    Atomics.store(read, 0, received);
    Atomics.notify(read, 0);
    const now = performance.now() - start;
    const due = received / (room ? perMs : perMs / 4);
    if (sending && due > now) await sleep(due - now);
    if (now - sampled < (soak.seconds * 1000) / SAMPLES) continue;
    sampled = now;
    samples.push(usage());
  }
  const [code] = (await ended) as [number];
  const seconds = (performance.now() - start) / 1000;
  const tried = live.globals.tried - started.tried;
  const refused = live.globals.refused - started.refused;
  // Those behind the last that was received were refused too.
  const missed = gaps + (live.globals.tried - next);
  const grown = growth(samples);
  const failures = [
    ...(code === 0 ? [] : [`the producer ended with ${code}`]),
    ...(tried === BigInt(count) ? [] : [`${tried} of ${count} were tried`]),
    ...(wrong === 0 ? [] : [`${wrong} records are damaged`]),
    ...(BigInt(received) + refused === tried
      ? []
      : [`received ${received} and refused ${refused} are not the ${tried} that were tried`]),
    ...(missed === refused ? [] : [`${missed} are missing, and ${refused} were refused`]),
    ...(room && refused > 0n ? [`${refused} were refused although there was room`] : []),
    ...(!room && refused === 0n ? ["nothing was refused: the reader was not slow"] : []),
    ...excess(grown),
  ];
  return {
    row: {
      what,
      tried: `${tried}`,
      received,
      refused: `${refused}`,
      missing: `${missed}`,
      seconds: seconds.toFixed(1),
      ...columns(grown),
    },
    failures: failures.map((failure) => `${what}: ${failure}`),
  };
}
