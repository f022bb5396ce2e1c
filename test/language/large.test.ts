import { describe, expect } from "vitest";
import { computing } from "../support/computed.js";
import { probe } from "../support/probe-source.js";

const before = `
class Bytes { a: array<u8, 600>; }
class Words { n: u32; a: array<u64, 200>; }
class Pair { a: u64; b: Part; c: array<u64, 8>; }
class Part { x: u32; y: u8; }
class Wide { tag: i16; flag: boolean; name: str<8>; part: Part; a: array<u8, 600>; }
class Odd { a: array<u8, 399>; last: u8; }`;
const members = `
  @map({ maxEntries: 2 }) bytes: ArrayMap<Bytes>;
  @map({ maxEntries: 2 }) words: ArrayMap<Words>;
  @map({ maxEntries: 2 }) odds: HashMap<u32, Odd>;
  @map({ maxEntries: 2 }) pairs: HashMap<u32, Pair>;
  @map({ maxEntries: 2 }) wide: HashMap<u32, Wide>;
  one: array<u8, 600>; two: array<u8, 600>; n: u32 = 150; sum: u64 = 0; last: u32 = 0; left: u32 = 0;`;
const source = (body: string): string =>
  probe(`${members}\n  @SEC("xdp") run(ctx: XdpMd): XdpAction {\n${body}\n    return XdpAction.PASS;\n  }`, {
    before,
    imports: "ArrayMap,",
  });

const filled = `
    const from = this.bytes.lookup(0); const to = this.bytes.lookup(1);
    if (!from || !to) return XdpAction.ABORTED;
    from.a[0] = 1; from.a[299] = 20; from.a[599] = 200;`;

/** What would be a call of memcpy or memset elsewhere. BPF has neither: the kernel would refuse the object. */
const large: readonly (readonly [string, string, Record<string, bigint | number>])[] = [
  [
    "a value of 600 bytes between maps",
    `${filled} copy(to, from); this.sum = to.a[0] + to.a[299] + to.a[599];`,
    { sum: 221n },
  ],
  [
    "600 bytes of a global",
    `${filled} copy(this.one, from.a); this.two = this.one; this.sum = this.two[0] + this.two[599];`,
    { sum: 201n },
  ],
  [
    "elements in a loop with a bound at run time",
    `
    const from = this.words.lookup(0); const to = this.words.lookup(1);
    if (!from || !to) return XdpAction.ABORTED;
    for (let i = 0; i < 200; i++) { from.a[i] = i; to.a[i] = 7; }
    const n = this.n;
    for (let i = 0; i < n && i < 200; i++) to.a[i] = from.a[i];
    for (let i = 0; i < 100; i++) to.a[i] = 0;
    for (let i = 0; i < 200; i++) this.sum += to.a[i];`,
    // 100 + … + 149, and 50 sevens.
    { sum: 6575n },
  ],
  [
    "400 bytes of the stack, all zero but what is set",
    `
    const odd = new Odd(); odd.last = 9;
    this.odds.update(1, odd);
    const got = this.odds.lookup(1);
    if (got) { this.last = got.last; for (let i = 0; i < 399; i++) this.left += got.a[i]; }`,
    { last: 9, left: 0 },
  ],
  [
    "a first value of 600 bytes, which no stack holds",
    `
    const first = this.wide.lookupOrInit(1, { tag: -2, name: "ab", flag: true, a: [3, 4], part: { x: 70000, y: 7 } });
    if (first) {
      this.sum = first.a[0] + first.a[1] * 10 + first.name[1] * 100 + first.part.x * 1000 + first.part.y;
      this.left = first.a[2] + first.a[599] + first.name[2];
      this.last = first.tag === -2 && first.flag ? 5 : 6;
    }`,
    { sum: 70009850n, left: 0, last: 5 },
  ],
  [
    "objects of constants from memory of their own, given at once",
    "this.odds.update(1, new Odd()); this.odds.update(2, new Odd());",
    {},
  ],
  [
    "objects of constants from memory of their own, named first",
    "const a = new Odd(); const b = new Odd(); this.odds.update(1, a); this.odds.update(2, b);",
    {},
  ],
  [
    "objects of 400 bytes in two branches, which share the stack",
    `
    if (this.n > 100) { const a = new Odd(); a.a[this.n & 127] = 3; a.last = 4; this.odds.update(1, a); }
    else { const b = new Odd(); b.a[this.n & 63] = 5; b.last = 6; this.odds.update(2, b); }
    { const key: u32 = this.n - 149; const got = this.odds.lookup(key); if (got) this.sum = got.a[22] * 10 + got.last; }`,
    { sum: 34n },
  ],
  [
    "objects that are known outside of their block",
    `
    const seen = new Pair(); let part = seen.b;
    if (this.n > 100) { const made = new Pair(); made.a = this.n; made.b.x = 7; part = made.b; }
    if (this.n > 101) { const other = new Pair(); other.a = 1000; other.b.x = this.n; this.pairs.update(1, other); }
    const key: u32 = 1; const got = this.pairs.lookup(key);
    this.sum = seen.a + part.x * 1000 + (got ? got.b.x * 10000 : 0);`,
    { sum: 1507000n },
  ],
];

describe.each(["v1", "v3"] as const)("on %s a program copies or clears", (cpu) => {
  for (const [name, body, expected] of large)
    computing(
      name,
      source(body),
      async (computed) => {
        expect(await computed()).toMatchObject({ ...expected, result: 2 });
      },
      { options: { cpu } },
    );
});
