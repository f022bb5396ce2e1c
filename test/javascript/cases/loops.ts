import type { Case } from "../case.js";

/** Loops, switches, jumps and closures. */
export const loops: readonly Case[] = [
  {
    name: "a closure changes what it captures, round by round",
    fields: "sum: u32 = 0; last: u32 = 0; product: u32 = 1;",
    imports: "loop, repeat,",
    body: `let sum = 0; let last = 0;
    for (let i = 0; i < 4; i++) {
      let inner = i * 10;
      loop(3, (j) => { inner += 1; sum += i * j; last = inner; });
      sum += inner;
    }
    this.sum = sum; this.last = last;
    let p = 1;
    repeat(4, (i) => { p *= i + 1; });
    this.product = p;`,
  },
  {
    name: "a closure in a loop sees that round's variables",
    fields: "out: array<u32, 4> = [0, 0, 0, 0]; n: u32 = 0;",
    imports: "loop,",
    body: `for (let i = 0; i < 4; i++) {
      const own = i * i;
      let count = 0;
      loop(2, (k) => { count += own + k; if (count > 100) return false; return true; });
      this.out[i] = count;
      this.n += i;
    }`,
  },
  {
    name: "switch falls through, has its default in the middle, and cases that are not constant",
    fields: "out: array<u32, 8> = [0, 0, 0, 0, 0, 0, 0, 0]; calls: u32 = 0;",
    body: `let two = 2;
    for (let i = 0; i < 8; i++) {
      let r = 0;
      switch (i) {
        case 0: r += 1;
        case 1: r += 10; break;
        default: r += 100;
        case two: r += 1000; break;
        case two + 1: r += 5;
        case 4: { r += 7; break; }
        case 5: for (let k = 0; k < 3; k++) { if (k === 1) continue; if (k === 2) break; r += 2; }
      }
      this.out[i] = r;
    }`,
  },
  {
    name: "continue within a switch within a loop, and break out of both by a label",
    fields: "sum: u32 = 0; rounds: u32 = 0;",
    body: `outer: for (let i = 0; i < 10; i++) {
      this.rounds++;
      switch (i & 3) {
        case 0: continue;
        case 1: this.sum += 10; break;
        case 2: for (let j = 0; j < 5; j++) { if (j === 3) continue outer; this.sum += j; }
        case 3: if (i > 6) break outer;
      }
      this.sum += 100;
    }`,
  },
  {
    name: "labelled blocks, nested loops, and jumps out of do and while",
    fields: "a: u32 = 0; b: u32 = 0; c: u32 = 0;",
    body: `block: { this.a += 1; if (this.a > 0) break block; this.a += 100; }
    let i = 0;
    first: do { let j = 0; while (j < 10) { j++; if (j === 2) continue; if (j === 5) continue first; this.b += j; } this.b += 1000; } while (++i < 3);
    let k = 0;
    out: while (k < 20) { k++; for (let m = 0; m < 20; m++) { if (m * k === 12) break out; if (m > k) continue out; this.c += 1; } }`,
  },
  {
    name: "for…of reads each element when its round comes",
    fields: "a: array<u32, 4> = [1, 2, 3, 4]; sum: u32 = 0; r: u32 = 0;",
    body: `let k = 0;
    for (const x of this.a) { if (k < 3) { this.a[k + 1] += x; } k++; this.sum = this.sum * 3 + x; }
    for (let y of this.a) { y += 1; this.r += y; if (this.r > 12) break; }`,
  },
  {
    name: "variables of a block hide those around it",
    fields: "a: u32 = 0; b: u32 = 0;",
    body: `let x = 1;
    { let x = 2; x += 5; this.a = x; { const x = 50; this.a += x; } }
    for (let x = 0; x < 3; x++) { let x = 7; this.b += x; }
    this.b += x;`,
  },
  {
    name: "a return in the middle of loops and switches ends the function",
    fields: "a: u32 = 0; b: u32 = 0; c: u32 = 0;",
    before: `function find(limit: u32): u32 {
  for (let i = 0; i < 10; i++) { switch (i) { case 2: continue; case 7: return i * 100; } for (let j = 0; j < 5; j++) { if (i * j === limit) return i * 10 + j; } }
  return 999;
}`,
    body: "this.a = find(6); this.b = find(1000); this.c = find(0);",
  },
  {
    name: "a return, a break and a continue within callbacks",
    fields: "a: u32 = 0; b: u32 = 0;",
    imports: "range,",
    before: `function first(n: i32, wanted: u32): u32 {
  let sum = 0;
  outer: for (const i of range(0, n)) { for (const j of range(0, 3)) { if (j === 1 && i === 1) continue outer; if (i * 3 + j === wanted) return i * 10 + j; sum += 1; if (sum > 50) break outer; } }
  return 1000 + sum;
}`,
    body: "this.a = first(5, 8); this.b = first(4, 77);",
  },
];
