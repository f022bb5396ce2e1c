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
import { encodeSpec } from "./specs.js";

const able =
  process.getuid?.() === 0 &&
  existsSync("/sys/bus/event_source/devices/uprobe") &&
  spawnSync("gcc", ["--version"]).status === 0;

describe("a static probe's arguments", () => {
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
    expect(() => one("8@(%rax,%rbx,4)")).toThrow(/cannot be read/);
    expect(() => one("8@counter(%rip)")).toThrow(/cannot be read/);
    expect(() => one("8@%xmm0")).toThrow(/cannot be read/);
    expect(() => one("8@x31", "arm64")).toThrow(/cannot be read/);
    expect(() => one("8@%r1", "s390x")).toThrow(/s390x/);
    expect(() => one("8@$1 ".repeat(13))).toThrow(/13 arguments/);
  });

  test("are laid out as libbpf's usdt.bpf.h reads them", () => {
    const view = new DataView(encodeSpec(parseArguments("-4@-20(%rbp) 8@$7", "x64", "p"), 5n).buffer);
    expect(view.byteLength).toBe(208);
    expect([view.getBigInt64(0, true), view.getUint32(8, true), view.getInt16(12, true)]).toEqual([
      -20n,
      2,
      32,
    ]);
    expect([view.getUint8(14), view.getUint8(15)]).toEqual([1, 32]);
    expect([view.getBigInt64(16, true), view.getUint32(24, true), view.getUint8(31)]).toEqual([7n, 0, 0]);
    expect([view.getBigUint64(192, true), view.getInt16(200, true)]).toEqual([5n, 2]);
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

  test("that is not there is refused, with those that are", () => {
    const program = collection.programs.get("probed")!;
    expect(() => program.attach()).toThrow(/provider:name/);
    expect(() => program.attach({ binary, usdt: "tsbpfc:tock" })).toThrow(
      /'tsbpfc:tock'; it has tsbpfc:tick/,
    );
    expect(() => program.attach({ binary: "/proc/self/status", usdt: "a:b" })).toThrow(/status/);
  });
});
