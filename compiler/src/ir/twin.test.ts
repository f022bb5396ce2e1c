import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emitObject } from "../llvm/index.js";
import { readElf } from "../object/elf.js";
import { stripDebug } from "../object/strip.js";
import * as ir from "./index.js";

const SOURCE = [
  "@map() counts!: HashMap<u32, Value>;",
  "readonly target: u32 = 0;",
  '@SEC("tracepoint/syscalls/sys_enter_getppid")',
  "onGetppid(ctx: Tracepoint): i32 {",
  "  const parent = task.real_parent;",
  "  this.counts.update(pid, zero);",
  "}",
  '@SEC("xdp")',
  "ipv4Only(ctx: XdpMd): XdpAction {",
  "  return ctx.data + 14 > ctx.data_end ? 1 : 2;",
  "}",
].join("\n");

/** `compiler/fixtures/twin.c`, built. */
function twin(): string {
  const m = new ir.Module({ fileName: "twin.bpf.ts", source: SOURCE, cpu: "v3" });
  const { debug: d } = m;
  const file = d.mainFile;
  const int = d.integer(32, true);
  const u32 = d.typedef("u32", d.integer(32, false));
  const u64 = d.typedef("u64", d.integer(64, false));

  const value = d.struct({ kind: "struct", name: "value", sizeBits: 128 });
  value.define([
    { name: "count", type: u64, offsetBits: 0 },
    { name: "ppid", type: u32, offsetBits: 64 },
  ]);
  const task = d.struct({ kind: "struct", name: "task_struct", sizeBits: 128 });
  task.define([
    { name: "tgid", type: int, offsetBits: 0 },
    { name: "real_parent", type: d.pointer(task), offsetBits: 64 },
  ]);
  const record = d.struct({ kind: "struct", name: "record", sizeBits: 32, declTags: ["tsbpfc"] });
  record.define([{ name: "pid", type: u32, offsetBits: 0 }]);
  m.exportType(record);

  const mapType = d.struct({ kind: "struct", sizeBits: 256 });
  mapType.define([
    { name: "type", type: d.mapUint(1), offsetBits: 0 },
    { name: "max_entries", type: d.mapUint(1024), offsetBits: 64 },
    { name: "key", type: d.pointer(u32), offsetBits: 128 },
    { name: "value", type: d.pointer(value), offsetBits: 192 },
  ]);
  const mapBytes = ir.arrayType(ir.i8, 32);
  const counts = m.global("counts", mapBytes, {
    section: ".maps",
    align: 8,
    initializer: ir.zero(mapBytes),
    debug: d.global({ name: "counts", file, line: 1, type: mapType, declTags: ["record:record"] }),
  });
  const target = m.global("target", ir.i32, {
    constant: true,
    align: 4,
    initializer: ir.zero(ir.i32),
    debug: d.global({ name: "target", file, line: 2, type: d.constOf(d.volatileOf(u32)) }),
  });
  const total = m.global("total", ir.i64, {
    align: 8,
    initializer: ir.zero(ir.i64),
    debug: d.global({ name: "total", file, line: 2, type: u64 }),
  });
  const gpl = ir.cString("GPL");
  const license = m.global("LICENSE", gpl.type, {
    section: "license",
    align: 1,
    initializer: gpl,
    debug: d.global({ name: "LICENSE", file, line: 1, type: d.array(d.char(), 4) }),
  });

  const tracepoint = m.function("on_getppid", ir.functionType(ir.i32, [ir.ptr]), {
    section: "tracepoint/syscalls/sys_enter_getppid",
    paramNames: ["ctx"],
    debug: d.subprogram({
      name: "on_getppid",
      file,
      line: 4,
      returns: int,
      params: [{ name: "ctx", type: d.pointer(null) }],
    }),
  });
  {
    const b = new ir.Builder(m, tracepoint).at(tracepoint.block("entry"));
    const [body, miss, hit, out] = ["body", "miss", "hit", "out"].map((name) => tracepoint.block(name)) as [
      ir.Block,
      ir.Block,
      ir.Block,
      ir.Block,
    ];
    const key = b.alloca(ir.i32, "pid");
    const parent = b.alloca(ir.ptr, "parent");
    const ppid = b.alloca(ir.i32, "ppid");
    const zero = b.alloca(ir.arrayType(ir.i8, 16), "zero", 8);
    const pid = b.cast("trunc", b.binary("lshr", b.helper(14, ir.i64, []), ir.constInt(ir.i64, 32)), ir.i32);
    b.store(pid, key);
    b.condBr(b.icmp("eq", pid, b.load(ir.i32, target, { volatile: true })), body, out);
    b.at(body).setLocation(5, 3);
    const current = b.cast("inttoptr", b.helper(35, ir.i64, []), ir.ptr);
    b.store(ir.nullPtr, parent);
    b.store(ir.zero(ir.i32), ppid);
    const field = (base: ir.Value, index: number) => ir.core.memberAddress(b, base, index, task);
    b.helper(113, ir.i64, [parent, ir.constInt(ir.i32, 8), field(current, 1)]);
    b.helper(113, ir.i64, [ppid, ir.constInt(ir.i32, 4), field(b.load(ir.ptr, parent), 0)]);
    const first = b.helper(1, ir.ptr, [counts, key]);
    b.condBr(b.icmp("eq", first, ir.nullPtr), miss, hit);
    b.at(miss).setLocation(6, 3);
    ir.intrinsics.memset(b, zero, 0, 16, { align: 8 });
    b.helper(2, ir.i64, [counts, key, zero, ir.constInt(ir.i64, 1)]);
    const second = b.helper(1, ir.ptr, [counts, key]);
    b.condBr(b.icmp("eq", second, ir.nullPtr), out, hit);
    b.at(hit);
    const entry = b.phi(ir.ptr);
    entry.addIncoming(first, body);
    entry.addIncoming(second, miss);
    b.store(b.load(ir.i32, ppid), b.gep(ir.i8, entry, [ir.constInt(ir.i64, 8)]));
    b.atomicRmw("add", entry, ir.constInt(ir.i64, 1));
    b.store(b.binary("add", b.load(ir.i64, total), ir.constInt(ir.i64, 1)), total);
    b.br(out);
    b.at(out).ret(ir.zero(ir.i32));
  }

  const ctxType = d.struct({ kind: "struct", name: "xdp_md", sizeBits: 64 });
  ctxType.define([
    { name: "data", type: u32, offsetBits: 0 },
    { name: "data_end", type: u32, offsetBits: 32 },
  ]);
  const xdp = m.function("ipv4_only", ir.functionType(ir.i32, [ir.ptr]), {
    section: "xdp",
    paramNames: ["ctx"],
    debug: d.subprogram({
      name: "ipv4_only",
      file,
      line: 9,
      returns: int,
      params: [{ name: "ctx", type: d.pointer(ctxType) }],
    }),
  });
  {
    const b = new ir.Builder(m, xdp).at(xdp.block("entry")).setLocation(10, 3);
    const entry = b.block;
    const [inside, out] = [xdp.block("inside"), xdp.block("out")];
    const word = (offset: number) => {
      const ctx = ir.intrinsics.preserveStaticOffset(b, xdp.params[0]!);
      const narrow = b.load(ir.i32, b.gep(ir.i8, ctx, [ir.constInt(ir.i64, offset)]));
      return b.cast("inttoptr", b.cast("zext", narrow, ir.i64), ir.ptr);
    };
    const data = word(0);
    const end = word(4);
    b.condBr(b.icmp("ugt", b.gep(ir.i8, data, [ir.constInt(ir.i64, 14)]), end), out, inside);
    b.at(inside);
    const type = b.load(ir.i16, b.gep(ir.i8, data, [ir.constInt(ir.i64, 12)]));
    const ipv4 = b.icmp("eq", type, ir.constInt(ir.i16, 8));
    const verdict = b.select(ipv4, ir.constInt(ir.i32, 2), ir.constInt(ir.i32, 1));
    b.br(out);
    b.at(out);
    // One ret, as clang writes: LLVM joins several at the end, and places that block worse.
    const result = b.phi(ir.i32);
    result.addIncoming(ir.constInt(ir.i32, 1), entry);
    result.addIncoming(verdict, inside);
    b.ret(result);
  }
  for (const symbol of [tracepoint, xdp, license, counts]) m.keep(symbol);
  return m.print();
}

const available = (program: string) => spawnSync(program, ["--version"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "tsbpfc-twin-"));
const object = join(folder, "twin.bpf.o");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function compile(): Uint8Array {
  const emitted = emitObject(twin(), { cpu: "v3" });
  expect(emitted.diagnostics).toEqual([]);
  return stripDebug(emitted.object!);
}

/** Instructions of each section that has code. */
function instructionCounts(elf: Uint8Array): Record<string, number> {
  const { sections } = readElf(elf);
  const code = sections.filter(({ flags, size }) => (flags & 4) !== 0 && size > 0);
  return Object.fromEntries(code.map(({ name, size }) => [name, size / 8]));
}

describe("a built module", () => {
  beforeAll(() => writeFileSync(object, compile()));

  it("is the same text and the same bytes every time", () => {
    expect(twin()).toBe(twin());
    expect(Buffer.compare(compile(), compile())).toBe(0);
  });

  it.skipIf(!available("clang-19"))("has no more instructions than clang makes of the same C", () => {
    const c = join(folder, "clang.bpf.o");
    const source = fileURLToPath(new URL("../../fixtures/twin.c", import.meta.url));
    execFileSync("clang-19", ["-g", "-O2", "-target", "bpf", "-mcpu=v3", "-c", source, "-o", c]);
    expect(instructionCounts(compile())).toEqual(instructionCounts(readFileSync(c)));
  });

  describe.skipIf(!available("bpftool"))("as bpftool reads it", () => {
    const btf = () => execFileSync("bpftool", ["btf", "dump", "file", object], { encoding: "utf8" });

    it("names functions' parameters, maps, globals and tags in BTF", () => {
      const text = btf();
      expect(text).toContain("FUNC 'on_getppid'");
      expect(text).toMatch(/FUNC_PROTO '\(anon\)' ret_type_id=\d+ vlen=1\n\t'ctx' type_id=\d+/);
      expect(text).toContain("VAR 'counts'");
      expect(text).toContain("VAR 'target'");
      expect(text).toMatch(/DECL_TAG 'record:record' type_id=\d+ component_idx=-1/);
    });

    it("has a type that only a ring buffer would carry, and no parameter for it", () => {
      const text = btf();
      expect(text).toContain("STRUCT 'record' size=4 vlen=1");
      expect(text).toMatch(/DECL_TAG 'tsbpfc'/);
      expect(text).not.toMatch(/vlen=2\n\t'ctx'/);
    });

    it("quotes the source in line info without any file of this machine", () => {
      const bytes = readFileSync(object).toString("latin1");
      expect(bytes).toContain("const parent = task.real_parent;");
      expect(bytes).toContain("twin.bpf.ts");
      expect(bytes).not.toContain(process.cwd());
    });
  });

  describe.skipIf(process.getuid?.() !== 0 || !available("bpftool"))("loaded into this kernel (root)", () => {
    const fs = join(folder, "bpffs");
    const pins = join(fs, "twin");
    beforeAll(() => {
      execFileSync("mkdir", ["-p", fs]);
      execFileSync("mount", ["-t", "bpf", "bpf", fs]);
    });
    afterAll(() => {
      if (existsSync(fs)) spawnSync("umount", [fs]);
    });

    it("passes the verifier, with CO-RE relocated and TypeScript lines kept", () => {
      execFileSync("bpftool", ["prog", "loadall", object, pins]);
      const dump = execFileSync(
        "bpftool",
        ["prog", "dump", "xlated", "pinned", join(pins, "on_getppid"), "linum"],
        {
          encoding: "utf8",
        },
      );
      expect(dump).toContain("const parent = task.real_parent;");
      expect(dump).toContain("twin.bpf.ts");
    });
  });
});
