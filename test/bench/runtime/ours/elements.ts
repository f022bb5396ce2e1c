// Elements of maps: one by one, in batches, in shared memory.
import { check, ENTRIES, each, figure, ROUNDS, rounds, time } from "./measure.js";
import type { Key, Live, Value } from "./skeleton.js";

/** A round without system calls is short: V8 needs more of them until it has compiled what they run. */
const SHARED_ROUNDS = 50;

export function elements({ maps }: Live): void {
  const entries = Array.from({ length: ENTRIES }, (_, i): [Key, Value] => [
    { id: i },
    { count: BigInt(i), bytes: BigInt(i * 2) },
  ]);
  oneByOne(maps.table, entries);
  inBatches(maps.table, entries);
  shared(maps.shared, entries);
  eachCpu(maps.each_cpu);
}

type Table = Live["maps"]["table"];

function oneByOne(table: Table, entries: readonly (readonly [Key, Value])[]): void {
  const update: number[] = [];
  const lookup: number[] = [];
  const remove: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    update.push(
      time(() => {
        for (const [k, v] of entries) table.set(k, v);
      }),
    );
    let sum = 0n;
    lookup.push(
      time(() => {
        for (const [k] of entries) sum += table.get(k)?.count ?? 0n;
      }),
    );
    check(sum === BigInt((ENTRIES * (ENTRIES - 1)) / 2), "lookup");
    remove.push(
      time(() => {
        for (const [k] of entries) check(table.delete(k), "delete");
      }),
    );
  }
  figure("update_ns", each(update));
  figure("lookup_ns", each(lookup));
  figure("delete_ns", each(remove));
}

function inBatches(table: Table, entries: readonly (readonly [Key, Value])[]): void {
  const keys = entries.map(([k]) => k);
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
  figure("update_batch_ns", each(sets));
  figure("lookup_batch_ns", each(gets));
  figure("delete_batch_ns", each(removes));
}

function shared(map: Live["maps"]["shared"], entries: readonly (readonly [Key, Value])[]): void {
  const array = map.shared();
  entries.forEach(([, value], i) => {
    array.set(i, value);
  });
  let sum = 0n;
  const decoded = rounds(() => {
    for (let i = 0; i < ENTRIES; i++) sum += array.get(i).count;
  }, SHARED_ROUNDS);
  const { view } = array;
  const raw = rounds(() => {
    for (let i = 0; i < ENTRIES; i++) sum += view.getBigUint64(i * array.stride, true);
  }, SHARED_ROUNDS);
  check(sum === BigInt(SHARED_ROUNDS * ENTRIES * (ENTRIES - 1)), "shared");
  figure("shared_ns", each(decoded));
  figure("shared_raw_ns", each(raw));
}

function eachCpu(map: Live["maps"]["each_cpu"]): void {
  let sum = 0n;
  const lookups = rounds(() => {
    for (let i = 0; i < ENTRIES; i++) for (const { count } of map.get(i) ?? []) sum += count;
  });
  let count = 0;
  const batches = rounds(() => {
    for (const [, values] of map) {
      for (const value of values) sum += value.count;
      count++;
    }
  });
  check(sum === 0n && count === ROUNDS * ENTRIES, "each CPU");
  figure("each_cpu_ns", each(lookups));
  figure("each_cpu_batch_ns", each(batches));
}
