import { describe, expect, it } from "vitest";
import { Btf } from "../btf/btf.js";
import { encodeBtf } from "../btf/builder.js";
import type { BtfMember, BtfType, TypeId } from "../btf/types.js";
import { Names } from "./names.js";
import { Shapes } from "./types.js";

const member = (name: string, type: TypeId): BtfMember => ({ name, type, bitOffset: 0, bitfieldSize: 0 });
const struct = (...members: BtfMember[]): BtfType => ({ kind: "struct", name: "", size: 4, members });
const shape = (...types: BtfType[]): unknown =>
  new Shapes(Btf.parse(encodeBtf(types)), new Names([]), "bigint").of(1, "damaged");

describe("the shapes of types that no compiler makes", () => {
  it("are refused for a struct that holds itself, by name or without", () => {
    expect(() => shape(struct(member("own", 1)))).toThrow(/within itself/);
    expect(() => shape(struct(member("", 1)))).toThrow(/within itself/);
  });

  it("are refused for an array of itself", () => {
    const array: BtfType = { kind: "array", type: 2, indexType: 3, length: 1 };
    const int: BtfType = { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" };
    expect(() => shape(struct(member("own", 2)), array, int)).toThrow(
      /within itself|BTF_CYCLE|refers to itself/,
    );
  });

  it("are refused, soon, for structs that hold the next one twice, and so on", () => {
    const start = performance.now();
    const levels = Array.from({ length: 50 }, (_, i) => struct(member("", i + 2), member("", i + 2)));
    expect(() => shape(...levels, struct())).toThrow(/more than \d+ members/);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
