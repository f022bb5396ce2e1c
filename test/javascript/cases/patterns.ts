import { type Case, pair } from "../case.js";

/** Destructuring. */
export const patterns: readonly Case[] = [
  {
    name: "variables change places in a pattern",
    fields: "x: u32 = 0; y: u32 = 0; z: u32 = 0;",
    body: `let a = 1; let b = 2; let c = 3;
    [a, b] = [b, a];
    this.x = a * 10 + b;
    [a, b, c] = [c, a, b];
    this.y = a * 100 + b * 10 + c;
    [this.x, this.y] = [this.y, this.x];
    [this.z] = [this.x + this.y];`,
  },
  {
    name: "elements change places, by indexes that the pattern itself changes",
    fields: "a: array<u32, 4> = [10, 20, 30, 40]; i: u32 = 0;",
    body: `[this.a[0], this.a[3]] = [this.a[3], this.a[0]];
    [this.a[1], this.a[2]] = [this.a[2], this.a[1]];
    let i = 0;
    [i, this.a[i & 3]] = [2, 99];
    this.i = i;`,
  },
  {
    name: "patterns within patterns, with names of their own",
    fields: "x: u32 = 0; y: u32 = 0; z: u32 = 0;",
    before: `${pair}\nclass Outer { left: Pair = new Pair(); right: Pair = new Pair(); n: array<u32, 3> = [0, 0, 0]; }`,
    body: `const o = new Outer();
    o.left.a = 1; o.left.b = 2; o.right.a = 3; o.right.b = 4; o.n[0] = 5; o.n[1] = 6; o.n[2] = 7;
    const { left: { a, b: second }, right: { b }, n: [, middle, last] } = o;
    this.x = a * 10 + second;
    this.y = b;
    this.z = middle * 10 + last;`,
  },
  {
    name: "a pattern reads what is on its right once, before it writes",
    fields: "x: u32 = 0; y: u32 = 0; calls: u32 = 0;",
    body: `[this.x, this.y] = [this.calls + 5, this.calls + 7];
    this.calls += 1;
    [this.x, this.y] = [this.y, this.calls];`,
  },
  {
    name: "for…of by a pattern, over objects",
    fields: "sum: u32 = 0;",
    before: `${pair}\nclass Many { p: array<Pair, 3> = [new Pair(), new Pair(), new Pair()]; }`,
    body: `const m = new Many();
    m.p[1].a = 4; m.p[2].b = 6; m.p[0].a = 1;
    for (const { a, b } of m.p) this.sum = this.sum * 10 + a + b;
    for (const p of m.p) p.a += 1;
    for (const { a } of m.p) this.sum += a * 1000;`,
  },
];
