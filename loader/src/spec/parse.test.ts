import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileFixture, hasClang } from "../../fixtures/compile.js";
import { Instructions, opcode } from "../insn/insn.js";
import { parseObject } from "./parse.js";

describe.skipIf(!hasClang)("an object of clang's, with maps and globals", () => {
  const spec = hasClang ? parseObject(compileFixture("maps")) : null!;

  it("has its license and byte order", () => {
    expect([spec.license, spec.endian]).toEqual(["Dual MIT/GPL", "little"]);
  });

  it("is left as it was, also when it comes as a Buffer", () => {
    const object = Buffer.from(compileFixture("externs"));
    const before = Buffer.from(object);
    parseObject(object);
    expect(object.equals(before)).toBe(true);
  });

  it("has the hash map with everything that its definition says", () => {
    expect(spec.maps.get("counts")).toMatchObject({
      type: "hash",
      keySize: 8,
      valueSize: 24,
      maxEntries: 1024,
      flags: 1,
      pinning: "by-name",
      origin: "declared",
    });
    const { keyType, valueType } = spec.maps.get("counts")!;
    expect([spec.btf!.name(keyType), spec.btf!.name(valueType)]).toEqual(["key", "value"]);
  });

  it("has sizes, map_extra and a NUMA node given as numbers", () => {
    expect(spec.maps.get("bloom")).toMatchObject({
      type: "bloom_filter",
      valueSize: 4,
      extra: 3n,
      numaNode: 0,
      keyType: 0,
    });
    expect(spec.maps.get("counts")!.numaNode).toBeNull();
  });

  it("takes a ring buffer's record type from the map's tag", () => {
    const events = spec.maps.get("events")!;
    expect(spec.btf!.name(events.recordType)).toBe("record");
    expect([events.valueType, events.valueSize, spec.maps.get("counts")!.recordType]).toEqual([0, 0, 0]);
  });

  it("has the tags of maps, variables and programs", () => {
    expect(spec.maps.get("events")!.tags).toEqual(["tsbpfc:record=record"]);
    expect(spec.maps.get("counts")!.tags).toEqual([]);
    expect([...spec.variables.get("zeroed")!.tags].sort()).toEqual(["reset:never", "unit:bytes"]);
    expect(spec.programs.get("entry")!.tags).toEqual(["owner:tests"]);
  });

  it("has inner maps and the initial values of a map of maps and of a prog array", () => {
    const outer = spec.maps.get("outer")!;
    expect(outer.inner).toMatchObject({ type: "array", maxEntries: 4, keySize: 4, valueSize: 8 });
    expect([...outer.values]).toEqual([
      [1, "first"],
      [5, "second"],
    ]);
    expect([...spec.maps.get("jumps")!.values]).toEqual([[2, "tail"]]);
  });

  it("has one level of inner maps, which is all that the kernel has", () => {
    expect(() => parseObject(compileFixture("maps", { define: ["NESTED"] }))).toThrow(
      /map too_deep.inner: an inner map may not have values/,
    );
  });

  it("makes an array of each section of globals, with its contents", () => {
    const { maps } = spec;
    expect(maps.get(".rodata")).toMatchObject({ origin: "rodata", valueSize: 12, maxEntries: 1, flags: 128 });
    expect(Buffer.from(maps.get(".rodata")!.contents!).readUInt32LE(0)).toBe(42);
    expect(maps.get(".data.custom")).toMatchObject({ origin: "data", valueSize: 4 });
    expect(maps.get(".bss")).toMatchObject({ origin: "bss", valueSize: 24, contents: new Uint8Array(24) });
    expect(spec.btf!.name(maps.get(".data")!.sectionType)).toBe(".data");
  });

  it("names global variables and leaves static ones out", () => {
    expect([...spec.variables.keys()].sort()).toEqual([
      "label",
      "other",
      "target",
      "total",
      "unused_record",
      "zeroed",
    ]);
    expect(spec.variables.get("label")).toMatchObject({
      section: ".rodata",
      offset: 4,
      size: 8,
      constant: true,
    });
  });

  it("completes the sizes and offsets that LLVM leaves zero in BTF", () => {
    const { btf } = spec;
    const bss = btf!.type(btf!.find(".bss", ["datasec"])[0]!);
    expect(bss).toMatchObject({
      kind: "datasec",
      size: 24,
      vars: [
        { offset: 0, size: 16 },
        { offset: 16, size: 8 },
      ],
    });
  });

  it("points instructions at maps and at bytes of sections, static variables too", () => {
    const entry = spec.programs.get("entry")!;
    expect(entry.references).toContainEqual({ kind: "mapValue", insn: 19, map: ".data", offset: 8 });
    expect(entry.references).toContainEqual({ kind: "map", insn: 9, map: "counts" });
    const insns = new Instructions(entry.instructions, "little");
    for (const { insn } of entry.references)
      expect(insns.isLdImm64(insn) && insns.imm(insn) === 0).toBe(true);
  });

  it("does not load by itself what stands in a section with a question mark", () => {
    expect(spec.programs.get("entry")).toMatchObject({ autoload: false, section: "xdp", type: "xdp" });
    expect(spec.programs.get("tail")).toMatchObject({ autoload: true, expectedAttachType: "xdp" });
  });

  it("tells the source line of an instruction", () => {
    const line = spec.programs.get("entry")!.lines.find((l) => l.insn === 9)!;
    expect(line.text).toContain("bpf_map_lookup_elem(&counts, &k)");
    expect(line.file).toMatch(/maps\.c$/);
    expect(spec.btf!.string(line.textOffset)).toBe(line.text);
  });
});

describe.skipIf(!hasClang)("an object of clang's, with subprograms", () => {
  const bytes = hasClang ? compileFixture("programs") : null!;
  const spec = hasClang ? parseObject(bytes) : null!;
  const names = (program: string): string[] => spec.programs.get(program)!.functions.map((f) => f.name);

  it("makes programs of the visible functions outside .text only", () => {
    expect([...spec.programs.keys()].sort()).toEqual(["alone", "callback", "calls", "second_in_section"]);
  });

  it("gives each program the subprograms that it reaches, once each, and no others", () => {
    expect(names("calls")).toEqual(["calls", "middle", "global_sub", "leaf"]);
    expect(names("callback")).toEqual(["callback", "each", "leaf"]);
    expect(names("alone")).toEqual(["alone"]);
    expect(names("second_in_section")).toEqual(["second_in_section", "global_sub"]);
  });

  it("lets every call and callback lead to the start of a function", () => {
    for (const program of spec.programs.values()) {
      const starts = new Set(program.functions.map((f) => f.insn));
      const insns = new Instructions(program.instructions, "little");
      const calls = Array.from({ length: insns.count }, (_, i) => i).filter(
        (i) => insns.code(i) === opcode.call && insns.src(i) === 1,
      );
      for (const insn of calls) expect(starts).toContain(insn + insns.imm(insn) + 1);
    }
    const callback = spec.programs.get("callback")!;
    const insns = new Instructions(callback.instructions, "little");
    const each = callback.functions.find((f) => f.name === "each")!.insn;
    expect(callback.references).toContainEqual({ kind: "function", insn: 5, target: each });
    expect([insns.src(5), insns.imm(5)]).toEqual([4, each - 5 - 1]);
  });

  it("gives each function its BTF and a source line at its first instruction", () => {
    for (const program of spec.programs.values()) {
      for (const { insn, name, type } of program.functions) {
        expect(spec.btf!.type(type)).toMatchObject({ kind: "func", name });
        expect(program.lines.some((line) => line.insn === insn)).toBe(true);
      }
    }
  });

  it("reads an object for a big-endian machine alike", () => {
    const big = parseObject(compileFixture("programs", { big: true }));
    expect(big.endian).toBe("big");
    for (const [name, program] of big.programs) {
      const little = spec.programs.get(name)!;
      expect(program.functions.map((f) => [f.insn, f.name])).toEqual(
        little.functions.map((f) => [f.insn, f.name]),
      );
      expect(program.references).toEqual(little.references);
      expect(program.lines.map((l) => [l.insn, l.text])).toEqual(little.lines.map((l) => [l.insn, l.text]));
    }
  });

  const hasObjdump = spawnSync("llvm-objdump-19", ["--version"]).status === 0;
  it.skipIf(!hasObjdump)("has the instructions that llvm-objdump shows", () => {
    const folder = mkdtempSync(join(tmpdir(), "tsbpfc-objdump-"));
    try {
      writeFileSync(join(folder, "x.o"), bytes);
      const { stdout } = spawnSync("llvm-objdump-19", ["-d", join(folder, "x.o")], { encoding: "utf8" });
      for (const program of spec.programs.values()) {
        const listing = stdout
          .split(`<${program.name}>:\n`)[1]!
          .split("\n\n")[0]!
          .split(/\n[0-9a-f]{16} </)[0]!;
        const listed = [...listing.matchAll(/^\s+\d+:\t((?:[0-9a-f]{2} )+)/gm)].map((m) => m[1]!.slice(0, 2));
        const shown = listing.split("\n").filter((l) => /^\s+\d+:\t/.test(l)).length;
        expect(listed.length).toBe(shown);
        const insns = new Instructions(program.instructions, "little");
        let at = 0;
        for (const code of listed) {
          expect(insns.code(at).toString(16).padStart(2, "0")).toBe(code);
          at += insns.isLdImm64(at) ? 2 : 1;
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.skipIf(!hasClang)("an object of clang's, with externs", () => {
  const spec = hasClang ? parseObject(compileFixture("externs")) : null!;

  it("lists kfuncs and kernel symbols, weak ones as such", () => {
    const { references } = spec.programs.get("use")!;
    const shown = references
      .filter((r) => r.kind === "kfunc" || r.kind === "ksym")
      .map((r) => [r.kind, r.name, r.weak]);
    expect(shown).toEqual([
      ["kfunc", "bpf_task_from_pid", false],
      ["ksym", "bpf_task_release", true],
      ["kfunc", "bpf_task_release", true],
      ["ksym", "init_task", false],
      ["ksym", "bpf_prog_active", true],
    ]);
  });

  it("places kernel configuration externs in the map .kconfig", () => {
    expect(spec.maps.get(".kconfig")).toMatchObject({ origin: "kconfig", valueSize: 21, flags: 128 });
    expect(spec.kconfigs.get("LINUX_KERNEL_VERSION")).toMatchObject({ offset: 0, size: 4, weak: false });
    expect(spec.kconfigs.get("CONFIG_NAME")).toMatchObject({ size: 16, weak: true });
    const { references } = spec.programs.get("use")!;
    expect(references.filter((r) => r.kind === "mapValue" && r.map === ".kconfig")).toHaveLength(3);
  });

  it("takes no memory for externs of a damaged size", () => {
    const bytes = compileFixture("externs");
    const view = new DataView(bytes.buffer);
    // An array's second word is its kind, its last its length (`struct btf_type`, `struct btf_array`).
    for (let at = 0; at + 24 <= bytes.length; at += 4)
      if (view.getUint32(at, true) === 3 << 24 && view.getUint32(at + 16, true) === 16)
        view.setUint32(at + 16, 0x7fff_ffff, true);
    expect(() => parseObject(bytes)).toThrow(/externs have \d+ bytes together/);
  });
});

describe.skipIf(!hasClang)("an object of clang's, with struct_ops", () => {
  it("makes a map of the variable, its functions by their offsets", () => {
    const spec = parseObject(compileFixture("struct_ops"));
    const mine = spec.maps.get("mine")!;
    expect(mine).toMatchObject({ type: "struct_ops", origin: "struct_ops", valueSize: 32, flags: 1 << 13 });
    expect([...mine.values]).toEqual([
      [0, "my_ssthresh"],
      [8, "my_init"],
    ]);
    expect(Buffer.from(mine.contents!).toString("latin1", 16, 20)).toBe("mine");
    expect(spec.programs.get("my_ssthresh")).toMatchObject({ type: "struct_ops", attachTo: "ssthresh" });
  });
});
