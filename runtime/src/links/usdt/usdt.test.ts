import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseObject } from "@tsbpfc/loader";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileFixture } from "../../../fixtures/compile.js";
import { type Collection, loadCollection } from "../../load/collection.js";
import { parseArguments } from "./arguments.js";
import { specLayout } from "./layout.js";
import { encodeSpec } from "./specs.js";

const clang = spawnSync("clang-19", ["--version"]).status === 0;
const able =
  clang &&
  process.getuid?.() === 0 &&
  existsSync("/sys/bus/event_source/devices/uprobe") &&
  spawnSync("gcc", ["--version"]).status === 0;

describe("a static probe's arguments", () => {
  const encoded = (fixture: string, args: string): DataView => {
    const { btf, maps } = parseObject(compileFixture(fixture));
    const layout = specLayout(btf!, maps.get("__bpf_usdt_specs")!.valueType, "p");
    return new DataView(encodeSpec(layout, parseArguments(args, "x64", "p"), 5n, "p").buffer);
  };
  const one = (text: string, arch = "x64") => parseArguments(text, arch, "probe")[0];

  test("are constants, registers and memory, by each architecture's way to write them", () => {
    expect(one("-4@$-9")).toEqual({ size: 4, signed: true, kind: "constant", value: -9n });
    expect(one("8@%rdi")).toEqual({ size: 8, signed: false, kind: "register", register: 112 });
    expect(one("1@%r9b")).toMatchObject({ size: 1, register: 64 });
    expect(one("-4@-20(%rbp)")).toMatchObject({ kind: "memory", register: 32, offset: -20n });
    expect(one("8@(%rsp)")).toMatchObject({ kind: "memory", register: 152, offset: 0n });
    expect(one("-8@x30", "arm64")).toMatchObject({ kind: "register", register: 240 });
    expect(one("4@[sp, 12]", "arm64")).toMatchObject({ kind: "memory", register: 248, offset: 12n });
    expect(one("4@5", "arm64")).toMatchObject({ kind: "constant", value: 5n });
    expect(parseArguments("4@[sp, 12] -4@w1 8@[x2]", "arm64", "probe")).toHaveLength(3);
    expect(parseArguments("", "x64", "probe")).toEqual([]);
  });

  test("that cannot be read are refused by name", () => {
    expect(() => one("3@%rdi")).toThrow(/'3@%rdi'/);
    for (const text of [
      "8@counter(%rip)",
      "8@$counter",
      "4f@%xmm0",
      "8@%xmm0",
      "1@%ah",
      "8@(%rax,%rbx,3)",
      "8@(%rax,%xmm1,4)",
      "8@(,%rbx,4)",
      "8@%fs:8",
    ])
      expect(() => one(text), text).toThrow(/cannot be read/);
    for (const text of ["8@x31", "8@[x31]", "8@[x1, x2]", "8@v0"])
      expect(() => one(text, "arm64"), text).toThrow(/cannot be read/);
    expect(() => one("8@%r1", "s390x")).toThrow(/s390x/);
  });

  test("are registers by each of their names, of 8 bytes down to 1", () => {
    const names = ["a", "b", "c", "d"].map((x) => [`r${x}x`, `e${x}x`, `${x}x`, `${x}l`]);
    const others = ["si", "di", "bp", "sp"].map((x) => [`r${x}`, `e${x}`, x, `${x}l`]);
    const numbered = [8, 9, 10, 11, 12, 13, 14, 15].map((n) => [`r${n}`, `r${n}d`, `r${n}w`, `r${n}b`]);
    const places = [...names, ...others, ...numbered].map((list) =>
      list.map((name, i) => {
        const argument = one(`${8 >> i}@%${name}`);
        return argument?.kind === "register" ? argument.register : null;
      }),
    );
    for (const place of places) expect(new Set(place).size).toBe(1);
    expect(new Set(places.flat()).size).toBe(16);
  });

  test("are in memory by a base and an index, times 1, 2, 4 or 8", () => {
    const place = { kind: "indexed", register: 80, index: 96 };
    expect(one("-1@(%rax,%rdx,8)")).toEqual({ size: 1, signed: true, ...place, shift: 3, offset: 0n });
    expect(one("4@16(%rax,%rdx,4)")).toEqual({ size: 4, signed: false, ...place, shift: 2, offset: 16n });
    expect(one("8@-96(%rax, %rdx, 2)")).toMatchObject({ ...place, shift: 1, offset: -96n });
    expect(one("2@-6(%rax,%rdx)")).toMatchObject({ ...place, shift: 0, offset: -6n });
    expect(one("2@(%rax,%rdx,1)")).toMatchObject({ ...place, shift: 0 });
    expect(parseArguments("2@-6(%rax,%rdx) 4@%edi", "x64", "p")).toHaveLength(2);
  });

  test.skipIf(!clang)(
    "with an index are refused where an older usdt.bpf.h reads them, which is named",
    () => {
      expect(() => encoded("usdt", "1@%al 8@(%rax,%rbx,4)")).toThrow(/argument 1 .*libbpf 1\.7/);
      expect(() => encoded("usdt", "8@$1 ".repeat(13))).toThrow(/13 arguments/);
    },
  );

  test.skipIf(!clang)("are laid out as the object's own usdt.bpf.h reads them", () => {
    const view = encoded("usdt", "-4@-20(%rbp) 8@$7");
    expect(view.byteLength).toBe(208);
    expect([view.getBigInt64(0, true), view.getUint32(8, true), view.getInt16(12, true)]).toEqual([
      -20n,
      2,
      32,
    ]);
    expect([view.getUint8(14), view.getUint8(15)]).toEqual([1, 32]);
    expect([view.getBigInt64(16, true), view.getUint32(24, true), view.getUint8(31)]).toEqual([7n, 0, 0]);
    expect([view.getBigUint64(192, true), view.getInt16(200, true)]).toEqual([5n, 2]);
    const newer = encoded("usdt-indexed", "8@$7 -2@-20(%rbp,%rcx,4)");
    expect([newer.byteLength, newer.getBigInt64(24, true), newer.getUint8(32)]).toEqual([304, -20n, 3]);
    // 12 bits of the index register, 4 of the shift.
    expect([newer.getUint16(34, true), newer.getInt16(38, true)]).toEqual([(2 << 12) | 88, 32]);
    expect([newer.getUint8(40), newer.getUint8(41)]).toEqual([1, 48]);
    expect([newer.getBigUint64(288, true), newer.getInt16(296, true)]).toEqual([5n, 2]);
  });
});

describe.skipIf(!able)("a program with a static probe and a semaphore, as root", () => {
  let folder: string;
  let binary: string;
  let target: ChildProcess;
  let lines: AsyncIterator<string>;
  let collection: Collection;
  const spec = parseObject(compileFixture("usdt"));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tsbpfc-usdt-"));
    binary = join(folder, "target");
    const source = new URL("../../../fixtures/usdt-target.c", import.meta.url).pathname;
    execFileSync("gcc", ["-O2", source, "-o", binary]);
    target = spawn(binary, { stdio: ["pipe", "pipe", "inherit"] });
    lines = createInterface({ input: target.stdout! })[Symbol.asyncIterator]();
    await lines.next();
    collection = loadCollection(spec);
  });
  afterAll(() => {
    collection?.close();
    target?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Lets the program go one round; gives its semaphore. */
  async function round(): Promise<number> {
    target.stdin!.write("A\n");
    return Number((await lines.next()).value);
  }
  const read = (name: string, index = 0): bigint =>
    collection.maps.get(".bss")!.memory!.getBigInt64(spec.variables.get(name)!.offset + index * 8, true);
  const attach = (cookie = 0n) =>
    collection.programs.get("probed")!.attach({ binary, usdt: "tsbpfc:tick", pid: target.pid!, cookie });

  test("is turned on while it is probed; arguments in registers, memory and constants arrive, with a cookie", async () => {
    expect(await round()).toBe(0);
    expect(read("hits")).toBe(0n);
    const link = attach(0x1234_5678_9abcn);
    try {
      expect(await round()).toBe(1);
      expect(read("hits")).toBe(1n);
      expect([0, 1, 2, 3].map((i) => read("args", i))).toEqual([-5n, 1n << 40n, 0x41n | 0x80n, -7n]);
      expect([read("count"), read("cookie")]).toEqual([4n, 0x1234_5678_9abcn]);
      const second = attach(1n);
      // The kernel counts places, not programs.
      expect(await round()).toBe(1);
      second.close();
    } finally {
      link.close();
    }
    expect(await round()).toBe(0);
    expect(read("hits")).toBe(3n);
  });

  test("has its arguments in arrays read by programs that know of index registers, and by no others", async () => {
    const usdt = "tsbpfc:indexed";
    expect(() => collection.programs.get("probed")!.attach({ binary, usdt, pid: target.pid! })).toThrow(
      /libbpf 1\.7/,
    );
    const indexed = parseObject(compileFixture("usdt-indexed"));
    const newer = loadCollection(indexed);
    try {
      newer.programs.get("probed")!.attach({ binary, usdt, pid: target.pid! });
      await round();
      const memory = newer.maps.get(".bss")!.memory!;
      const variable = (name: string, i = 0): bigint =>
        memory.getBigInt64(indexed.variables.get(name)!.offset + i * 8, true);
      expect([variable("hits"), variable("count")]).toEqual([1n, 4n]);
      expect([0, 1, 2, 3].map((i) => variable("args", i))).toEqual([-30n, 20n, -70n, 20n]);
    } finally {
      newer.close();
    }
  });

  test("that is not there is refused, with those that are", () => {
    const program = collection.programs.get("probed")!;
    expect(() => program.attach()).toThrow(/provider:name/);
    expect(() => program.attach({ binary, usdt: "tsbpfc:tock" })).toThrow(
      /'tsbpfc:tock'; it has tsbpfc:indexed, tsbpfc:tick/,
    );
    expect(() => program.attach({ binary: "/proc/self/status", usdt: "a:b" })).toThrow(/status/);
  });
});
