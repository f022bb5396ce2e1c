import { describe, expect, it } from "vitest";
import { compileFixture, hasClang } from "../../fixtures/compile.js";
import { parseObject } from "./parse.js";
import { StructOpsShadow } from "./struct-ops-shadow.js";

describe.skipIf(!hasClang)("a struct of struct_ops in a spec", () => {
  const open = () => parseObject(compileFixture("struct_ops"));

  it("has the members of the object's struct", () => {
    const { members } = new StructOpsShadow(open(), "mine");
    expect(
      [...members.values()].map(({ name, offset, size, isProgram }) => [name, offset, size, isProgram]),
    ).toEqual([
      ["ssthresh", 0, 8, true],
      ["init", 8, 8, true],
      ["name", 16, 16, false],
    ]);
  });

  it("takes another program for a member, or none, and other bytes", () => {
    const spec = open();
    const shadow = new StructOpsShadow(spec, "mine");
    expect([shadow.program("ssthresh"), shadow.program("init")]).toEqual(["my_ssthresh", "my_init"]);
    shadow.setProgram("ssthresh", "my_init");
    shadow.setProgram("init", null);
    shadow.bytes("name").set(Buffer.from("yours"));
    expect([...spec.maps.get("mine")!.values]).toEqual([[0, "my_init"]]);
    expect(Buffer.from(spec.maps.get("mine")!.contents!).toString("latin1", 16, 21)).toBe("yours");
    expect([shadow.program("ssthresh"), shadow.program("init")]).toEqual(["my_init", null]);
  });

  it("refuses what is no member, no program of struct_ops, and no such struct", () => {
    const shadow = new StructOpsShadow(open(), "mine");
    expect(() => shadow.setProgram("begin", null)).toThrow(/map mine: it has no member 'begin'/);
    expect(() => shadow.setProgram("init", "nothing")).toThrow(
      /nothing is no program.* my_ssthresh, my_init/,
    );
    expect(() => shadow.program("name")).toThrow(/'name' is no program/);
    expect(() => shadow.bytes("init")).toThrow(/'init' is no data/);
    expect(() => new StructOpsShadow(open(), "yours")).toThrow(/map yours: the object has no such struct/);
  });
});
