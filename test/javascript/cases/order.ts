import type { Case } from "../case.js";

/** The order in which things are evaluated. */
export const order: readonly Case[] = [
  {
    name: "||= &&= and ??= store only where JavaScript does, and evaluate the right side only then",
    fields: "a: u32 = 0; b: u32 = 5; c: u32 = 0; d: u32 = 7; calls: u32 = 0; r: u32 = 0; s: u32 = 0;",
    body: `this.a ||= (this.calls += 1);
    this.b ||= (this.calls += 10);
    this.c &&= (this.calls += 100);
    this.d &&= (this.calls += 1000);
    this.r = (this.a ||= 9) + (this.d &&= 3);
    let k = 0;
    this.s = (k ||= 4) * 2 + k;`,
  },
  {
    name: "||= and &&= on elements evaluate the index once",
    fields: "a: array<u32, 4> = [0, 1, 0, 3]; i: u32 = 0; n: u32 = 0;",
    body: `let i = 0;
    this.a[i++ & 3] ||= 7;
    this.a[i++ & 3] ||= 8;
    this.a[i++ & 3] &&= 9;
    this.a[i++ & 3] &&= 10;
    this.i = i;`,
  },
  {
    name: "operands are evaluated from left to right",
    fields: "a: u32 = 0; b: u32 = 0; c: u32 = 0; d: u32 = 0; order: u32 = 0;",
    body: `let x = 1;
    this.a = x + x++ * 10 + x * 100;
    this.b = x++ * 1000 + ++x * 10 + x--;
    this.c = (x = 5) + x * 10 + (x += 2) * 100 + x;
    this.d = x - (x = 1) + x;`,
  },
  {
    name: "a compound assignment reads its target before its right side",
    fields: "a: array<u32, 4> = [1, 2, 3, 4]; x: u32 = 0; y: u32 = 0; z: u32 = 0;",
    body: `let i = 0;
    this.a[i++] += i * 10;
    this.a[i++] += this.a[i & 3] * 100;
    let x = 5;
    x += (x = 7) + x;
    this.x = x;
    let y = 3;
    y *= y++ + y;
    this.y = y;
    this.z = 2;
    this.z += (this.z += 5) * (this.z = 3);`,
  },
  {
    name: "postfix and prefix within an index, and within both sides of an assignment",
    fields: "a: array<u32, 4> = [1, 2, 3, 4]; b: array<u32, 4> = [0, 0, 0, 0]; i: u32 = 0; j: u32 = 0;",
    body: `let i = 0; let j = 3;
    this.b[i++] = this.a[j--];
    this.b[i++] = this.a[--j];
    this.b[++i & 3] = this.a[i & 3] + i;
    this.a[i & 3] = i++ + i;
    this.i = i; this.j = j;`,
  },
  {
    name: "&& and || stop early, and ?: evaluates one side",
    fields: "n: u32 = 0; a: u32 = 0; b: u32 = 0; c: u32 = 0;",
    body: `let n = 0;
    const yes = 1; const no = 0;
    if ((n += 1) > 5 && (n += 10) > 0) n += 1000;
    if ((n += 1) > 0 || (n += 10) > 0) n += 100;
    this.a = n > 5 ? (n += 3) : (n += 7);
    this.b = n === 0 || (n++ > 0 && n++ < 0) || n++ > 0 ? n : 0;
    while (n < 200 && (n += 20) < 180) this.c += 1;
    this.n = n;`,
  },
  {
    name: "arguments are evaluated in order, before the call",
    fields: "a: u32 = 0; b: u32 = 0;",
    before: "function digits(a: u32, b: u32, c: u32): u32 { return a * 100 + b * 10 + c; }",
    body: `let i = 1;
    this.a = digits(i, i++, i);
    this.b = digits(i++, (i += 2), i--) * 10 + i;`,
  },
];
