import { type Arena, mapTypeFeature, type Skeleton, type SkeletonProgram } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { computing } from "../support/computed.js";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";

const arenas = mapTypeFeature("arena");
const needs = arenas ? [arenas] : [];

const table = declareProbe({
  "probe.bpf.ts": probe(
    `  @map({ maxEntries: 16 }) memory: Arena;
  @arena buckets: array<Bucket, 8>;
  @arena count: u64 = 1000;
  free: arena<Entry> | null = null;
  found: u64 = 0; walked: u64 = 0; refused: u64 = 0;

  slotOf(key: u64): u64 { return ((key * 0x9e3779b1) >> 8) & 7; }

  @SEC("syscall") insert(ctx: Pair): i32 {
    const page = this.memory.alloc<Entry>(1);
    if (!page) { this.refused++; return 1; }
    for (let i = 0; i < 100; i++) {
      const entry = offset(page, i);
      const bucket = this.buckets[this.slotOf(i)];
      entry.pair.key = i;
      entry.pair.value = ctx.value + i * i;
      entry.next = bucket.first;
      bucket.first = entry;
      atomic.add(this.count, 1);
    }
    return 0;
  }

  lookup(key: u64): arena<Entry> | null {
    for (let e = this.buckets[this.slotOf(key)].first; e !== null && canLoop(); e = e.next) if (e.pair.key === key) return e;
    return null;
  }

  @SEC("syscall") find(ctx: Pair): i32 {
    const entry = this.lookup(ctx.key);
    if (!entry) return 1;
    this.found = entry.pair.value;
    entry.pair.value = 1;
    return 0;
  }

  @SEC("syscall") walk(ctx: Pair): i32 {
    let sum: u64 = 0;
    for (const bucket of this.buckets)
      for (let e = bucket.first; e !== null && canLoop(); e = e.next) sum += e.pair.value;
    this.walked = sum;
    return 0;
  }`,
    {
      imports: "Arena, arena, atomic, canLoop, offset,",
      before: `class Pair { key: u64; value: u64; }
class Entry { pair: Pair; next: arena<Entry> | null; }
class Bucket { first: arena<Entry> | null; }`,
    },
  ),
});

type Table = Skeleton<
  { readonly memory: Arena },
  Record<"insert" | "find" | "walk", SkeletonProgram>,
  object,
  { count: bigint; found: bigint; walked: bigint; refused: bigint }
>;

const pair = (key: bigint, value = 0n): Uint8Array => new Uint8Array(new BigUint64Array([key, value]).buffer);

describe("memory of an arena", () => {
  kernelTest(
    "holds a hash table that programs link, and Node walks by its pointers",
    { needs },
    async (t) => {
      const { programs, globals, maps } = await t.load<Table>(table);
      expect(globals.count).toBe(1000n);
      expect(programs.insert.testRun({ context: pair(0n, 7n) }).returnValue).toBe(0);
      expect(globals).toMatchObject({ count: 1100n, refused: 0n });
      expect(programs.find.testRun({ context: pair(9n) }).returnValue).toBe(0);
      expect(globals.found).toBe(7n + 81n);
      expect(programs.find.testRun({ context: pair(100n) }).returnValue).toBe(1);
      // The buckets are at the arena's start.
      const { view } = maps.memory;
      const at = (offset: number): bigint => view.getBigUint64(offset, true);
      const seen = new Map<bigint, bigint>();
      for (let bucket = 0; bucket < 8; bucket++)
        for (let entry = at(bucket * 8); entry !== 0n; entry = at(maps.memory.offsetOf(entry) + 16)) {
          const offset = maps.memory.offsetOf(entry);
          seen.set(at(offset), at(offset + 8));
        }
      const expected = Array.from({ length: 100 }, (_, i): [bigint, bigint] => [
        BigInt(i),
        BigInt(7 + i * i),
      ]);
      expect([...seen].sort(([a], [b]) => Number(a - b))).toEqual(
        expected.map(([key, value]) => [key, key === 9n ? 1n : value]),
      );
      expect(programs.walk.testRun({ context: pair(0n) }).returnValue).toBe(0);
      expect(globals.walked).toBe([...seen.values()].reduce((a, b) => a + b, 0n));
    },
  );

  computing(
    "is read, written, copied, given to functions and helpers, and compared as other memory is",
    probe(
      `  @map({ maxEntries: 16 }) memory: Arena;
  @map({ maxEntries: 4 }) pairs: HashMap<u32, Pair>;
  @arena first: Node;
  r: array<u64, 16> = [0];
  @SEC("syscall") run(ctx: Pair): i32 {
    const n = this.first;
    n.key = 5; n.pair.a = 3; n.pair.b = 4; n.name = "abc"; n.f = 5; n.g = 17;
    this.r[0] = sumOf(n);
    swap(n.pair);
    this.r[1] = n.pair.a * 10 + n.pair.b;
    this.r[2] = n.f * 100 + n.g;
    this.r[3] = n.name === "abc" ? strlen(n.name) : 0;
    const made = this.memory.alloc<Node>(2);
    if (!made) return 1;
    n.next = made; made.key = 77;
    copy(made.pair, n.pair); made.pair.a += 1;
    const near: Pair = { a: 0, b: 0 };
    copy(near, made.pair);
    near.b = 50; n.many[2] = near;
    this.r[4] = n.many[2].a * 100 + n.many[2].b;
    this.r[5] = n.next === made && made.next === null ? 1 : 0;
    this.pairs.update(1, n.many[2]);
    const found = this.pairs.lookup(1);
    if (found) this.r[6] = found.b;
    const key = addr(n.key);
    key.value += 100; atomic.add(key.value, 1);
    this.r[7] = n.key;
    const numbers = this.memory.alloc<u64>(1);
    if (numbers) {
      for (let k = 0; k < 10; k++) offset(numbers, k).value = k * 2;
      this.r[8] = offset(numbers, 7).value;
      this.r[9] = u64(offset(numbers, 3)) - u64(numbers);
      this.memory.free(numbers, 1);
    }
    this.r[10] = cast<arena<Node>>(u64(made)).key;
    const { pair: { a }, next } = n;
    this.r[11] = a + (next ? next.key : 0);
    this.r[12] = atomic.compareExchange(made.key, 77, 78) + made.key;
    let rounds = 0;
    while (canLoop()) { rounds++; if (rounds > 1000) break; }
    this.r[13] = rounds;
    for (const { b } of n.many) this.r[14] += b;
    this.r[15] = canLoop() ? 1 : 0;
    return 0;
  }`,
      {
        imports: "Arena, arena, addr, atomic, bits, canLoop, cast, offset, strlen,",
        before: `class Pair { a: u32; b: u32; }
class Node { key: u64; next: arena<Node> | null; pair: Pair; name: str<16>; f: bits<u32, 3>; g: bits<u32, 5>; many: array<Pair, 3>; }
function sumOf(n: Node): u64 { return n.key + n.pair.a; }
function swap(p: Pair): void { [p.a, p.b] = [p.b, p.a]; }`,
      },
    ),
    async (computed) => {
      const { r, result } = await computed({ data: null, context: pair(0n) });
      expect(result).toBe(0);
      expect(Array.from(r as unknown as Iterable<bigint>, Number)).toEqual([
        8, 43, 517, 3, 550, 1, 50, 106, 14, 24, 77, 81, 155, 1001, 50, 1,
      ]);
    },
    { needs },
  );
});
