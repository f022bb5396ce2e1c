import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileFixture, hasClang } from "../../fixtures/compile.js";
import { Btf } from "../btf/btf.js";
import { BtfBuilder, encodeBtf } from "../btf/builder.js";
import { BtfError } from "../btf/error.js";
import type { BtfType } from "../btf/types.js";
import { parseElf } from "../elf/elf.js";
import { Instructions } from "../insn/insn.js";
import { parseObject } from "../spec/parse.js";
import type { ProgramSpec } from "../spec/spec.js";
import { applyCore } from "./apply.js";
import { CoreError } from "./error.js";
import { poisonCall } from "./patch.js";
import type { CoreKind, CoreRelocation } from "./relocation.js";
import { solveCore } from "./solve.js";

describe.skipIf(!hasClang)("a program of clang's, on a kernel with other layouts", () => {
  const spec = hasClang ? parseObject(compileFixture("core")) : null!;
  const kernel = hasClang ? btfOf(compileFixture("core_target")) : null!;
  const program = (name: string): ProgramSpec => spec.programs.get(name)!;
  const patched = (name: string): Instructions =>
    new Instructions(applyCore(program(name), spec.btf!, [kernel]), "little");
  /** The patched value of each relocation: an offset or an immediate. */
  const values = (name: string): [CoreKind, string, bigint | "poison"][] => {
    const insns = patched(name);
    return program(name).coreRelocations.map(({ insn, kind, access }) => {
      if (insns.code(insn) === 0x85) return [kind, access, "poison"];
      const cls = insns.code(insn) & 7;
      if (insns.isLdImm64(insn)) return [kind, access, insns.imm64(insn)];
      return [kind, access, BigInt(cls >= 1 && cls <= 3 ? insns.off(insn) : insns.imm(insn))];
    });
  };

  it("reads fields where this kernel has them", () => {
    const found = values("offsets").map(([, access, value]) => [access, value]);
    // in: 48 (y at 8), narrow: 40, array: 64 (two longs on), the anonymous union's u2: 32, a: 144.
    expect(found).toEqual([
      ["0:0", BigInt(offsetOf(kernel, "target", "a"))],
      ["0:1:1", 56n],
      ["0:1:1", 56n],
      ["0:2", 40n],
      ["0:3:2", 80n],
      ["0:4:1", 32n],
    ]);
  });

  it("reads an unsigned field in this kernel's width", () => {
    const relocation = program("offsets").coreRelocations.find((r) => r.access === "0:2")!;
    const before = new Instructions(program("offsets").instructions, "little");
    // BPF_W becomes BPF_DW.
    expect([before.code(relocation.insn), patched("offsets").code(relocation.insn)]).toEqual([0x61, 0x79]);
  });

  it("answers every kind of question", () => {
    const size = BigInt(kernel.size(kernel.find("target", ["struct"])[0]!));
    const local = spec.btf!.find("target", ["struct"])[0]!;
    const answers = values("questions").map(([kind, , value]) => [kind, value]);
    expect(answers).toEqual([
      ["field_exists", 1n],
      ["field_exists", 0n],
      ["field_byte_size", 64n],
      ["field_byte_offset", 56n],
      ["type_exists", 1n],
      ["type_exists", 0n],
      ["type_size", size],
      ["type_size", 0n],
      ["type_matches", 1n],
      ["type_matches", 0n],
      ["enumval_exists", 1n],
      ["enumval_exists", 0n],
      ["enumval_value", 7n],
      ["type_id_local", BigInt(local)],
      ["type_id_target", BigInt(kernel.find("target", ["struct"])[0]!)],
      ["enumval_value", 0x300000000n],
      ["type_exists", 1n],
      ["type_exists", 1n],
      ["field_signed", 1n],
      ["field_signed", 0n],
    ]);
  });

  it("shifts bit-fields out of this kernel's words", () => {
    const fields = membersOf(kernel, "target");
    for (const [access, name] of [
      ["0:5", "bits"],
      ["0:6", "ubits"],
    ] as const) {
      const { bitOffset, bitfieldSize } = fields.get(name)!;
      const of = (kind: CoreKind): bigint =>
        values("bitfields").find(([k, a]) => k === kind && a === access)![2] as bigint;
      const byte = Number(of("field_byte_offset"));
      const before = bitOffset - byte * 8;
      expect(before).toBeGreaterThanOrEqual(0);
      expect(before + bitfieldSize).toBeLessThanOrEqual(Number(of("field_byte_size")) * 8);
      expect(of("field_lshift_u64")).toBe(BigInt(64 - before - bitfieldSize));
      expect(of("field_rshift_u64")).toBe(BigInt(64 - bitfieldSize));
    }
  });

  it("answers no for a flavour's field that is gone, and poisons the access behind the question", () => {
    expect(values("flavours").map(([kind, , value]) => [kind, value])).toEqual([
      ["field_exists", 0n],
      ["field_byte_offset", "poison"],
    ]);
  });

  it("poisons what the kernel does not have, and leaves the spec as it was", () => {
    const before = program("unresolved").instructions.slice();
    const [relocation] = program("unresolved").coreRelocations;
    expect(patched("unresolved").imm(relocation!.insn)).toBe(poisonCall);
    expect(program("unresolved").instructions).toEqual(before);
  });

  it("changes nothing on a kernel with the object's own layouts", () => {
    for (const name of ["offsets", "flavours", "unresolved"]) {
      expect(applyCore(program(name), spec.btf!, [spec.btf!])).toEqual(program(name).instructions);
    }
  });

  it("meets damaged kernel types with a typed error, soon", () => {
    const change = fc.tuple(fc.nat(kernel.bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const bytes = kernel.bytes.slice();
        for (const [at, value] of changes) bytes[at] = value;
        const start = performance.now();
        try {
          const damaged = Btf.parse(bytes);
          for (const { name } of spec.programs.values()) applyCore(program(name), spec.btf!, [damaged]);
        } catch (error) {
          if (!(error instanceof CoreError || error instanceof BtfError)) throw error;
        }
        expect(performance.now() - start).toBeLessThan(2000);
      }),
      { numRuns: 1000 },
    );
  });

  it("is the same for a big-endian machine", () => {
    const big = parseObject(compileFixture("core", { big: true }));
    const bigKernel = btfOf(compileFixture("core_target", { big: true }));
    const offsets = big.programs.get("offsets")!;
    const insns = new Instructions(applyCore(offsets, big.btf!, [bigKernel]), "big");
    const relocation = offsets.coreRelocations.find((r) => r.access === "0:2")!;
    expect([insns.code(relocation.insn), insns.off(relocation.insn)]).toEqual([0x79, 40]);
  });
});

describe("candidates", () => {
  const int: BtfType = { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "unsigned" };
  const struct = (name: string, ...members: [string, number][]): BtfType => ({
    kind: "struct",
    name,
    size: 64,
    members: members.map(([field, offset]) => ({
      name: field,
      type: 1,
      bitOffset: offset * 8,
      bitfieldSize: 0,
    })),
  });
  const btf = (...types: BtfType[]): Btf => Btf.parse(encodeBtf([int, ...types]));
  const object = btf(struct("s", ["a", 0], ["b", 4]));
  const relocation = (insn: number, kind: CoreKind, ...path: number[]): CoreRelocation => ({
    insn,
    kind,
    type: 2,
    access: path.join(":"),
    path,
  });
  const program = (...coreRelocations: CoreRelocation[]): ProgramSpec => ({
    name: "p",
    section: "xdp",
    type: "xdp",
    expectedAttachType: null,
    attachTo: "",
    targetFd: null,
    flags: 0,
    autoload: true,
    autoattach: true,
    instructions: new Uint8Array(coreRelocations.length * 8),
    references: [],
    functions: [],
    lines: [{ insn: 0, file: "x.bpf.ts", text: "  s.b", line: 3, column: 1, fileOffset: 0, textOffset: 0 }],
    coreRelocations,
  });
  const both = program(relocation(0, "field_byte_offset", 0, 0), relocation(1, "field_byte_offset", 0, 1));
  const targets = (...kernels: Btf[]): (bigint | undefined)[] =>
    solveCore(both, object, kernels).map((f) => f.target?.value);

  it("of one name are never mixed: the one that has more of the fields is taken for all", () => {
    const kernel = btf(struct("s", ["a", 8]), struct("s", ["b", 20], ["a", 16]));
    expect(targets(kernel)).toEqual([16n, 20n]);
  });

  it("that are equally good and differ are an error with the source line and the field", () => {
    const kernel = btf(struct("s", ["a", 8], ["b", 12]), struct("s", ["a", 8], ["b", 16]));
    expect(() => targets(kernel)).toThrow(expect.objectContaining({ code: "CORE_AMBIGUOUS" }));
    expect(() => targets(kernel)).toThrow(/struct s\.b.*12 in one and 16 in another.*x\.bpf\.ts:3: s\.b/s);
  });

  it("that agree may be many, in modules and with flavours too", () => {
    const kernel = btf(struct("s", ["a", 8], ["b", 12]), struct("s___v2", ["b", 12], ["a", 8]));
    expect(targets(kernel)).toEqual([8n, 12n]);
    const split = new BtfBuilder();
    split.add({ kind: "struct", name: "s", size: 64, members: [] });
    expect(targets(kernel, Btf.parse(split.build(), { base: kernel }))).toEqual([8n, 12n]);
  });

  it("are found within anonymous structs", () => {
    const kernel = btf(struct("", ["b", 4], ["a", 0]), {
      kind: "struct",
      name: "s",
      size: 72,
      members: [{ name: "", type: 2, bitOffset: 64, bitfieldSize: 0 }],
    });
    expect(targets(kernel)).toEqual([8n, 12n]);
  });

  it("that hold themselves do not hang", () => {
    const kernel = btf({
      kind: "struct",
      name: "s",
      size: 8,
      members: [{ name: "", type: 2, bitOffset: 0, bitfieldSize: 0 }],
    });
    expect(targets(kernel)).toEqual([undefined, undefined]);
  });

  it("need an instruction that holds what the compiler computed", () => {
    const wrong = program(relocation(0, "field_byte_offset", 0, 1));
    wrong.instructions.set([0xb7, 0, 0, 0, 99, 0, 0, 0]);
    expect(() => applyCore(wrong, object, [object])).toThrow(
      expect.objectContaining({ code: "CORE_BAD_INSTRUCTION" }),
    );
  });

  it("cannot help a malformed access string", () => {
    const wrong = program(relocation(0, "field_byte_offset", 0, 7));
    expect(() => applyCore(wrong, object, [object])).toThrow(
      expect.objectContaining({ code: "CORE_BAD_RELOCATION" }),
    );
  });
});

function btfOf(object: Uint8Array): Btf {
  const elf = parseElf(object);
  return Btf.parse(elf.contents(elf.section(".BTF")!));
}

function membersOf(btf: Btf, name: string): Map<string, { bitOffset: number; bitfieldSize: number }> {
  const type = btf.type(btf.find(name, ["struct"])[0]!);
  if (type.kind !== "struct") throw new Error(`${name} is a ${type.kind}`);
  return new Map(type.members.map((member) => [member.name, member]));
}

function offsetOf(btf: Btf, name: string, member: string): number {
  return membersOf(btf, name).get(member)!.bitOffset / 8;
}
