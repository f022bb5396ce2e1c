import type { Case } from "../case.js";

/** Indexes that the source bounds, by whatever way: each compiles, is loaded, and reaches the element that it names. */
export const indexes: readonly Case[] = [
  {
    name: "what a function returns",
    fields: "a: array<u32, 8> = [1, 2, 3, 4, 5, 6, 7, 8]; k: u32 = 11; x: u32 = 0;",
    before: "function slot(k: u32): u32 { if (k === 3) return 0; return (k * 5) & 7; }",
    body: "this.x = this.a[slot(this.k)] * 10 + this.a[slot(3)];",
  },
  {
    name: "a comparison before `a[n++]`",
    fields: "a: array<u32, 4> = [0,0,0,0]; n: u32 = 0;",
    body: `let n = 0; for (let i = 0; i < 10; i++) { if (i % 3 === 0 && n < 4) this.a[n++] = i; } this.n = n;`,
  },
  {
    name: "a comparison of the field before `a[this.n++]`",
    fields: "a: array<u32, 4> = [0,0,0,0]; n: u32 = 0;",
    body: `for (let i = 0; i < 10; i++) { if (this.n < 4) this.a[this.n++] = i; }`,
  },
  {
    name: "a comparison of a field, which is then counted up",
    fields: "a: array<u32, 4> = [0,0,0,0]; n: u32 = 0;",
    body: `for (let i = 0; i < 10; i++) { if (this.n < 4) { this.a[this.n] = i; this.n++; } }`,
  },
  {
    name: "a comparison of a counter that counts on past it",
    fields: "a: array<u32, 4> = [0,0,0,0]; n: u32 = 0;",
    body: `let n = 0; for (let i = 0; i < 10; i++) { if (n < 4) this.a[n] = i; n++; } this.n = n;`,
  },
  {
    name: "`a[k++]` and `a[k--]` in a while",
    fields: "a: array<u32, 4> = [5,6,7,8]; n: u32 = 0;",
    body: `let k = 0; while (k < 4) { this.n += this.a[k++]; } k = 3; while (k >= 0) { this.n = this.n * 3 + this.a[k--]; }`,
  },
  {
    name: "loops that count down, `k-- > 0` among them",
    fields: "a: array<u32, 4> = [5,6,7,8]; n: u32 = 0;",
    body: `for (let k = 3; k >= 0; k--) { this.n = this.n * 3 + this.a[k]; } for (let k = 4; k > 0; k--) this.n += this.a[k - 1] * k;  for (let k = 4; k-- > 0;) this.n += this.a[k] * k;`,
  },
  {
    name: "two counters that meet",
    fields: "a: array<u32, 8> = [5,6,7,8,1,2,3,4]; n: u32 = 0;",
    body: `for (let i = 0, j = 7; i < j; i++, j--) { const t = this.a[i]; this.a[i] = this.a[j]; this.a[j] = t; }`,
  },
  {
    name: "a bubble sort",
    fields: "a: array<u32, 8> = [5,6,7,8,1,2,3,4]; n: u32 = 0;",
    body: `for (let i = 0; i < 8; i++) for (let j = 0; j < 7 - i; j++) if (this.a[j] > this.a[j + 1]) { [this.a[j], this.a[j + 1]] = [this.a[j + 1], this.a[j]]; this.n++; }`,
  },
  {
    name: "an insertion sort",
    fields: "a: array<u32, 8> = [5,6,7,8,1,2,3,4]; n: u32 = 0;",
    body: `for (let i = 1; i < 8; i++) { const x = this.a[i]; let j = i - 1; while (j >= 0 && this.a[j] > x) { this.a[j + 1] = this.a[j]; j--; } this.a[j + 1] = x; }`,
  },
  {
    name: "a binary search",
    fields: "a: array<u32, 8> = [1,3,5,7,9,11,13,15]; n: u32 = 0; m: u32 = 0;",
    body: `let lo = 0; let hi = 7; let found = 100; while (lo <= hi) { const mid = (lo + hi) >> 1; if (this.a[mid] === 11) { found = mid; break; } if (this.a[mid] < 11) lo = mid + 1; else hi = mid - 1; this.m++; } this.n = found;`,
  },
  {
    name: "the place of the smallest",
    fields: "a: array<u32, 4> = [9,3,5,7]; n: u32 = 0; m: u32 = 0;",
    body: `let best = 0; for (let i = 1; i < 4; i++) if (this.a[i] < this.a[best]) best = i; this.n = best; this.m = this.a[best];`,
  },
  {
    name: "a remainder, kept in a variable",
    fields: "a: array<u32, 5> = [0,0,0,0,0]; n: u32 = 0;",
    body: `let head = 3; for (let i = 0; i < 7; i++) { this.a[head] = i; head = (head + 1) % 5; } this.n = head;`,
  },
  {
    name: "a counter that is set back to 0",
    fields: "a: array<u32, 5> = [0,0,0,0,0]; n: u32 = 0;",
    body: `let head = 3; for (let i = 0; i < 7; i++) { this.a[head] = i; head++; if (head === 5) head = 0; } this.n = head;`,
  },
  {
    name: "a choice between the field and its limit",
    fields: "a: array<u32, 5> = [1,2,3,4,5]; n: u32 = 0; k: u32 = 77;",
    body: `this.n = this.a[this.k > 4 ? 4 : this.k];`,
  },
  {
    name: "a limit that is assigned",
    fields: "h: array<u32, 8> = [0,0,0,0,0,0,0,0]; k: u32 = 77;",
    imports: "log2,",
    body: `for (let i = 1; i < 20; i++) { let slot = i >> 1; if (slot > 7) slot = 7; this.h[slot]++; }`,
  },
  {
    name: "a return before it, and a loop that starts there",
    fields: "a: array<u32, 5> = [1,2,3,4,5]; n: u32 = 0; k: u32 = 3;",
    before: "",
    body: `const k = this.k; if (k >= 5) return; this.n = this.a[k]; for (let i = k; i < 5; i++) this.n += this.a[i];`,
  },
  {
    name: "sums of products of counters",
    fields: "a: array<u32, 9> = [1,2,3,4,5,6,7,8,9]; n: u32 = 0; t: array<u32, 9> = [0,0,0,0,0,0,0,0,0];",
    body: `for (let r = 0; r < 3; r++) for (let c = 0; c < 3; c++) this.t[c * 3 + r] = this.a[r * 3 + c];`,
  },
  {
    name: "none: numbers that change places",
    fields: "n: u32 = 0;",
    body: `let [a, b] = [0, 1]; for (let i = 0; i < 20; i++) [a, b] = [b, a + b]; this.n = a;`,
  },
  {
    name: "none: a remainder, round by round",
    fields: "n: u32 = 0; x: u32 = 252; y: u32 = 105;",
    body: `let a = this.x; let b = this.y; for (let i = 0; i < 40 && b !== 0; i++) [a, b] = [b, a % b]; this.n = a;`,
  },
  {
    name: "none: a choice in a loop",
    fields: "n: u32 = 0; x: u32 = 27;",
    body: `let x = this.x; for (let i = 0; i < 200; i++) { if (x === 1) break; x = x & 1 ? x * 3 + 1 : x / 2; this.n++; }`,
  },
  {
    name: "none of the assignment's value, which is computed after it",
    fields: "a: array<u32, 4> = [1,2,3,4]; two: u32 = 2; x: u32 = 0;",
    body: `let i = this.two; if (i >= 4) return; this.a[i] = (i = 0) + 9; this.x = i;`,
  },
  {
    name: "none of a compound assignment's value",
    fields: "a: array<u32, 4> = [1,2,3,4]; two: u32 = 2; x: u32 = 0;",
    body: `let i = this.two; if (i >= 4) return; this.a[i] += (i = 1) + this.a[i]; this.x = this.a[i];`,
  },
  {
    name: "a comparison whose sides change the variable",
    fields: "a: array<u32, 4> = [1,2,3,4]; two: u32 = 2; x: u32 = 0;",
    body: `let i = this.two; if (i >= 4) return; let j = i; if (j < (j = 3)) { this.x = this.a[j] * 10; } if (j !== (j = 0)) this.x += this.a[j];`,
  },
  {
    name: "a comparison with a variable that it changes",
    fields: "a: array<u32, 4> = [1,2,3,4]; two: u32 = 2; x: u32 = 0; y: u32 = 5;",
    body: `let j = this.two; if (j < (j = this.y & 3)) { this.x = this.a[j] * 10; } else this.x = 100 + this.a[j & 3];`,
  },
  {
    name: "indexes within indexes, which change each other's variables",
    fields: "a: array<u32, 4> = [1,2,3,4]; two: u32 = 2; x: u32 = 0; y: u32 = 5;",
    before:
      "class Row { c: array<u32, 4> = [1,2,3,4]; } class M { r: array<Row, 4> = [new Row(), new Row(), new Row(), new Row()]; }",
    body: `const m = new M(); m.r[2].c[0] = 70; m.r[0].c[2] = 50; let i = this.two; if (i >= 4) return; this.x = m.r[i].c[(i = 0)]; i = this.two & 3; this.y = m.r[(i - 2) & 3].c[i]; m.r[i].c[(i = 1)] = (i = 3); this.two = m.r[2].c[1];`,
  },
  {
    name: "arguments that change the variable of the next",
    fields: "a: array<u32, 4> = [1,2,3,4]; two: u32 = 2; x: u32 = 0; y: u32 = 5;",
    before: "function add(a: u32, b: u32, c: u32): u32 { return a * 100 + b * 10 + c; }",
    body: `let i = this.two; if (i >= 4) return; this.x = add(this.a[i], this.a[(i = 0)], this.a[i]);`,
  },
  {
    name: "a choice, and a change of what was chosen",
    fields: "a: array<u32, 4> = [1,2,3,4]; two: u32 = 2; x: u32 = 0; y: u32 = 5;",
    body: `let i = this.two; if (i >= 4) return; this.x = this.a[(i === 2 ? i : 3) - (i = 1)]; `,
  },
  {
    name: "comparisons with what is assigned meanwhile",
    fields: "a: array<u32, 4> = [1,2,3,4]; two: u32 = 2; x: u32 = 0; y: u32 = 5;",
    body: `let i = 3; if (i !== (i = 1)) { this.x = this.a[this.two & 3]; } i = 3; if (i > (i = 2)) this.y = this.a[i]; else this.y = 77;`,
  },
  {
    name: "variables that closures change",
    fields: "a: array<u32, 4> = [1,2,3,4]; x: u32 = 0;",
    imports: "loop,",
    body: `let i = 0; loop(3, (k) => { i = k + 1; }); this.x = i < 4 ? this.a[i] : 0; let j = 3; loop(2, (k) => { if (j < 4) this.x += this.a[j] * 10; j = j - 2; if (j < 0) j = 2; });`,
  },
  {
    name: "a loop whose body changes its counter",
    fields: "a: array<u32, 8> = [1,2,3,4,5,6,7,8]; x: u32 = 0;",
    body: `for (let i = 0; i < 8; i++) { this.x = this.x * 2 + this.a[i]; if (this.a[i] === 3) i += 2; }`,
  },
  {
    name: "the cases of a switch",
    fields: "a: array<u32, 4> = [1,2,3,4]; k: u32 = 2; x: u32 = 0;",
    body: `const k = this.k; switch (k) { case 0: case 1: this.x = 50; break; case 2: this.x = this.a[k]; case 3: this.x += this.a[k] * 10; break; default: this.x = 99; }`,
  },
  {
    name: "a do while",
    fields: "a: array<u32, 4> = [1,2,3,4]; k: u32 = 2; x: u32 = 0;",
    body: `let i = 0; do { this.x = this.x * 10 + this.a[i]; i++; } while (i < 4);`,
  },
  {
    name: "what holds where a loop was left",
    fields: "a: array<u32, 4> = [1,2,3,4]; k: u32 = 3; x: u32 = 0;",
    body: `let i = 0; for (; i < 4; i++) if (this.a[i] === this.k) break; if (i < 4) this.x = this.a[i] * 100; else this.x = 7;`,
  },
  {
    name: "fields behind two names, and calls that change them",
    fields: "x: u32 = 0;",
    before: "class S { i: u32 = 1; a: array<u32, 4> = [1,2,3,4]; } function poke(s: S): void { s.i = 3; }",
    body: `const s = new S(); const t = s; if (s.i < 2) { t.i = 3; this.x = s.i < 4 ? s.a[s.i] : 0; } s.i = 1; if (s.i < 2) { poke(s); this.x += s.i < 4 ? s.a[s.i] * 10 : 0; }`,
  },
  {
    name: "comparisons of a sum",
    fields: "a: array<u32, 4> = [1,2,3,4]; k: u32 = 2; x: u32 = 0;",
    body: `const k = this.k; if (k > 0 && k <= 4) this.x = this.a[k - 1]; if (k - 1 < 3 && k >= 1) this.x += this.a[k] * 10;`,
  },
  {
    name: "none: a loop that counts down by two",
    fields: "x: u32 = 0;",
    body: `let i = 7; while (i > 0) { i -= 2; if (i === 3) continue; this.x = this.x * 10 + i; if (i < 2) break; }`,
  },
];
