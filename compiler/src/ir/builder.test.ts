import { describe, expect, it } from "vitest";
import { emitObject } from "../llvm/index.js";
import * as ir from "./index.js";

const SOURCE = "first\nsecond\n";

function setUp(params: readonly ir.IrType[] = [ir.i64, ir.ptr], returns: ir.IrType = ir.i64) {
  const m = new ir.Module({ fileName: "x.bpf.ts", source: SOURCE, cpu: "v3" });
  const { debug: d } = m;
  const debug = d.subprogram({
    name: "f",
    file: d.mainFile,
    line: 1,
    returns: d.integer(64, true),
    params: [],
  });
  const fn = m.function("f", ir.functionType(returns, params), { section: "xdp", debug });
  m.keep(fn);
  const b = new ir.Builder(m, fn).at(fn.block("entry"));
  return { m, d, fn, b };
}

/** Every module that a test finishes goes through LLVM's parser and verifier. */
function compile(m: ir.Module) {
  const emitted = emitObject(m.print(), { cpu: "v3", optimizedIr: true });
  expect(emitted.diagnostics).toEqual([]);
  return emitted;
}

describe("Builder", () => {
  it("prints every kind of instruction as LLVM takes it", () => {
    const { m, fn, b } = setUp();
    const [number, pointer] = [fn.params[0]!, fn.params[1]!];
    const one = ir.constInt(ir.i64, 1);
    const [then, other, done] = [fn.block("then"), fn.block("other"), fn.block("done")];
    const slot = b.alloca(ir.i64, "slot", 8);
    b.store(number, slot, { align: 8, volatile: true });
    let sum = b.load(ir.i64, slot, { volatile: true });
    for (const op of [
      "add",
      "sub",
      "mul",
      "udiv",
      "urem",
      "shl",
      "lshr",
      "ashr",
      "and",
      "or",
      "xor",
    ] as const) {
      sum = b.binary(op, sum, ir.constInt(ir.i64, 3));
    }
    sum = b.select(b.icmp("slt", sum, one), sum, one);
    sum = b.cast("sext", b.cast("trunc", sum, ir.i32), ir.i64);
    sum = b.freeze(b.cast("ptrtoint", b.gep(ir.i32, b.cast("inttoptr", sum, ir.ptr), [one]), ir.i64));
    b.switch(sum, other, [{ value: one, target: then }]);
    b.at(then);
    const old = b.atomicRmw("xchg", pointer, one);
    const seen = b.cmpxchg(pointer, one, old);
    const swapped = ir.intrinsics.bswap(b, b.asm("$0 = $1", "=r,r", ir.i64, [seen]));
    b.br(done);
    b.at(other);
    const counted = b.binary(
      "add",
      ir.intrinsics.ctlz(b, number),
      ir.intrinsics.minmax(b, "umin", number, one),
    );
    const dead = fn.block("dead");
    b.condBr(b.icmp("eq", counted, one), done, dead);
    b.at(dead).unreachable();
    b.at(done);
    const result = b.phi(ir.i64, "result");
    result.addIncoming(swapped, then);
    result.addIncoming(counted, other);
    b.ret(result);
    compile(m);
  });

  it("puts stack slots into the entry block, wherever they are asked for", () => {
    const { m, fn, b } = setUp();
    const later = fn.block("later");
    b.br(later);
    b.at(later).store(fn.params[0]!, b.alloca(ir.i64, "late"));
    b.ret(fn.params[0]!);
    expect(m.print()).toMatch(/entry:\n {2}%late = alloca i64\n {2}br label %later/);
  });

  it("gives each instruction the current place in the source", () => {
    const { m, fn, b } = setUp();
    b.setLocation(2, 7).ret(fn.params[0]!);
    expect(m.print()).toMatch(/ret i64 %arg, !dbg (!\d+)/);
    expect(m.print()).toContain("!DILocation(line: 2, column: 7");
  });

  it("makes names unique, whatever the hints", () => {
    const { fn } = setUp();
    const names = ["a", "a.1", "a", "a", "ä"].map((hint) => fn.localName(hint));
    expect(new Set(names).size).toBe(names.length);
    expect(names.at(-1)).toBe('%"\\C3\\A4"');
  });

  it("calls functions and kfuncs with their parameters' attributes", () => {
    const { m, d, fn, b } = setUp();
    const signature = ir.functionType(ir.i32, [ir.i8]);
    const declared = d.subprogram({
      name: "bpf_k",
      file: d.mainFile,
      line: 1,
      returns: d.integer(32, true),
      params: [{ name: "n", type: d.integer(8, false) }],
      definition: false,
    });
    const kfunc = m.function("bpf_k", signature, {
      section: ".ksyms",
      linkage: "extern_weak",
      paramAttributes: ["zeroext"],
      debug: declared,
    });
    const got = b.call(kfunc, [b.cast("trunc", fn.params[0]!, ir.i8)]);
    b.ret(b.cast("zext", got, ir.i64));
    expect(m.print()).toMatch(
      /declare !dbg !\d+ extern_weak dso_local i32 @bpf_k\(i8 zeroext\) #0 section "\.ksyms"/,
    );
    compile(m);
  });

  it.each([
    [
      "operands of two types",
      (b: ir.Builder) => b.binary("add", ir.constInt(ir.i64, 1), ir.constInt(ir.i32, 1)),
    ],
    ["arithmetic on a pointer", (b: ir.Builder) => b.binary("add", ir.nullPtr, ir.nullPtr)],
    ["a cast to a wider type by trunc", (b: ir.Builder) => b.cast("trunc", ir.constInt(ir.i32, 1), ir.i64)],
    ["a load from an integer", (b: ir.Builder) => b.load(ir.i64, ir.constInt(ir.i64, 1))],
    ["a branch on an i64", (b: ir.Builder) => b.condBr(ir.constInt(ir.i64, 1), b.block, b.block)],
    ["a return of another type", (b: ir.Builder) => b.ret(ir.constInt(ir.i32, 1))],
    ["a call with too few arguments", (b: ir.Builder) => b.call(b.fn, [])],
  ])("refuses %s", (_, build) => {
    const { b } = setUp();
    expect(() => build(b)).toThrow(
      expect.objectContaining({ name: "InternalError", code: "ir-type-mismatch" }),
    );
  });

  it("refuses an instruction after the end of a block, and a block that does not end", () => {
    const { m, b, fn } = setUp();
    b.ret(fn.params[0]!);
    expect(() => b.unreachable()).toThrow(expect.objectContaining({ code: "ir-after-terminator" }));
    b.at(fn.block("open"));
    expect(() => m.print()).toThrow(expect.objectContaining({ code: "ir-no-terminator" }));
  });

  it("refuses atomics that the back end dies of", () => {
    const { b, fn } = setUp();
    const narrow = () => b.atomicRmw("add", fn.params[1]!, ir.constInt(ir.i8, 1));
    expect(narrow).toThrow(expect.objectContaining({ code: "ir-unsupported" }));
  });
});

describe("constants", () => {
  it.each([
    [ir.constInt(ir.i8, 255), "-1"],
    [ir.constInt(ir.i64, 0xffff_ffff_ffff_fffen), "-2"],
    [ir.constInt(ir.i1, 1), "true"],
    [ir.cString('a"\n'), 'c"a\\22\\0A\\00"'],
    [ir.cString("ab", 4), 'c"ab\\00\\00"'],
    [ir.constArray(ir.i16, [ir.constInt(ir.i16, 1), ir.zero(ir.i16)]), "[i16 1, i16 0]"],
    [
      ir.constStruct(ir.structType([ir.i8, ir.ptr], { packed: true }), [ir.zero(ir.i8), ir.nullPtr]),
      "<{ i8 0, ptr null }>",
    ],
  ])("%# print as LLVM writes them", (value, text) => {
    expect(value.text).toBe(text);
  });

  it("that do not fit their type are refused", () => {
    for (const value of [256, -129]) {
      expect(() => ir.constInt(ir.i8, value)).toThrow(expect.objectContaining({ code: "ir-constant-range" }));
    }
    expect(() => ir.cString("abc", 2)).toThrow(expect.objectContaining({ code: "ir-constant-range" }));
  });
});

describe("memset and memcpy", () => {
  it("of a constant size never become a call, however large", () => {
    const { m, b, fn } = setUp([ir.ptr, ir.ptr]);
    const [to, from] = [fn.params[0]!, fn.params[1]!];
    for (const [size, align] of [
      [3, 1],
      [512, 8],
      [4096, 8],
      [700, 1],
    ] as const) {
      ir.intrinsics.memset(b, to, 0, size, { align });
      ir.intrinsics.memcpy(b, from, to, size, { toAlign: align, fromAlign: align });
    }
    b.ret(ir.zero(ir.i64));
    compile(m);
  });
});
