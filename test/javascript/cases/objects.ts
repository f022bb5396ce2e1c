import { type Case, pair } from "../case.js";

/** Classes, functions and enums. */
export const objects: readonly Case[] = [
  {
    name: "methods change the object they are called on",
    fields: "a: u32 = 0; b: u32 = 0;",
    before: `class Counter { n: u32 = 3; step: u32 = 2;
  add(by: u32): u32 { this.n += by * this.step; return this.n; }
  twice(): u32 { return this.add(1) * 100 + this.add(1); }
}`,
    body: `const c = new Counter(); const d = new Counter();
    this.a = c.add(5) + c.twice();
    d.step = 1;
    this.b = d.add(c.n) + d.n;`,
  },
  {
    name: "a constructor runs after the fields' values are there",
    fields: "a: u32 = 0; b: u32 = 0;",
    before:
      "class Box { w: u32 = 2; h: u32 = 3; area: u32 = 0; constructor(k: u32) { this.h += k; this.area = this.w * this.h; } }",
    body: `for (let i = 0; i < 3; i++) { const b = new Box(i); this.a = this.a * 100 + b.area; b.w = 50; }
    this.b = new Box(4).h;`,
  },
  {
    name: "functions get values, and references to objects",
    fields: "a: u32 = 0; b: u32 = 0;",
    before: `${pair}
function bump(n: u32, p: Pair): u32 { n += 1; p.a += n; p.b = p.a * 2; return n; }`,
    body: `const p = new Pair(); p.a = 10;
    let n = 4;
    this.a = bump(n, p) + n;
    const q = p; q.b += 1;
    this.b = p.a * 100 + p.b;`,
  },
  {
    name: "enum members, and arithmetic with them",
    fields: "a: u32 = 0; b: u32 = 0;",
    before:
      "enum Level { Low, Mid = 5, High, Top = High * 2, Mask = 1 << 4 | 1 }\nfunction of(l: Level): u32 { switch (l) { case Level.Mid: return 100; case Level.High: return 200; } return 0; }",
    body: `const l: Level = Level.High;
    this.a = Level.Low + Level.Mid * 10 + l * 100 + Level.Top * 1000;
    this.b = l === Level.High ? Level.Mask : Level.Low;
    this.b += of(l) + of(Level.Low);`,
  },
  {
    name: "an object literal's values are computed in the order they are written",
    fields: "a: u32 = 0; b: u32 = 0;",
    before: pair,
    body: `let i = 1;
    const p: Pair = { b: i++, a: i++ * 10 };
    this.a = p.a * 10 + p.b;
    const q: Pair = { a: p.b, b: (p.b = 9) };
    this.b = q.a * 100 + q.b * 10 + p.b;`,
  },
];
