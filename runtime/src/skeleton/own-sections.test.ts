import { createRequire } from "node:module";
import { generateSkeleton, parseObject } from "@tsbpfc/loader";
import { describe, expect, test } from "vitest";
import { hasClang } from "../../../loader/fixtures/compile.js";
import { evaluateSkeleton } from "../../../loader/fixtures/skeleton/evaluate.js";
import { compileC } from "../../fixtures/compile.js";
import * as runtime from "../index.js";

type Programs = Record<"on_enter" | "on_exit" | "by_hand", runtime.SkeletonProgram>;
type Own = runtime.Skeleton<object, Programs, { wanted: number }, { entered: bigint; left: bigint }>;

/** No fixture like others: it is not opened without being told what its sections mean. */
const source = new URL("../../fixtures/own-sections.c", import.meta.url).pathname;
const sections = { "on_call/": "tracepoint/syscalls/", runs_by_hand: "syscall" };
const SYS_getpgid = process.arch === "x64" ? 121 : 155;

describe.skipIf(!hasClang)("an object with names of sections of its own", () => {
  test("is opened where one says what they stand for", () => {
    const object = compileC(source);
    expect(() => parseObject(object)).toThrow(
      /on_enter: section "on_call\/.*not one that libbpf knows.*`sections`/,
    );
    const { programs } = parseObject(object, { sections });
    expect(programs.get("on_exit")).toMatchObject({
      ...{ section: "tracepoint/syscalls/sys_exit_getpgid", type: "tracepoint" },
      ...{ attachTo: "syscalls/sys_exit_getpgid", autoload: false },
    });
    expect(() => parseObject(object, { sections: { "on_call/": "none/" } })).toThrow(
      /"on_call\/sys_enter_getpgid" stands for "none\/sys_enter_getpgid", which is not one/,
    );
  });

  test.skipIf(process.getuid?.() !== 0)("is loaded and attached by its skeleton, which knows them", () => {
    const object = compileC(source);
    const { ts } = generateSkeleton(parseObject(object, { sections }), object, {
      ...{ name: "Own", source: "own.bpf.o", embed: true },
    });
    const module = evaluateSkeleton(ts, runtime);
    using own = (module.Own as { open(options: object): Own }).open({
      rodata: { wanted: process.pid },
      programs: { on_exit: { autoload: true } },
    });
    own.load().attach();
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
    const call = koffi.load("libc.so.6").func("int64_t syscall(int64_t number, int64_t pid)");
    for (let i = 0; i < 3; i++) call(SYS_getpgid, 0);
    expect([own.globals.entered, own.globals.left]).toEqual([3n, 3n]);
    expect(own.programs.by_hand.testRun().returnValue).toBe(42);
  });
});
