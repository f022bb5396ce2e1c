// Our side of the comparison with libbpf: the same work, one figure a line, by name.
import { readFileSync } from "node:fs";
import { generateSkeleton, parseObject, readKernelBtf } from "@tsbpfc/loader";
import * as runtime from "@tsbpfc/runtime";
import { evaluateSkeleton } from "../../../loader/fixtures/skeleton/evaluate.js";

const ENTRIES = 10_000;
const EVENTS = 100_000;
const ROUNDS = 7;

interface Key {
  id: number;
}
interface Value {
  count: bigint;
  bytes: bigint;
}
interface Event {
  readonly pid: number;
  readonly first: bigint;
  readonly comm: string;
}
type Live = runtime.Skeleton<
  { readonly table: runtime.HashMap<Key, Value>; readonly ring: runtime.RingBuf<Event> },
  { readonly fill: runtime.SkeletonProgram },
  object,
  object
>;

const figure = (name: string, value: number): void => console.log(`${name} ${value}`);

/** Milliseconds. */
function time(act: () => void): number {
  const start = performance.now();
  act();
  return performance.now() - start;
}

/** The machine does other things too: the quickest round is the one that they disturbed least. */
const best = (values: readonly number[]): number => Math.min(...values);
const rounds = (act: () => void): number => best(Array.from({ length: ROUNDS }, () => time(act)));

function check(is: boolean, what: string): void {
  if (!is) throw new Error(what);
}

function used(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function kernelTypes(): void {
  const find = (): void => check(readKernelBtf().find("task_struct", ["struct"]).length === 1, "vmlinux BTF");
  const before = used();
  const btf = readKernelBtf();
  btf.find("task_struct", ["struct"]);
  figure("btf_mb", (used() - before) / 2 ** 20);
  figure("btf_ms", rounds(find));
  check(btf.count > 0, "vmlinux BTF");
}

function load(path: string): void {
  const object = new Uint8Array(readFileSync(path));
  figure(
    "load_ms",
    rounds(() => runtime.loadCollection(parseObject(object)).close()),
  );
}

function elements(table: Live["maps"]["table"]): void {
  const key = { id: 0 };
  const update: number[] = [];
  const lookup: number[] = [];
  const remove: number[] = [];
  const entries = Array.from({ length: ENTRIES }, (_, i): [Key, Value] => [
    { id: i },
    { count: BigInt(i), bytes: BigInt(i * 2) },
  ]);
  const keys = entries.map(([k]) => k);
  for (let round = 0; round < ROUNDS; round++) {
    update.push(
      time(() => {
        for (const [k, v] of entries) table.set(k, v);
      }),
    );
    let sum = 0n;
    lookup.push(
      time(() => {
        for (let i = 0; i < ENTRIES; i++) {
          key.id = i;
          sum += table.get(key)?.count ?? 0n;
        }
      }),
    );
    check(sum === BigInt((ENTRIES * (ENTRIES - 1)) / 2), "lookup");
    remove.push(
      time(() => {
        for (const k of keys) check(table.delete(k), "delete");
      }),
    );
  }
  const ns = (times: readonly number[]): number => (best(times) * 1e6) / ENTRIES;
  figure("update_ns", ns(update));
  figure("lookup_ns", ns(lookup));
  figure("delete_ns", ns(remove));
  const sets: number[] = [];
  const gets: number[] = [];
  const removes: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    sets.push(time(() => table.setMany(entries)));
    let count = 0;
    gets.push(
      time(() => {
        for (const [, value] of table) if (value.count >= 0n) count++;
      }),
    );
    check(count === ENTRIES, "lookup batch");
    removes.push(time(() => check(table.deleteMany(keys) === ENTRIES, "delete batch")));
  }
  figure("update_batch_ns", ns(sets));
  figure("lookup_batch_ns", ns(gets));
  figure("delete_batch_ns", ns(removes));
}

async function events(live: Live): Promise<void> {
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
    return (best(times) * 1e6) / EVENTS;
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
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    fill();
    let count = 0;
    const start = performance.now();
    for await (const event of ring) {
      sum += event.pid;
      if (++count === EVENTS) break;
    }
    times.push(performance.now() - start);
  }
  check(sum === 3 * ROUNDS * EVENTS * 4242, "records");
  figure("event_iterated_ns", (best(times) * 1e6) / EVENTS);
}

export async function main(objectPath: string, manyPath: string): Promise<void> {
  kernelTypes();
  load(manyPath);
  const object = new Uint8Array(readFileSync(objectPath));
  const { ts } = generateSkeleton(parseObject(object), object, {
    name: "Bench",
    source: "objects.bpf.o",
    embed: true,
  });
  const { Bench } = evaluateSkeleton(ts, runtime) as { Bench: { open(): Live } };
  const live = Bench.open().load();
  try {
    elements(live.maps.table);
    await events(live);
  } finally {
    live.close();
  }
}
