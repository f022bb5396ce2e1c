import { describe, expect } from "vitest";
import { computing } from "../support/computed.js";
import { probe } from "../support/probe-source.js";

/** A piece of the language, and what it leaves in globals after one run. */
interface Construct {
  readonly name: string;
  /** Members of the program class. */
  readonly members: string;
  readonly body: string;
  /** Declarations in front of the class. */
  readonly before?: string;
  readonly expected: Readonly<Record<string, number | bigint | boolean>>;
}

const constructs: readonly Construct[] = [
  {
    name: "a return out of a map's loop inside a closure ends the closure's rounds",
    members: "@map({ maxEntries: 4 }) table: ArrayMap<i16>; rounds: u32 = 0; n: i64 = 0; seen: u32 = 3;",
    body: `this.n = loop(3, (k) => { this.rounds += 1; for (const [i, e] of this.table) { if (i === 2) return false; } });
    this.n += loop(5, (k) => { this.rounds += 10; for (const [i, e] of this.table) { if (i === 1) return k < this.seen; } });`,
    expected: { rounds: 41, n: 5n },
  },
  {
    name: "an index by a remainder is bounded however large the elements are",
    before: "class Wide { a: u32; b: array<u64, 8>; }",
    members: "small: array<u16, 3>; wide: array<Wide, 3>; many: array<u64, 8>; sum: u64 = 0;",
    body: `loop(1, (k) => { for (const n of range(-8, 0)) {
      this.many[((1 !== k) ? 0 : this.small[u64(n) % 3]) & 7] = 4;
      this.wide[u64(n) % 3].a += 1;
      this.sum += this.wide[u64(this.sum) % 3].a;
    } });`,
    expected: { sum: 12n },
  },
  {
    name: "a helper's size that comparisons, a choice or a loop bound passes the verifier",
    before: "class Buffer { data: array<u8, 64>; }",
    members:
      "@map({ maxEntries: 1 }) buffers: PerCpuArray<Buffer>; want: i32 = 70; failed: u32 = 0; sum: i64 = 0;",
    body: `const buffer = this.buffers.lookup(0);
    const want = this.want;
    if (!buffer || want <= 0) return XdpAction.DROP;
    this.sum = bpf_xdp_load_bytes(ctx, 0, buffer.data, want < 64 ? want : 64);
    let length = ctx.data_end - ctx.data;
    if (length > 64) length = 64;
    if (length <= 0) return XdpAction.DROP;
    this.sum += bpf_xdp_load_bytes(ctx, 0, buffer.data, length);
    for (let n = 1; n < 64; n *= 2) if (bpf_xdp_load_bytes(ctx, 0, buffer.data, n) !== 0) this.failed += 1;`,
    expected: { sum: 0n, failed: 0 },
  },
  {
    name: "log2 is an index of 64 slots, in maps and globals, for a verifier that does not know the number",
    before: "class Hist { slots: array<u64, 64>; }",
    members:
      "@map({ maxEntries: 4 }) hists: HashMap<u32, Hist>; n: u64 = 0xff00000000000000; slots: array<u32, 64>; sum: u64 = 0;",
    body: `const hist = this.hists.lookupOrInit(1, new Hist());
    if (!hist) return XdpAction.ABORTED;
    for (let i: u32 = 0; i < 64; i++) { const n = this.n >> i; hist.slots[log2(n)] += i; this.slots[log2(n)] += 1; }
    for (let i = 0; i < 64; i++) this.sum += hist.slots[i] * u64(i) + this.slots[i];`,
    // Each i once, at 63 - i.
    expected: { sum: 41728n },
  },
  {
    name: "exported functions take references and texts, return nothing or a pointer, and take what may be null",
    before: `class Pair { a: u32; b: u64; }
export function reset(pair: Pair): void { pair.a = 40; }
export function second(pair: Pair): ptr<u64> { return addr(pair.b); }
export function firstOr(pair: Pair | null, other: u32): u32 { return pair ? pair.a : other; }
export function third(text: str<8>): u32 { return text[2]; }
export function big(n: u64): boolean { return n > 100; }
export function length(ctx: XdpMd): u64 { return ctx.data_end - ctx.data; }`,
    members:
      'pair: Pair = { a: 1, b: 2 }; text: str<8> = "abc"; sum: u64 = 0; large: boolean = false; n: u64 = 0;',
    body: `reset(this.pair);
    second(this.pair).value += 5;
    this.sum = this.pair.a + this.pair.b * 100 + firstOr(this.pair, 3) * 10000 + firstOr(null, 3) * 1000000 + third(this.text) * 10000000;
    this.large = big(this.sum);
    this.n = length(ctx);`,
    expected: { sum: 993400740n, large: true, n: 64n },
  },
  {
    name: "globals start from new T(): from the initialisers of its fields, bit-fields and structs among them",
    before:
      "class Flags { low: bits<u8, 3> = 5; high: bits<u8, 5> = 9; } class Start { n: u32 = 7; zero: u64; flags: Flags = new Flags(); }",
    members:
      "start: Start = new Start(); same = new Start(); on = true; sum: u64 = 0; flag: boolean = false;",
    body: "this.sum = this.start.n + this.start.flags.high * 100 + this.same.flags.low * 10000; this.flag = this.on;",
    expected: { sum: 50907n, flag: true },
  },
  {
    name: "for … of goes through an array",
    members: "table: array<u32, 4> = [3, 1, 4, 1]; sum: u64 = 0;",
    body: "for (const x of this.table) { if (x === 4) continue; this.sum += x; }",
    expected: { sum: 5n },
  },
  {
    name: "for … of gives elements of a class by reference",
    before: "class Pair { a: u32; b: u32; }",
    members: "pairs: array<Pair, 3>; sum: u64 = 0;",
    body: "for (const p of this.pairs) { p.a = 2; p.b += 1; } for (const p of this.pairs) this.sum += p.a + p.b;",
    expected: { sum: 9n },
  },
  {
    name: "range() counts at run time, from below zero too",
    members: "from: i32 = -3; to: i32 = 4; sum: i64 = 0; rounds: u32 = 0;",
    body: "let sum: i64 = 0; for (const i of range(this.from, this.to)) { sum += i; this.rounds += 1; } this.sum = sum;",
    expected: { sum: 0n, rounds: 7 },
  },
  {
    name: "break and continue work in range()",
    members: "n: i32 = 100; sum: u64 = 0;",
    body: "for (const i of range(0, this.n)) { if (i > 9) break; if (i % 2 === 0) continue; this.sum += u64(i); }",
    expected: { sum: 25n },
  },
  {
    name: "return leaves range() with its value",
    before:
      "function find(n: i32): i32 { for (const i of range(0, n)) { if (i * i > 50) return i; } return -1; }",
    members: "n: i32 = 100; at: i32 = 0; none: i32 = 0;",
    body: "this.at = find(this.n); this.none = find(5);",
    expected: { at: 8, none: -1 },
  },
  {
    name: "a labelled continue leaves an inner range()",
    members: "n: i32 = 4; rounds: u32 = 0;",
    body: "outer: for (const i of range(0, this.n)) { for (const j of range(0, this.n)) { if (j > i) continue outer; this.rounds += 1; } }",
    expected: { rounds: 10 },
  },
  {
    name: "loop() runs a closure that changes what is around it",
    members: "total: u64 = 0; rounds: i64 = 0;",
    body: "let total: u64 = 0; this.rounds = loop(100, (i) => { total += i; return i < 49; }); this.total = total;",
    expected: { total: 1225n, rounds: 50n },
  },
  {
    name: "a closure sees a truth that it changed itself",
    members: "seen: u32 = 0;",
    body: "let done = false; loop(10, (i) => { if (i === 3) done = true; }); if (done) this.seen = 1;",
    expected: { seen: 1 },
  },
  {
    name: "a closure in a closure reaches both functions' variables",
    members: "total: u64 = 0;",
    body: "let total: u64 = 0; loop(3, (i) => { let inner: u64 = 0; loop(4, (j) => { total += i * 10 + j; inner += 1; }); total += inner * 1000; }); this.total = total;",
    expected: { total: 12000n + 120n + 18n },
  },
  {
    name: "for … of goes through a map's entries",
    members: "@map({ maxEntries: 8 }) counts: HashMap<u32, u64>; keys: u64 = 0; values: u64 = 0;",
    body: "this.counts.update(1, 10); this.counts.update(2, 20); this.counts.update(3, 30); for (const [key, value] of this.counts) { this.keys += key; this.values += value.value; value.value = 1; } const one = this.counts.lookup(2); if (one) this.values += one.value;",
    expected: { keys: 6n, values: 61n },
  },
  {
    name: "break ends a loop over a map",
    members: "@map({ maxEntries: 4 }) slots: PerCpuArray<u64>; rounds: u32 = 0;",
    body: "for (const [key, value] of this.slots) { if (key === 2) break; this.rounds += 1; }",
    expected: { rounds: 2 },
  },
  {
    name: "return leaves a loop over a map with its value",
    members:
      "@map({ maxEntries: 8 }) counts: HashMap<u32, u64>; found: u32 = 0; none: u32 = 9;\n  private find(wanted: u64): u32 { for (const [key, value] of this.counts) { if (value.value === wanted) return key; } return 0; }",
    body: "this.counts.update(7, 70); this.counts.update(8, 80); this.found = this.find(80); this.none = this.find(5);",
    expected: { found: 8, none: 0 },
  },
  {
    name: "an outer loop goes on after a labelled continue out of a map's loop",
    members: "@map({ maxEntries: 4 }) slots: PerCpuArray<u64>; rounds: u32 = 0; ends: u32 = 0;",
    body: "outer: for (let i = 0; i < 3; i++) { for (const [key] of this.slots) { if (key === 1) continue outer; this.rounds += 1; } this.ends += 1; }",
    expected: { rounds: 3, ends: 0 },
  },
  {
    name: "generic functions infer their types from arrays",
    before:
      "function largest<T extends number>(values: array<T, 4>): T { let best: T = values[0]; for (const value of values) if (value > best) best = value; return best; }",
    members: "a: array<u32, 4> = [3, 9, 4, 1]; b: array<i16, 4> = [-3, -9, -4, -1]; x: u32 = 0; y: i16 = 0;",
    body: "this.x = largest(this.a); this.y = largest(this.b);",
    expected: { x: 9, y: -1 },
  },
  {
    name: "generic functions infer types and lengths from structs and arrays",
    before:
      "class Pair<A, B> { first: A; second: B; }\nfunction swap<A extends number, B extends number>(p: Pair<A, B>): u64 { const q: Pair<B, A> = { first: p.second, second: p.first }; return q.first * 1000 + q.second + sizeof<Pair<B, A>>() * 1000000; }\nfunction sum<N extends number>(values: array<u8, N>): u64 { let total: u64 = 0; for (const v of values) total += v; return total + values.length; }",
    members: "x: u64 = 0; s: u64 = 0; bytes: array<u8, 3> = [1, 2, 3]; more: array<u8, 5> = [1, 1, 1, 1, 1];",
    body: "const p: Pair<u8, u16> = { first: 7, second: 300 }; this.x = swap(p); this.s = sum(this.bytes) * 100 + sum(this.more);",
    expected: { x: 4300007n, s: 910n },
  },
  {
    name: "a type parameter has a default",
    before: "class Box<T = u16> { value: T; more: T; }",
    members: "size: u64 = 0;",
    body: "const b = new Box(); b.value = 3; this.size = sizeof<Box>() * 10 + b.value;",
    expected: { size: 43n },
  },
  {
    name: "functions of more than five parameters are compiled in place",
    before:
      "function six(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32): u64 { return a + b * 10 + c * 100 + d * 1000 + e * 10000 + f * 100000; }\nexport function seven(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32): u64 { return six(a, b, c, d, e, f) + g * 1000000; }",
    members: "n: u32 = 1; x: u64 = 0;",
    body: "const n = this.n; this.x = seven(n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6);",
    expected: { x: 7654321n },
  },
  {
    name: "repeat() writes its body out, return ends a round",
    members: "table: array<u32, 4> = [5, 6, 7, 8]; total: u64 = 0;",
    body: "repeat(4, (i) => { if (i === 2) return; this.total += this.table[i]; });",
    expected: { total: 19n },
  },
  {
    name: "a module's constants may be arrays, objects and powers, and start globals",
    before: `class Point { x: u32; y: u32; }
const TABLE: array<u32, 4> = [10, 20, 30, 2 ** 4];
const ORIGIN: Point = { x: 3, y: 2 ** 40 / 2 ** 38 };
const NAME = "abc";
const YES = true;`,
    members: "sum: u64 = 0; product: u64 = 0; letter: u32 = 0; on: boolean = YES; off: boolean = !YES;",
    body: "for (const t of TABLE) this.sum += t; for (let i = 0; i < TABLE.length; i++) this.product += TABLE[i] * ORIGIN.x + ORIGIN.y; for (let i = 0; i < 3; i++) this.letter += NAME[i];",
    expected: { sum: 76n, product: 244n, letter: 294, on: true, off: false },
  },
  {
    name: "an index is bounded by a comparison before it",
    members: "table: array<u32, 5> = [1, 2, 3, 4, 5]; i: u32 = 3; x: u32 = 0; y: u32 = 0;",
    body: "const i = this.i; if (i < 5) this.x = this.table[i]; let j = this.i + 7; if (j >= 5) j = 4; this.y = this.table[j];",
    expected: { x: 4, y: 5 },
  },
  {
    name: "an index is bounded by its loop",
    members: "table: array<u32, 5> = [1, 2, 3, 4, 5]; n: u32 = 4; x: u64 = 0; y: u64 = 0;",
    body: "for (let i = 0; i < this.table.length; i++) this.x += this.table[i]; const n = this.n; for (let i = 1; i <= n && i < 5; i += 2) this.y += this.table[i];",
    expected: { x: 15n, y: 6n },
  },
  {
    name: "an index is bounded by range(), loop() and an early return",
    before:
      "function at(values: array<u32, 5>, i: i32): u32 { if (i < 0 || i >= 5) return 0; return values[i]; }",
    members: "table: array<u32, 5> = [1, 2, 3, 4, 5]; n: i32 = 3; x: u64 = 0; y: u64 = 0; z: u64 = 0;",
    body: "for (const i of range(0, 5)) this.x += this.table[i]; let y: u64 = 0; loop(5, (i) => { y += this.table[i]; }); this.y = y; this.z = at(this.table, this.n) * 10 + at(this.table, -1) + at(this.table, 5);",
    expected: { x: 15n, y: 15n, z: 40n },
  },
  {
    name: "an index in a field is bounded by a comparison of the field",
    before: "class Buffer { size: u32; bytes: array<u8, 16>; }",
    members: "@map({ maxEntries: 1 }) scratch: PerCpuArray<Buffer>; x: u32 = 0;",
    body: "const b = this.scratch.lookup(0); if (b) { b.size = 3; for (let i = 0; i < 8; i++) { if (b.size > 12) break; b.bytes[b.size] = 7; b.size += 2; } this.x = b.size; this.x += b.bytes[5]; }",
    expected: { x: 20 },
  },
  {
    name: "?. stops where a lookup finds nothing",
    before: "class Count { n: u32; m: u32; add(by: u32): u32 { this.n += by; return this.n; } }",
    members:
      "@map({ maxEntries: 4 }) counts: HashMap<u32, Count>; found: u32 = 0; none: u32 = 9; equal: u32 = 0; differ: u32 = 0; called: u32 = 0; gone: u32 = 5;",
    body: `this.counts.update(1, { n: 3, m: 4 });
    this.found = this.counts.lookup(1)?.n ?? 7;
    this.none = this.counts.lookup(2)?.m ?? 7;
    if (this.counts.lookup(2)?.n === 0) this.equal += 1;
    if (this.counts.lookup(1)?.n === 3) this.equal += 10;
    if (this.counts.lookup(2)?.n !== 0) this.differ += 1;
    if (this.counts.lookup(1)?.n !== 3) this.differ += 10;
    this.counts.lookup(2)?.add(5);
    this.called = this.counts.lookup(1)?.add(5) ?? 0;
    this.gone = this.counts.lookup(2)?.add(5) ?? 0;`,
    expected: { found: 3, none: 7, equal: 10, differ: 1, called: 8, gone: 0 },
  },
  {
    name: "callbacks given to helpers by their kernel names",
    members: "@map({ maxEntries: 4 }) counts: ArrayMap<u64>; total: u64 = 0; rounds: i64 = 0;",
    body: `let total: u64 = 0;
    bpf_for_each_map_elem(this.counts, (map, key: pointer<u32>, value: pointer<u64>) => { total += key.value; value.value = 5; return 0; }, 0);
    this.rounds = bpf_loop(10, (i) => { total += 100; return i === 3 ? 1 : 0; }, 0);
    const one = this.counts.lookup(3);
    if (one) total += one.value;
    this.total = total;`,
    expected: { total: 411n, rounds: 4n },
  },
  {
    name: "loop() and range() of no rounds run nothing, whether that is known or not",
    members: "n: u32 = 0; sum: u64 = 0; none: i64 = 5; more: i64 = 5;",
    body: "this.none = loop(0, (i) => { this.sum += 1; }); this.more = loop(this.n, (i) => { this.sum += 1; }); loop(2, (i) => { loop(0, (j) => { this.sum += 1; }); for (const j of range(3, 3)) this.sum += j; });",
    expected: { sum: 0n, none: 0n, more: 0n },
  },
  {
    name: "a local array's elements are reached by an index that is known to be small",
    members: "n: u32 = 9; x: u64 = 0;",
    body: "const o = zeroed<array<u32, 5>>(); o[3] = this.n; const k = this.n & 1; for (let i = 0; i < 2; i++) { o[u64(k) % 5] += o[3] + o[u64(this.n) % 5]; this.n -= 1; } this.x = o[1] * 100 + o[0];",
    expected: { x: 2700n },
  },
  {
    name: "what ?? gives divides a u64 where neither side is ever negative",
    before: "class Count { n: u32; }",
    members: "@map({ maxEntries: 2 }) counts: ArrayMap<Count>; big: u64 = 100; x: u64 = 0; y: u64 = 0;",
    body: "this.counts.update(1, { n: 30 }); this.x = this.big % (this.counts.lookup(1)?.n ?? 7); this.y = this.big % (this.counts.lookup(2)?.n ?? 7);",
    expected: { x: 10n, y: 2n },
  },
  {
    name: "range() runs in a closure",
    members: "n: i32 = 3; sum: u64 = 0;",
    body: "let sum: u64 = 0; loop(4, (i) => { for (const j of range(-1, this.n)) { if (j < 0) continue; if (j > i) break; sum += i * 10 + j; } }); this.sum = sum;",
    expected: { sum: 0n + 10n + 11n + 20n + 21n + 22n + 30n + 31n + 32n },
  },
  {
    name: "enums compare by their members' signs, of 64 bits too",
    before:
      "enum Wide { Low = -1099511627776, Minus = -1, Four = 4 }\nenum Small { Minus = -3, Five = 5 }\nenum Large { One = 1, Top = 0xffff_ffff_ffff_0000 }",
    members: "wide: Wide; small: Small; large: Large = Large.Top; found: u32 = 0;",
    body: "if (this.wide >= Wide.Minus) this.found |= 1; if (this.small > Small.Minus) this.found |= 2; if (this.large > Large.One) this.found |= 4; if (this.wide < this.small) this.found |= 8;",
    expected: { found: 7 },
  },
  {
    name: "fields of a local array's elements are reached by an index of run time, from one block to another",
    before: "class Packed { a: i16; b: bits<u16, 7>; c: i32; d: bits<i64, 55>; e: i16; f: array<u32, 2>; }",
    members: "n: u32 = 3; x: u32 = 0; y: u32 = 0;",
    body: "const o = zeroed<array<Packed, 5>>(); o[2].b = 9; let k: u32 = 0; do { k += 1; repeat(4, (i) => { o[(i + this.n) % 5].b = u16(this.n ? o[2].b + i : 1); }); } while (k < 2); this.x = o[0].b; this.y = o[1].b;",
    expected: { x: 11, y: 12 },
  },
  {
    name: "a sum that grows in a closure may be compared after it",
    members: "total: u64 = 0; small: u32 = 0; count: u32 = 0;",
    body: "let total: u64 = 0; let count: u32 = 0; loop(1000, (i) => { total += i * 3; count += 1; }); if (total < 1 << 40) this.small = 1; this.total = total > 1 << 50 ? 1 : total; this.count = count;",
    expected: { total: 1498500n, small: 1, count: 1000 },
  },
  {
    name: "a pattern takes objects apart: renamed, nested, arrays within, objects by reference",
    before: "class Inner { a: u16; b: array<u8, 3>; } class Outer { n: u32; inner: Inner; other: Inner; }",
    members: "outer: Outer; n: u32 = 0; a: u16 = 0; b: u64 = 0; kept: u16 = 0;",
    body: `this.outer.n = 7; this.outer.inner.a = 300; this.outer.inner.b[1] = 5; this.outer.inner.b[2] = 6;
    const { n, inner: { a: renamed, b: [, second, third] }, other } = this.outer;
    this.outer.n = 8; this.n = n; this.a = renamed; this.b = second * 10 + third;
    other.a = 9; this.kept = this.outer.other.a;`,
    expected: { n: 7, a: 300, b: 56n, kept: 9 },
  },
  {
    name: "a pattern takes arrays and lists of values apart",
    members: "table: array<u32, 3> = [1, 2, 3]; sum: u64 = 0; length: u32 = 0;",
    body: `let [first, , third] = this.table; const [x, y] = [first * 10, third * 100];
    const { length } = this.table; first += 1; this.sum = x + y + first; this.length = length;`,
    expected: { sum: 312n, length: 3 },
  },
  {
    name: "patterns stand in parameters: of functions, methods, closures and of the program",
    before: `class Pair { a: u32; b: u32; add({ a, b }: Pair): u64 { return this.a * a + this.b * b; } }
function weigh({ a, b }: Pair, [x, y]: array<u32, 2>): u64 { a += 1; return a * x + b * y; }`,
    members: `@map({ maxEntries: 4 }) pairs: ArrayMap<Pair>; weights: array<u32, 2> = [10, 100]; sum: u64 = 0; dot: u64 = 0; seen: u64 = 0; length: u32 = 0;
  @SEC("xdp") other({ data, data_end }: XdpMd): XdpAction { this.length = u32(data_end - data); return XdpAction.PASS; }`,
    body: `const p = new Pair(); p.a = 2; p.b = 3; this.sum = weigh(p, this.weights); this.dot = p.add(p); this.pairs.update(2, p);
    let seen: u64 = 0; bpf_for_each_map_elem(this.pairs, (map, key, { a, b }: Pair) => { seen += a * 10 + b; return 0; }, 0); this.seen = seen;`,
    expected: { sum: 330n, dot: 13n, seen: 23n },
  },
  {
    name: "values that are assigned together change places",
    before: "class Pair { a: u32; b: u32; }",
    members: "x: u32 = 1; y: u32 = 2; pair: Pair; table: array<u32, 2> = [8, 9]; all: u64 = 0;",
    body: `[this.x, this.y] = [this.y, this.x]; let a: u32 = 0; let b: u64 = 0; [a, b] = this.table;
    this.pair.a = 5; this.pair.b = 6; ({ a: this.all, b: this.table[1] } = this.pair); ({ a } = this.pair);
    this.all = this.all * 100 + a * 10 + b; this.pair.a = this.table[1];`,
    expected: { x: 2, y: 1, all: 559n },
  },
  {
    name: "loops take elements, entries and keys apart",
    before: "class Pair { a: u32; b: u32; }",
    members:
      "pairs: array<Pair, 3>; grid: array<array<u8, 2>, 2> = [[1, 2], [3, 4]]; @map({ maxEntries: 8 }) seen: HashMap<Pair, Pair>; sum: u64 = 0; cells: u64 = 0; entries: u64 = 0;",
    body: `for (const p of this.pairs) { p.a = 2; p.b = 3; } for (const { a, b } of this.pairs) this.sum += a * b;
    for (const [x, y] of this.grid) this.cells = this.cells * 100 + x * 10 + y;
    const key: Pair = { a: 1, b: 2 }; const value: Pair = { a: 3, b: 4 }; this.seen.update(key, value);
    for (const [{ a, b }, { a: c, b: d }] of this.seen) this.entries = a * 1000 + b * 100 + c * 10 + d;`,
    expected: { sum: 18n, cells: 1234n, entries: 1234n },
  },
  {
    name: "a loop gives its values to variables outside, which keep the last one",
    members:
      "table: array<u32, 3> = [4, 5, 6]; @map({ maxEntries: 8 }) counts: HashMap<u32, u64>; n: i32 = 5; x: u32 = 0; i: i32 = 0; key: u32 = 0; value: u64 = 0; odd: u32 = 0;",
    body: `let x: u32 = 0; for (x of this.table) { if (x === 5) break; } this.x = x;
    for (this.i of range(0, this.n)) { if (this.i === 3) continue; this.odd += 1; }
    let found: u32 = 0; let at: ptr<u64> | null = null;
    this.counts.update(9, 90); for ([found] of this.counts) this.value += 1; this.key = found;`,
    expected: { x: 5, i: 4, odd: 4, key: 9, value: 1n },
  },
  {
    name: "for … of goes through the bytes of a text",
    members: 'text: str<8> = "abc"; sum: u64 = 0; rounds: u32 = 0;',
    body: "for (const byte of this.text) { this.sum += byte; this.rounds += 1; }",
    expected: { sum: 294n, rounds: 8 },
  },
  {
    name: "cases are compared one after the other where they are not constants",
    members: `low: u32 = 3; high: i64 = -4; taken: u64 = 0; asked: u32 = 0;
  private next(): u32 { this.asked += 1; return 50; }
  private which(n: i64): u32 { switch (n) { case this.low: return 1; default: return 9; case this.high: return 2; case this.next(): case 7: return 3; } }`,
    body: "for (const n of range(-5, 9)) this.taken = this.taken * 10 + this.which(n);",
    expected: { taken: 92999999199939n, asked: 12 },
  },
  {
    name: "switch (true) takes the first case that holds, and falls through",
    members: "n: u32 = 40; taken: u64 = 0;",
    body: "const n = this.n; switch (true) { case n < 10: this.taken += 1; break; case n < 100: this.taken += 10; case n < 1000: this.taken += 100; break; default: this.taken += 1000; }",
    expected: { taken: 110n },
  },
  {
    name: "constants of the module are numbers, truths and texts",
    before: 'const on = true; const greeting = "hi there"; const count = 1 << 4;',
    members: "text: str<16>; length: u64 = 0; same: boolean = false; n: u64 = 0;",
    body: "this.text = greeting; this.length = this.text[6] * 100 + this.text[8]; if (on) this.n = count; this.same = this.text === greeting;",
    expected: { length: 11400n, n: 16n, same: true },
  },
  {
    name: "logical assignments store where their left side asks for it",
    before: "function more(n: u64): u64 { return n + 5; }",
    members:
      "@map({ maxEntries: 4 }) slots: ArrayMap<u64>; on: boolean = false; both: boolean = true; first: u64 = 0; value: u64 = 0;",
    body: `this.on ||= this.slots.lookup(1) !== null; this.both &&= this.slots.lookup(9) !== null;
    let slot: ptr<u64> | null = this.slots.lookup(9); slot ??= this.slots.lookup(2); if (slot) slot.value = more(2);
    slot ??= this.slots.lookup(1); if (slot) this.value = slot.value;`,
    expected: { on: true, both: false, value: 7n },
  },
  {
    name: "the head of a for starts and steps several variables",
    members: "sum: u64 = 0; last: u64 = 0;",
    body: "let i: u64 = 0; let j: u64 = 0; for (i = 1, j = 10; i < j; i++, j -= 2) this.sum += i * j; this.last = i * 10 + j;",
    expected: { sum: 10n + 16n + 18n, last: 44n },
  },
  {
    name: "`satisfies` and `<T>x` are what `as` is, types and enums may be declared in functions",
    members: "n: u32 = 0; m: u64 = 0;",
    body: "type Count = u32; enum Level { Low = 3, High = 4 } const n: Count = 5; this.n = n satisfies u32; this.m = <u64>Level.High * 10 + Level.Low;",
    expected: { n: 5, m: 43n },
  },
];

const source = ({ members, body, before = "" }: Construct): string =>
  probe(
    `  ${members}\n  @SEC("xdp") run(ctx: XdpMd): XdpAction {\n    ${body}\n    return XdpAction.PASS;\n  }`,
    {
      before,
      imports:
        "log2, bits, addr, bpf_xdp_load_bytes, range, loop, repeat, withLock, SpinLock, ArrayMap, zeroed, ptr as pointer, bpf_loop, bpf_for_each_map_elem,",
    },
  );

/** As each kernel takes it; what the kernel's iterators of numbers run, also in the way of kernels without them. */
const variants = constructs.flatMap((construct) => {
  const usesRange = `${construct.body}${construct.before}`.includes("range(");
  const plain = { construct, name: construct.name, options: {} };
  return usesRange
    ? [plain, { construct, name: `${construct.name}, by bpf_loop`, options: { kernel: "6.1" } }]
    : [plain];
});

describe("the language", () => {
  for (const { construct, name, options } of variants)
    computing(
      name,
      source(construct),
      async (computed) => {
        const { result, ...globals } = await computed();
        expect(result).toBe(2);
        const actual = Object.fromEntries(Object.keys(construct.expected).map((key) => [key, globals[key]]));
        expect(actual).toEqual(construct.expected);
      },
      { options },
    );

  computing(
    "range() runs in programs whose license lets them call no function of the kernel",
    source({
      name: "range",
      members: "n: u64 = 0; to: u32 = 5;",
      body: "for (const i of range(1, this.to)) this.n += i;",
      expected: {},
    }).replace('"GPL"', '"Apache-2.0"'),
    async (computed) => {
      expect((await computed()).n).toBe(10n);
    },
  );
});
