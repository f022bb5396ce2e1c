import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { compileSkeletonFixture, hasClang } from "../../fixtures/skeleton/compile.js";
import { Btf } from "../btf/btf.js";
import { encodeBtf } from "../btf/builder.js";
import type { BtfType } from "../btf/types.js";
import { newMap } from "../spec/new-map.js";
import { parseObject } from "../spec/parse.js";
import type { CollectionSpec, MapSpec } from "../spec/spec.js";
import { SkeletonError } from "./error.js";
import type { Extras } from "./extras.js";
import { generateSkeleton, skeletonName } from "./generate.js";

const int = (over: Partial<Extract<BtfType, { kind: "int" }>> = {}): BtfType => ({
  kind: "int",
  name: "u32",
  size: 4,
  bits: 32,
  bitOffset: 0,
  encoding: "unsigned",
  ...over,
});
const field = (name: string, type: number, bitOffset: number, bitfieldSize = 0) => ({
  name,
  type,
  bitOffset,
  bitfieldSize,
});

/** An object that has one hash map, whose key is type 1 and whose value is type 2. */
function specOf(types: readonly BtfType[], over: Partial<MapSpec> = {}): CollectionSpec {
  const sizes = { keySize: 4, valueSize: 8, maxEntries: 1, keyType: 1, valueType: 2 };
  const map = newMap("table", "hash", { ...sizes, ...over });
  return {
    btf: types.length > 0 ? Btf.parse(encodeBtf(types, { endian: "little" })) : null,
    license: "GPL",
    endian: "little",
    sections: {},
    maps: new Map([[map.name, map]]),
    programs: new Map(),
    variables: new Map(),
    kconfigs: new Map(),
  };
}

const printed = (spec: CollectionSpec, name = "Probe"): string =>
  generateSkeleton(spec, new Uint8Array([1, 2, 3]), { name, source: "probe.bpf.o", embed: true }).ts;

describe("a skeleton's text", () => {
  test("is the same each time, imports only the runtime, and ends its lines with a newline", () => {
    const spec = specOf([int(), int({ name: "u64", size: 8, bits: 64 })]);
    expect(printed(spec)).toBe(printed(spec));
    expect(printed(spec).match(/from "[^"]*"/g)).toEqual(['from "@tsbpfc/runtime"']);
    expect(printed(spec)).toMatch(/\}\n$/);
    expect(printed(spec)).not.toMatch(/[ \t]$|\r/m);
  });

  test("holds the object, or its name beside the module and its hash", () => {
    const spec = specOf([int(), int()]);
    const object = new Uint8Array([1, 2, 3]);
    const options = { name: "Probe", source: "my probe.bpf.o" };
    expect(generateSkeleton(spec, object, { ...options, embed: true }).ts).toContain(
      "embeddedObject(`\nAQID\n`)",
    );
    const { ts } = generateSkeleton(spec, object, { ...options, embed: false });
    expect(ts).toContain('new URL("./my%20probe.bpf.o", import.meta.url)');
    expect(ts).toContain(createHash("sha256").update(object).digest("hex"));
    expect(ts).not.toContain("AQID");
  });

  test("of an object without types has maps of bytes", () => {
    expect(printed(specOf([], { keyType: 0, valueType: 0 }))).toContain(
      "readonly table: HashMap<Uint8Array, Uint8Array>;",
    );
  });

  const events = (over: Partial<MapSpec>): CollectionSpec =>
    specOf(
      [
        int(),
        int({ name: "u64", size: 8, bits: 64 }),
        { kind: "struct", name: "event", size: 4, members: [field("pid", 1, 0)] },
      ],
      { name: "events", type: "ringbuf", keyType: 0, valueType: 0, ...over },
    );
  const withExtras = (spec: CollectionSpec, extras: Extras): string =>
    generateSkeleton(spec, new Uint8Array(), { name: "Probe", source: "x.o", embed: true, extras }).ts;

  test("gives a ring buffer the type that C declares as its value, and a perf buffer none", () => {
    expect(printed(events({ valueType: 3 }))).toContain("readonly events: RingBuf<event>;");
    expect(printed(events({ type: "perf_event_array", valueType: 1 }))).toContain(
      "readonly events: PerfEventArray<Uint8Array>;",
    );
  });

  test("gives records the type that the user names, and declares types that nothing else needs", () => {
    const records = new Map([["events", "event"]]);
    expect(withExtras(events({}), { records })).toContain("readonly events: RingBuf<event>;");
    expect(withExtras(events({}), { types: ["event"] })).toContain("export const event: Codec<event> = {");
    expect(printed(events({}))).not.toContain("Codec<event>");
  });

  test.each<[string, Extras, string, RegExp]>([
    ["a type that is not in the object", { types: ["none"] }, "SKELETON_NO_TYPE", /unused_none/],
    [
      "a record's type that is not there",
      { records: new Map([["events", "none"]]) },
      "SKELETON_NO_TYPE",
      /"none"/,
    ],
    ["a map that is not there", { records: new Map([["event", "event"]]) }, "SKELETON_NO_MAP", /are events$/],
  ])("refuses %s, and says what to do", (_, extras, code, message) => {
    const made = () => withExtras(events({}), extras);
    expect(made).toThrow(expect.objectContaining({ code }));
    expect(made).toThrow(message);
  });

  test("declares the same struct once, and different ones of one name apart", () => {
    const struct = (size: number): BtfType => ({
      kind: "struct",
      name: "pair",
      size,
      members: [field("a", 1, 0)],
    });
    const twice = printed(
      specOf(
        [
          int(),
          struct(4),
          struct(4),
          { kind: "struct", name: "outer", size: 8, members: [field("x", 2, 0), field("y", 3, 32)] },
        ],
        { valueType: 4 },
      ),
    );
    expect(twice.match(/export interface pair\d* /g)).toEqual(["export interface pair "]);
    const apart = printed(
      specOf(
        [
          int(),
          struct(4),
          struct(8),
          { kind: "struct", name: "outer", size: 12, members: [field("x", 2, 0), field("y", 3, 32)] },
        ],
        { valueType: 4 },
      ),
    );
    expect(apart.match(/export interface pair\d* /g)).toEqual([
      "export interface pair ",
      "export interface pair2 ",
    ]);
  });

  test.each([
    "Probe",
    "ProbeMaps",
    "Skeleton",
    "HashMap",
    "codecs",
    "Codec",
    "string",
    "class",
    "Uint8Array",
    "Pick",
  ])("gives a struct named %s another name, since the file needs that one", (name) => {
    const text = printed(specOf([int(), { kind: "struct", name, size: 4, members: [field("a", 1, 0)] }]));
    const interfaces = text.match(/export interface (\w+) \{\n {2}a/);
    expect(interfaces?.[1]).not.toBe(name);
    expect(text).toContain(`HashMap<number, ${interfaces?.[1]}>`);
  });

  test("keeps a section's name from ending its comment", () => {
    const spec = specOf([int(), int()], { name: 'a*/ alert("x") /*\n' });
    const text = printed(spec);
    expect(text).toContain('readonly "a*/ alert(\\"x\\") /*\\n": HashMap');
    const program = {
      ...spec,
      programs: new Map([["p", { name: "p", section: "x*/\ny", type: "xdp", autoload: true } as never]]),
    };
    expect(printed(program)).toContain('/** SEC("x* / y"), BPF_PROG_TYPE_XDP.');
  });

  test("is refused for a class name that is none", () => {
    for (const name of ["", "1x", "a-b", "class", "string"])
      expect(() => printed(specOf([int(), int()]), name)).toThrow(
        expect.objectContaining({ name: "SkeletonError", code: "SKELETON_BAD_NAME" }),
      );
  });
});

describe("types that contradict themselves", () => {
  const cases: readonly [string, BtfType[]][] = [
    [
      "a field that ends outside its struct",
      [int(), { kind: "struct", name: "s", size: 4, members: [field("a", 1, 8)] }],
    ],
    ["a struct within itself", [int(), { kind: "struct", name: "s", size: 4, members: [field("a", 2, 0)] }]],
    [
      "a field that begins within a byte",
      [int(), { kind: "struct", name: "s", size: 8, members: [field("a", 1, 3)] }],
    ],
    [
      "a bit-field wider than its type",
      [int(), { kind: "struct", name: "s", size: 8, members: [field("a", 1, 0, 40)] }],
    ],
    [
      "a bit-field of a struct",
      [int(), { kind: "struct", name: "s", size: 8, members: [field("a", 2, 0, 4)] }],
    ],
    ["a value of type void", [int(), { kind: "const", type: 0 }]],
    [
      "a struct that is nested too deeply",
      [
        int(),
        ...Array.from(
          { length: 100 },
          (_, i): BtfType => ({
            kind: "struct",
            name: `s${i}`,
            size: 4,
            members: [field("a", i === 99 ? 1 : i + 3, 0)],
          }),
        ),
      ],
    ],
  ];
  test.each(cases)("%s is a SkeletonError", (_, types) => {
    expect(() => printed(specOf(types))).toThrow(SkeletonError);
  });

  test("a chain of typedefs that comes back to itself is an error", () => {
    expect(() => printed(specOf([int(), { kind: "typedef", name: "t", type: 2 }]))).toThrow();
  });

  test("an array of nothing is empty", () => {
    const empty: BtfType = { kind: "struct", name: "empty", size: 0, members: [] };
    const array: BtfType = { kind: "array", type: 3, indexType: 1, length: 1000 };
    const text = printed(specOf([int(), array, empty]));
    expect(text).toContain("const emptyx0");
  });

  test("bit-fields from before kind_flag are read by their integer's width", () => {
    const text = printed(
      specOf([int(), { kind: "struct", name: "s", size: 4, members: [field("a", 3, 8)] }, int({ bits: 5 })]),
    );
    expect(text).toContain("a: (view.getUint8(at + 1)) & 0x1f,");
  });
});

describe("a skeleton's name", () => {
  const none = specOf([int(), int()]);
  test.each([
    ["tcp-connect.bpf.o", "TcpConnect"],
    ["/a/b.c/execsnoop.o", "Execsnoop"],
    ["x_y.elf", "XY"],
    ["9p.bpf.o", "_9p"],
    [".o", "Probe"],
  ])("for %s is %s", (file, name) => {
    expect(skeletonName(none, file)).toBe(name);
  });

  test("is what the object's tag says", () => {
    const tagged = specOf([
      int(),
      int(),
      { kind: "decl_tag", name: "tsbpfc:program=MyProbe", type: 1, component: -1 },
    ]);
    expect(skeletonName(tagged, "x.o")).toBe("MyProbe");
    const bad = specOf([
      int(),
      int(),
      { kind: "decl_tag", name: "tsbpfc:program=a b", type: 1, component: -1 },
    ]);
    expect(skeletonName(bad, "x.o")).toBe("X");
  });

  test.skipIf(!hasClang)("is read from clang's objects too", () => {
    expect(skeletonName(parseObject(compileSkeletonFixture("types")), "x.o")).toBe("AllTypes");
  });
});
