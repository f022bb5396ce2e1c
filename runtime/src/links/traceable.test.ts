import { Btf, type BtfType, encodeBtf } from "@tsbpfc/loader";
import { describe, expect, test } from "vitest";
import { isTraceable } from "./traceable.js";

const number = (size: number): BtfType => ({
  kind: "int",
  name: `i${size}`,
  size,
  bits: Math.min(size * 8, 128),
  bitOffset: 0,
  encoding: "signed",
});
const struct = (size: number): BtfType => ({ kind: "struct", name: `s${size}`, size, members: [] });

/** Types 1 to 6; what follows is the function's type, and the function. */
const types: readonly BtfType[] = [
  number(4),
  number(16),
  { kind: "ptr", type: 0 },
  struct(16),
  struct(24),
  { kind: "typedef", name: "t", type: 1 },
];
const [INT, WIDE, POINTER, SMALL, LARGE, TYPEDEF] = [1, 2, 3, 4, 5, 6];

describe("functions that fentry.multi takes by a pattern", () => {
  test.each([
    ["numbers and addresses", 0, [INT, POINTER, TYPEDEF], true],
    ["a result", POINTER, [], true],
    ["a small struct by value", 0, [SMALL], true],
    ["twelve arguments", 0, Array<number>(12).fill(INT), true],
    ["thirteen", 0, Array<number>(13).fill(INT), false],
    ["a large struct by value", 0, [LARGE], false],
    ["variable arguments", 0, [INT, 0], false],
    ["a result of 16 bytes", WIDE, [], false],
    ["a struct as result", SMALL, [], false],
  ] as const)("%s", (_, returns, params, taken) => {
    const btf = Btf.parse(
      encodeBtf([
        ...types,
        { kind: "func_proto", returns, params: params.map((type) => ({ name: "", type })) },
        { kind: "func", name: "f", type: types.length + 1, linkage: "static" },
      ]),
    );
    expect(isTraceable(btf, types.length + 2)).toBe(taken);
  });
});
