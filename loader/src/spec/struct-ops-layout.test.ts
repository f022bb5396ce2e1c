import { describe, expect, test } from "vitest";
import { Btf } from "../btf/btf.js";
import { encodeBtf } from "../btf/builder.js";
import type { BtfMember, BtfType } from "../btf/types.js";
import { newMap } from "./new-map.js";
import type { MapSpec } from "./spec.js";
import { layoutStructOps } from "./struct-ops-layout.js";

const member = (name: string, type: number, bytes: number, bitfieldSize = 0): BtfMember => ({
  name,
  type,
  bitOffset: bytes * 8,
  bitfieldSize,
});
const int: BtfType = { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" };
const proto: BtfType = { kind: "func_proto", returns: 1, params: [] };
/** 1 int, 2 function, 3 pointer to it, 4 struct. */
const types = (struct: BtfType, ...more: BtfType[]): Btf =>
  Btf.parse(encodeBtf([int, proto, { kind: "ptr", type: 2 }, struct, ...more]));

/** The kernel's: begins with something else, and is 64 bytes into the map's value. */
const kernel = types(
  {
    kind: "struct",
    name: "ops",
    size: 24,
    members: [member("other", 1, 0), member("flags", 1, 4), member("stop", 3, 8), member("start", 3, 16)],
  },
  {
    kind: "struct",
    name: "bpf_struct_ops_ops",
    size: 128,
    members: [member("refs", 1, 0), member("data", 4, 64)],
  },
);

const object = (...members: BtfMember[]): Btf =>
  types({ kind: "struct", name: "ops___mine", size: 24, members });

function spec(contents: Uint8Array, values: Map<number, string>): MapSpec {
  return newMap("mine", "struct_ops", {
    keySize: 4,
    valueSize: contents.length,
    maxEntries: 1,
    valueType: 4,
    values,
    contents,
    origin: "struct_ops",
  });
}

const bytes = (...at: readonly (readonly [number, number])[]): Uint8Array => {
  const all = new Uint8Array(24);
  for (const [offset, value] of at) all[offset] = value;
  return all;
};

describe("a struct_ops variable in the kernel's terms", () => {
  const mine = object(member("start", 3, 0), member("flags", 1, 8), member("of_the_future", 3, 16));

  test("has its members where the kernel's struct has them, by name", () => {
    const layout = layoutStructOps(spec(bytes([8, 5]), new Map([[0, "begin"]])), mine, [kernel]);
    expect(layout).toMatchObject({ valueType: 5, valueSize: 128, structType: 4 });
    expect(layout.functions).toEqual([{ program: "begin", member: 3, offset: 80 }]);
    expect([...layout.contents.entries()].filter(([, byte]) => byte !== 0)).toEqual([[68, 5]]);
  });

  test("may leave members out that are zero; one that is set and that the kernel lacks is an error", () => {
    const set = spec(bytes(), new Map([[16, "later"]]));
    expect(() => layoutStructOps(set, mine, [kernel])).toThrow(/mine.*no member 'of_the_future'/);
  });

  test("is refused if a member has another type, is a bit-field, or the kernel has no such struct", () => {
    const lay = (btf: Btf, kernels: readonly Btf[] = [kernel]) =>
      layoutStructOps(spec(bytes(), new Map()), btf, kernels);
    expect(() => lay(object(member("flags", 3, 0)))).toThrow(/'flags' has another type/);
    expect(() => lay(object(member("start", 1, 0)))).toThrow(/'start' has another type/);
    expect(() => lay(object(member("flags", 1, 0, 3)))).toThrow(/bit-field 'flags'/);
    expect(() => lay(mine, [])).toThrow(/no struct_ops 'ops'/);
    const stray = spec(bytes(), new Map([[4, "begin"]]));
    expect(() => layoutStructOps(stray, mine, [kernel])).toThrow(/where no member begins/);
  });

  test("is looked for in modules too", () => {
    const module = Btf.parse(encodeBtf([{ kind: "fwd", name: "none", union: false }]));
    const { btf } = layoutStructOps(spec(bytes(), new Map()), mine, [module, kernel]);
    expect(btf).toBe(kernel);
  });
});
