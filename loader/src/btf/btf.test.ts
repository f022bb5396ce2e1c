import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Btf } from "./btf.js";
import { BtfBuilder, encodeBtf } from "./builder.js";
import { BtfError } from "./error.js";
import { listModuleBtfs, readKernelBtf } from "./kernel.js";
import { essentialName } from "./strings.js";
import type { BtfType } from "./types.js";

const int: BtfType = { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" };

/** One type of each kind. */
const everyKind: readonly BtfType[] = [
  int,
  { kind: "ptr", type: 1 },
  { kind: "array", type: 1, indexType: 1, length: 7 },
  {
    kind: "struct",
    name: "s",
    size: 8,
    members: [
      { name: "a", type: 1, bitOffset: 0, bitfieldSize: 3 },
      { name: "", type: 1, bitOffset: 32, bitfieldSize: 0 },
    ],
  },
  { kind: "union", name: "u", size: 4, members: [{ name: "a", type: 1, bitOffset: 0, bitfieldSize: 0 }] },
  { kind: "enum", name: "e", size: 4, signed: true, values: [{ name: "E_A", value: -1n }] },
  { kind: "fwd", name: "f", union: true },
  { kind: "typedef", name: "t", type: 4 },
  { kind: "volatile", type: 8 },
  { kind: "const", type: 9 },
  { kind: "restrict", type: 2 },
  { kind: "func", name: "fn", type: 13, linkage: "global" },
  { kind: "func_proto", returns: 0, params: [{ name: "x", type: 1 }] },
  { kind: "var", name: "v", type: 1, linkage: "static" },
  { kind: "datasec", name: ".data", size: 4, vars: [{ type: 14, offset: 0, size: 4 }] },
  { kind: "float", name: "double", size: 8 },
  { kind: "decl_tag", name: "tag", type: 4, component: -1 },
  { kind: "type_tag", name: "user", type: 1 },
  {
    kind: "enum64",
    name: "e64",
    size: 8,
    signed: false,
    values: [{ name: "BIG", value: 0xffff_ffff_ffff_ffffn }],
  },
];

describe("types that were encoded", () => {
  it.each(["little", "big"] as const)("come back the same, %s endian, all 19 kinds", (endian) => {
    const btf = Btf.parse(encodeBtf(everyKind, { endian }));
    expect(btf.endian).toBe(endian);
    expect([...btf.ids()].map((id) => btf.type(id))).toEqual(everyKind);
  });

  it("have the tags of the whole and of each member", () => {
    const tag = (name: string, component: number) =>
      ({ kind: "decl_tag", name, type: 2, component }) as const;
    const btf = Btf.parse(
      encodeBtf([
        { kind: "float", name: "double", size: 8 },
        {
          kind: "struct",
          name: "s",
          size: 8,
          members: [{ name: "d", type: 1, bitOffset: 0, bitfieldSize: 0 }],
        },
        ...[tag("whole", -1), tag("one", 0), tag("two", 0)],
      ]),
    );
    expect([btf.declTags(2), btf.declTags(2, 0), btf.declTags(2, 1), btf.declTags(1)]).toEqual([
      ["whole"],
      ["one", "two"],
      [],
      [],
    ]);
  });

  it("come back from behind a longer header, such as one that tells the layout of kinds", () => {
    const blob = encodeBtf([{ kind: "float", name: "double", size: 8 }]);
    const longer = new Uint8Array([
      ...blob.subarray(0, 24),
      ...new Uint8Array(8).fill(0xee),
      ...blob.subarray(24),
    ]);
    longer[4] = 32; // hdr_len
    expect(Btf.parse(longer).type(1)).toEqual({ kind: "float", name: "double", size: 8 });
  });

  it("come back with more members than 16 bits count, as Linux 7.2 takes them", () => {
    const values = Array.from({ length: 70_000 }, (_, i) => ({ name: `E${i}`, value: BigInt(i) }));
    const many: BtfType = { kind: "enum", name: "many", size: 4, signed: false, values };
    expect(Btf.parse(encodeBtf([many, int])).type(1)).toEqual(many);
  });

  it("come back from bytes that are not aligned", () => {
    const bytes = encodeBtf(everyKind);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(Btf.parse(shifted.subarray(1)).type(4)).toEqual(everyKind[3]);
  });

  it("are found by name and kind", () => {
    const btf = Btf.parse(encodeBtf(everyKind));
    expect([btf.find("s"), btf.find("s", ["union"]), btf.find("nothing"), btf.find("int", ["int"])]).toEqual([
      [4],
      [],
      [],
      [1],
    ]);
  });

  it("are looked through for their size and for what they name", () => {
    const btf = Btf.parse(encodeBtf(everyKind));
    expect([btf.resolve(10), btf.size(10), btf.size(3), btf.size(2), btf.size(15)]).toEqual([4, 8, 28, 8, 4]);
    expect(() => btf.size(7)).toThrow(expect.objectContaining({ code: "BTF_NO_SIZE" }));
    expect(() => btf.type(99)).toThrow(expect.objectContaining({ code: "BTF_BAD_ID" }));
  });

  it("keep the offsets of a string section that they begin with", () => {
    const first = Btf.parse(encodeBtf(everyKind));
    const again = Btf.parse(
      encodeBtf([...everyKind, { kind: "float", name: "new", size: 4 }], { strings: first.strings }),
    );
    expect(again.strings.subarray(0, first.strings.length)).toEqual(first.strings);
    expect(again.find("new")).toEqual([20]);
  });
});

describe("split BTF", () => {
  it("goes on from its base's ids and strings", () => {
    const base = Btf.parse(encodeBtf([int]));
    // The builder knows no base: its ids and string offsets count from the base's end here.
    const own = new BtfBuilder();
    own.add({ kind: "ptr", type: 1 });
    own.add({ kind: "const", type: 2 });
    const split = Btf.parse(own.build(), { base });
    expect([split.firstId, split.count, split.name(1), split.resolve(3), split.size(2)]).toEqual([
      2,
      4,
      "int",
      2,
      8,
    ]);
    expect(split.find("int")).toEqual([1]);
  });
});

describe("damaged BTF", () => {
  it("is told apart", () => {
    const code = (bytes: Uint8Array): string => {
      try {
        Btf.parse(bytes);
        return "none";
      } catch (error) {
        return error instanceof BtfError ? error.code : "other";
      }
    };
    const good = encodeBtf(everyKind);
    expect(code(new Uint8Array(0))).toBe("BTF_TRUNCATED");
    expect(code(new Uint8Array(64))).toBe("BTF_BAD_MAGIC");
    expect(code(good.subarray(0, good.length - 1))).toBe("BTF_BAD_HEADER");
    const kind = good.slice();
    kind[24 + 7] = 0x1f;
    expect(code(kind)).toBe("BTF_BAD_KIND");
  });

  it("that refers to itself does not hang", () => {
    const btf = Btf.parse(
      encodeBtf([
        { kind: "typedef", name: "a", type: 2 },
        { kind: "const", type: 1 },
        { kind: "array", type: 3, indexType: 3, length: 1 },
      ]),
    );
    expect(() => btf.resolve(1)).toThrow(expect.objectContaining({ code: "BTF_CYCLE" }));
    expect(() => btf.size(3)).toThrow(expect.objectContaining({ code: "BTF_CYCLE" }));
  });

  it("gives types or a BtfError, never another exception", () => {
    const good = encodeBtf(everyKind);
    const mutation = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(mutation, fc.nat(good.length), (changes, length) => {
        const bytes = good.slice(0, length < 24 ? length : good.length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        try {
          const btf = Btf.parse(bytes);
          for (const id of btf.ids()) {
            const attempts = [
              () => btf.type(id),
              () => btf.size(id),
              () => btf.find(btf.name(id)),
              () => btf.resolve(id),
            ];
            for (const attempt of attempts) {
              try {
                attempt();
              } catch (error) {
                expect(error).toBeInstanceOf(BtfError);
              }
            }
          }
        } catch (error) {
          expect(error).toBeInstanceOf(BtfError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("names with flavours", () => {
  it.each([
    ["task_struct___old", "task_struct"],
    ["task_struct", "task_struct"],
    ["a___b___c", "a___b"],
    ["a____b", "a____b"],
    ["___b", "___b"],
    ["a___", "a___"],
  ])("%s is %s", (name, essential) => {
    expect(essentialName(name)).toBe(essential);
  });

  it("are found by their essential part, whichever side has the flavour", () => {
    const name = fc
      .array(fc.constantFrom("a", "b", "_", "___"), { minLength: 1, maxLength: 8 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 20 }), name, (names, wanted) => {
        const btf = Btf.parse(encodeBtf(names.map((n): BtfType => ({ kind: "float", name: n, size: 4 }))));
        const ids = names.flatMap((n, i) => (essentialName(n) === essentialName(wanted) ? [i + 1] : []));
        expect(btf.findEssential(wanted)).toEqual(ids);
        expect(btf.find(wanted)).toEqual(names.flatMap((n, i) => (n === wanted ? [i + 1] : [])));
      }),
    );
  });
});

const hasKernel = existsSync("/sys/kernel/btf/vmlinux");
const hasBpftool = spawnSync("bpftool", ["version"]).status === 0;

describe.skipIf(!hasKernel)("the running kernel's BTF", () => {
  const btf = hasKernel ? readKernelBtf() : null!;

  it("is indexed in a moment", () => {
    const start = performance.now();
    Btf.parse(btf.bytes);
    expect(performance.now() - start).toBeLessThan(200);
  });

  it("decodes whole", () => {
    for (const id of btf.ids()) expect(btf.type(id).kind).toBe(btf.kind(id));
  });

  it("has task_struct with its first members", () => {
    const [id] = btf.find("task_struct", ["struct"]);
    const type = btf.type(id!);
    expect(type.kind === "struct" && type.members[0]!.name).toBe("thread_info");
    expect(btf.size(id!)).toBeGreaterThan(1000);
  });

  it.skipIf(!hasBpftool)("is what bpftool shows", () => {
    const { stdout } = spawnSync("bpftool", ["btf", "dump", "-j", "file", "/sys/kernel/btf/vmlinux"], {
      maxBuffer: 1 << 29,
    });
    const shown = JSON.parse(stdout.toString("latin1")) as {
      types: { id: number; kind: string; name?: string; size?: number }[];
    };
    expect(shown.types).toHaveLength(btf.count - 1);
    for (const { id, kind, name, size } of shown.types) {
      const type = btf.type(id);
      expect(type.kind).toBe(kind.toLowerCase());
      if (name !== undefined && name !== "(anon)") expect(btf.name(id)).toBe(name);
      if (size !== undefined && "size" in type) expect(type.size).toBe(size);
    }
  });

  it("lists modules without reading them", () => {
    for (const module of listModuleBtfs(btf)) expect(module.name).not.toBe("vmlinux");
  });
});

describe("a kernel's BTF that cannot be read", () => {
  it("is an error that says what the kernel needs", () => {
    expect(() => readKernelBtf("/nonexistent/btf")).toThrow(/CONFIG_DEBUG_INFO_BTF/);
  });
});
