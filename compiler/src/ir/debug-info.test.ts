import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { emitObject } from "../llvm/index.js";
import * as ir from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "tsbpfc-debug-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const available = (program: string) => spawnSync(program, ["--version"]).status === 0;

/** A module of one function; `make` gives a type to export, and may build code in it. */
function moduleWith(make: (d: ir.DebugInfo, b: ir.Builder) => ir.DIType | null): ir.Module {
  const m = new ir.Module({ fileName: "x.bpf.ts", source: "x", cpu: "v3" });
  const { debug: d } = m;
  const debug = d.subprogram({
    name: "f",
    file: d.mainFile,
    line: 1,
    returns: d.integer(32, true),
    params: [],
  });
  const fn = m.function("f", ir.functionType(ir.i32, [ir.ptr]), { section: "raw_tp/x", debug });
  m.keep(fn);
  const b = new ir.Builder(m, fn).at(fn.block("entry"));
  const type = make(d, b);
  if (type !== null) m.exportType(type);
  if (!b.terminated) b.ret(ir.zero(ir.i32));
  return m;
}

function bpftool(m: ir.Module): string {
  const emitted = emitObject(m.print(), { cpu: "v3" });
  expect(emitted.diagnostics).toEqual([]);
  const file = join(folder, "x.o");
  writeFileSync(file, emitted.object!);
  return execFileSync("bpftool", ["btf", "dump", "file", file], { encoding: "utf8" });
}

describe.skipIf(!available("bpftool"))("BTF of a built type", () => {
  it("has bit-fields, anonymous members, arrays and recursion", () => {
    const text = bpftool(
      moduleWith((d) => {
        const u32 = d.integer(32, false);
        const union = d.struct({ kind: "union", sizeBits: 32 });
        union.define([{ name: "word", type: u32, offsetBits: 0 }]);
        const node = d.struct({ kind: "struct", name: "node", sizeBits: 256 });
        node.define([
          { name: "low", type: u32, offsetBits: 0, bitField: { widthBits: 3, storageOffsetBits: 0 } },
          { name: "high", type: u32, offsetBits: 3, bitField: { widthBits: 7, storageOffsetBits: 0 } },
          { type: union, offsetBits: 32, declTags: ["member"] },
          { name: "next", type: d.pointer(node), offsetBits: 64 },
          { name: "grid", type: d.array(d.array(d.char(), 4), 2), offsetBits: 128 },
          { name: "user", type: d.pointer(d.constOf(u32), { typeTags: ["user"] }), offsetBits: 192 },
        ]);
        return node;
      }),
    );
    expect(text).toContain("'low' type_id=");
    expect(text).toMatch(/'high' type_id=\d+ bits_offset=3 bitfield_size=7/);
    expect(text).toMatch(/'\(anon\)' type_id=\d+ bits_offset=32/);
    expect(text).toMatch(/DECL_TAG 'member' type_id=\d+ component_idx=2/);
    expect(text).toMatch(/ARRAY '\(anon\)' type_id=\d+ index_type_id=\d+ nr_elems=4/);
    expect(text).toMatch(/ARRAY '\(anon\)' type_id=\d+ index_type_id=\d+ nr_elems=2/);
    expect(text).toMatch(/TYPE_TAG 'user'/);
  });

  it("has enums of 32 and 64 bits, signed where a value is negative", () => {
    const text = bpftool(
      moduleWith((d) => {
        const holder = d.struct({ kind: "struct", name: "holder", sizeBits: 192 });
        const small = d.enumeration({ name: "small", sizeBits: 32, values: [{ name: "MINUS", value: -1n }] });
        const large = d.enumeration({
          name: "large",
          sizeBits: 64,
          values: [{ name: "TOP", value: 1n << 63n }],
        });
        holder.define([
          { name: "small", type: small, offsetBits: 0 },
          { name: "large", type: large, offsetBits: 64 },
          { name: "flag", type: d.bool(), offsetBits: 128 },
        ]);
        return holder;
      }),
    );
    expect(text).toMatch(/ENUM 'small' encoding=SIGNED size=4 vlen=1\n\t'MINUS' val=-1/);
    expect(text).toMatch(
      /ENUM64 'large' encoding=UNSIGNED size=8 vlen=1\n\t'TOP' val=9223372036854775808ULL/,
    );
    expect(text).toMatch(/INT '_Bool' size=1 bits_offset=0 nr_bits=8 encoding=BOOL/);
  });
});

describe("exportType", () => {
  it("is refused if no global function can carry the type", () => {
    const m = new ir.Module({ fileName: "x.bpf.ts", source: "x", cpu: "v3" });
    m.exportType(m.debug.integer(32, true));
    expect(() => m.print()).toThrow(expect.objectContaining({ code: "ir-no-carrier" }));
  });

  it("prints the same when printed again", () => {
    const m = moduleWith((d) => d.integer(16, true));
    expect(m.print()).toBe(m.print());
  });
});

describe("CO-RE relocations", () => {
  /** A kernel struct: { int pid; u32 bits:5 at 37; struct { long inner[4]; } in; }. */
  function kernelType(d: ir.DebugInfo) {
    const inner = d.struct({ kind: "struct", sizeBits: 256 });
    const array = d.array(d.integer(64, true), 4);
    inner.define([{ name: "inner", type: array, offsetBits: 0 }]);
    const task = d.struct({ kind: "struct", name: "task_struct", sizeBits: 320 });
    task.define([
      { name: "pid", type: d.typedef("pid_t", d.integer(32, true)), offsetBits: 0 },
      {
        name: "bits",
        type: d.integer(32, false),
        offsetBits: 37,
        bitField: { widthBits: 5, storageOffsetBits: 32 },
      },
      { name: "in", type: inner, offsetBits: 64 },
    ]);
    return { task, inner, array };
  }
  const relocations = (m: ir.Module) =>
    [...m.print().matchAll(/^@"llvm\.(\w+)(?:\.\d+)+:(\S+)" = external/gm)].map((x) => `${x[1]} ${x[2]}`);

  it("make one relocation of a chain of accesses", () => {
    const m = moduleWith((d, b) => {
      const { task, inner, array } = kernelType(d);
      const embedded = ir.core.memberAddress(b, b.fn.params[0]!, 2, task);
      const address = ir.core.memberAddress(b, ir.core.memberAddress(b, embedded, 0, inner), 3, array);
      b.ret(b.cast("trunc", b.load(ir.i64, address), ir.i32));
      return null;
    });
    expect(relocations(m).at(-1)).toBe("task_struct 0:32$0:2:0:3");
    const { optimizedIr } = emitObject(m.print(), { cpu: "v3", optimizedIr: true });
    expect(optimizedIr?.match(/load i64, ptr @"llvm/g)).toHaveLength(1);
  });

  it("know a bit-field's storage, sign and shifts", () => {
    const m = moduleWith((d, b) => {
      const { task } = kernelType(d);
      const bits = ir.core.step(ir.core.accessPath(task), 1);
      const facts = ["byteOffset", "byteSize", "exists", "signed", "leftShift", "rightShift"] as const;
      for (const fact of facts) ir.core.fieldInfo(b, bits, fact);
      ir.core.fieldInfo(b, ir.core.step(ir.core.accessPath(task), 0), "signed");
      return null;
    });
    expect(relocations(m)).toEqual([
      "task_struct 0:4$0:1",
      "task_struct 1:4$0:1",
      "task_struct 2:1$0:1",
      "task_struct 3:0$0:1",
      "task_struct 4:54$0:1",
      "task_struct 5:59$0:1",
      "task_struct 3:1$0:0",
    ]);
  });

  it("compile in one process as often as wanted", () => {
    const text = moduleWith((d, b) => {
      const { task } = kernelType(d);
      const sum = b.binary("add", ir.core.typeInfo(b, task, "size"), ir.core.typeInfo(b, task, "exists"));
      const pid = b.load(ir.i32, ir.core.memberAddress(b, b.fn.params[0]!, 0, task));
      b.ret(b.binary("add", sum, pid));
      return null;
    }).print();
    const objects = [1, 2, 3].map(() => Buffer.from(emitObject(text, { cpu: "v3" }).object!).toString("hex"));
    expect(new Set(objects).size).toBe(1);
  });

  it("refuse a member that is not there", () => {
    const m = moduleWith(() => null);
    const { task } = kernelType(m.debug);
    expect(() => ir.core.step(ir.core.accessPath(task), 9)).toThrow(/no member 9/);
  });
});
