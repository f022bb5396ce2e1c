import { describe, expect, it } from "vitest";
import { Btf } from "./btf.js";
import { encodeBtf } from "./builder.js";
import { allBtfFeatures, loadableBtf } from "./loadable.js";
import type { BtfType } from "./types.js";

const types: readonly BtfType[] = [
  { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" },
  { kind: "func_proto", returns: 0, params: [{ name: "", type: 1 }] },
  { kind: "func", name: "bpf_kfunc", type: 2, linkage: "extern" },
  { kind: "var", name: "jiffies", type: 0, linkage: "extern" },
  {
    kind: "datasec",
    name: ".ksyms",
    size: 0,
    vars: [
      { type: 3, offset: 0, size: 0 },
      { type: 4, offset: 0, size: 0 },
    ],
  },
  { kind: "enum64", name: "wide", size: 8, signed: false, values: [{ name: "W", value: 1n << 40n }] },
  { kind: "type_tag", name: "user", type: 1 },
  { kind: "decl_tag", name: "tag", type: 6, component: -1 },
  { kind: "float", name: "double", size: 8 },
];

describe("an object's BTF for the kernel", () => {
  const object = Btf.parse(encodeBtf(types));
  const loadable = (features = allBtfFeatures): Btf => Btf.parse(loadableBtf(object, features));

  it("has no externs: they become plain functions and variables with places", () => {
    const btf = loadable();
    expect(btf.type(3)).toMatchObject({ kind: "func", name: "bpf_kfunc", linkage: "global" });
    expect(btf.type(2)).toMatchObject({ kind: "func_proto", params: [{ name: "arg0", type: 1 }] });
    expect(btf.type(4)).toMatchObject({ kind: "var", name: "jiffies", type: 1, linkage: "global" });
    const ksyms = btf.type(5);
    expect(ksyms).toMatchObject({
      kind: "datasec",
      size: 8,
      vars: [{ offset: 0 }, { type: 4, offset: 4, size: 4 }],
    });
  });

  it("has names for all parameters of functions, which clang -O0 leaves out", () => {
    const unnamed: readonly BtfType[] = [
      { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" },
      {
        kind: "func_proto",
        returns: 1,
        params: [
          { name: "first", type: 1 },
          { name: "", type: 1 },
          { name: "", type: 0 },
        ],
      },
      { kind: "func_proto", returns: 1, params: [{ name: "", type: 1 }] },
      { kind: "func", name: "f", type: 2, linkage: "global" },
    ];
    const btf = Btf.parse(loadableBtf(Btf.parse(encodeBtf(unnamed))));
    const params = [{ name: "first" }, { name: "arg1" }, { name: "", type: 0 }];
    expect(btf.type(2)).toMatchObject({ params });
    // A prototype that only pointers name is as it was.
    expect(btf.type(3)).toEqual(unnamed[2]);
  });

  it("keeps the ids of all types and the offsets of all strings", () => {
    const btf = loadable();
    expect([6, 7, 8, 9].map((id) => btf.type(id))).toEqual(types.slice(5));
    expect(btf.strings.subarray(0, object.strings.length)).toEqual(object.strings);
  });

  it("is made of damaged types, too: an array of itself beside a bit-field", () => {
    const int = types[0]!;
    const damaged = Btf.parse(
      encodeBtf([
        int,
        { kind: "array", type: 2, indexType: 1, length: 1 },
        {
          kind: "struct",
          name: "s",
          size: 8,
          members: [
            { name: "a", type: 2, bitOffset: 0, bitfieldSize: 0 },
            { name: "b", type: 1, bitOffset: 33, bitfieldSize: 1 },
          ],
        },
      ]),
    );
    expect(Btf.parse(loadableBtf(damaged, allBtfFeatures)).kind(3)).toBe("struct");
  });

  it("stands in for kinds that an older kernel does not know, with the same sizes", () => {
    const btf = loadable({
      ...allBtfFeatures,
      enum64: false,
      typeTag: false,
      declTag: false,
      float: false,
      datasec: false,
    });
    expect([4, 5, 6, 7, 8, 9].map((id) => btf.kind(id))).toEqual([
      "int",
      "int",
      "union",
      "const",
      "int",
      "struct",
    ]);
    expect([btf.size(6), btf.size(9)]).toEqual([8, 8]);
  });

  it("lacks bit-fields at which the kernel's search for a map's timer would give up", () => {
    const members = (offsets: readonly number[], bits: number) =>
      offsets.map((bitOffset) => ({ name: `b${bitOffset}`, type: 1, bitOffset, bitfieldSize: bits }));
    const value = (name: string, inner: number): BtfType => ({
      kind: "struct",
      name,
      size: 24,
      members: [
        { name: "flags", type: 2, bitOffset: 0, bitfieldSize: 0 },
        { name: "inner", type: inner, bitOffset: 64, bitfieldSize: 0 },
      ],
    });
    const btf = Btf.parse(
      encodeBtf([
        { kind: "int", name: "u8", size: 1, bits: 8, bitOffset: 0, encoding: "unsigned" },
        { kind: "struct", name: "flags", size: 1, members: members([0, 1, 4], 1) },
        { kind: "struct", name: "bpf_timer", size: 16, members: [] },
        value("with_timer", 3),
        { kind: "struct", name: "others", size: 1, members: members([0, 3], 3) },
        value("without", 5),
      ]),
    );
    const loaded = Btf.parse(loadableBtf(btf));
    expect(loaded.type(2)).toMatchObject({ size: 1, members: [{ name: "b0" }] });
    expect(loaded.type(5)).toEqual(btf.type(5));
  });

  it("has no layout of kinds behind its header, which only kernels since 7.1 take", () => {
    const plain = encodeBtf([types[0]!]);
    const withLayout = new Uint8Array([
      ...plain.subarray(0, 24),
      ...new Uint8Array(8).fill(0xee),
      ...plain.subarray(24),
    ]);
    withLayout[4] = 32; // hdr_len
    expect(loadableBtf(Btf.parse(withLayout))).toEqual(plain);
  });

  it("is passed on unchanged where nothing needs to change", () => {
    const plain = Btf.parse(
      encodeBtf(types.slice(5).map((t) => (t.kind === "type_tag" ? { ...t, type: 0 } : t))),
    );
    expect(loadableBtf(plain)).toBe(plain.bytes);
  });
});
