import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseElf } from "@tsbpfc/loader";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/probe.js";
import { has } from "../support/root.js";

/** The command as it is installed: run `npm run build` first. */
const command = fileURLToPath(new URL("../../compiler/bin/tsbpfc.cjs", import.meta.url));
const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
const example = (path: string): string => fileURLToPath(new URL(`../../examples/${path}`, import.meta.url));

let folder: ReturnType<typeof temporaryFolder>;
const path = (name: string): string => join(folder.path, name);
const tsbpfc = (...args: string[]) =>
  spawnSync(process.execPath, [command, ...args], { cwd: folder.path, encoding: "utf8" });

beforeEach(() => {
  folder = temporaryFolder();
  copyFileSync(example("execsnoop/execsnoop.bpf.ts"), path("execsnoop.bpf.ts"));
  copyFileSync(example("execsnoop/vmlinux.d.ts"), path("vmlinux.d.ts"));
});
afterEach(() => folder.remove());

describe("tsbpfc build", () => {
  it("writes an object and a skeleton beside the probe, and says nothing", () => {
    const { status, stdout, stderr } = tsbpfc("build", "execsnoop.bpf.ts");
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
    expect(readdirSync(folder.path).sort()).toEqual([
      "execsnoop.bpf.o",
      "execsnoop.bpf.ts",
      "execsnoop.skel.ts",
      "vmlinux.d.ts",
    ]);
  });

  it("builds every probe below the folder if none is named", () => {
    mkdirSync(path("net"));
    copyFileSync(example("firewall/firewall.bpf.ts"), path("net/firewall.bpf.ts"));
    expect(tsbpfc("build").status).toBe(0);
    expect(existsSync(path("execsnoop.skel.ts")) && existsSync(path("net/firewall.skel.ts"))).toBe(true);
  });

  it("writes the same bytes each time, wherever the source lies", () => {
    mkdirSync(path("elsewhere"));
    for (const file of ["execsnoop.bpf.ts", "vmlinux.d.ts"])
      copyFileSync(path(file), path(`elsewhere/${file}`));
    tsbpfc("build", "execsnoop.bpf.ts");
    tsbpfc("build", path("elsewhere/execsnoop.bpf.ts"), "--out", path("out"));
    expect(readFileSync(path("out/execsnoop.bpf.o")).equals(readFileSync(path("execsnoop.bpf.o")))).toBe(
      true,
    );
    expect(readFileSync(path("out/execsnoop.skel.ts"), "utf8")).toBe(
      readFileSync(path("execsnoop.skel.ts"), "utf8"),
    );
  });

  it("leaves BTF and its line information in the object, and no DWARF", () => {
    tsbpfc("build", "execsnoop.bpf.ts");
    const names = parseElf(readFileSync(path("execsnoop.bpf.o"))).sections.map((s) => s.name);
    expect(names).toEqual(expect.arrayContaining([".BTF", ".BTF.ext", ".maps", "license"]));
    expect(names.filter((name) => name.includes("debug"))).toEqual([]);
    expect(readFileSync(path("execsnoop.bpf.o")).includes(folder.path)).toBe(false);
  });

  it("writes plain JavaScript with declarations for --js", () => {
    expect(tsbpfc("build", "execsnoop.bpf.ts", "--js").status).toBe(0);
    expect(existsSync(path("execsnoop.skel.ts"))).toBe(false);
    expect(readFileSync(path("execsnoop.skel.js"), "utf8")).toContain(
      "export class ExecSnoop extends Skeleton {",
    );
    expect(readFileSync(path("execsnoop.skel.d.ts"), "utf8")).toContain(
      "export declare class ExecSnoop extends Skeleton<",
    );
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: "nodenext",
      target: "es2022",
      types: ["node"],
      lib: ["es2023", "esnext.disposable"],
    };
    writeFileSync(path("tsconfig.json"), JSON.stringify({ compilerOptions, files: ["execsnoop.skel.d.ts"] }));
    const types = spawnSync(process.execPath, [tsc, "-p", folder.path], { encoding: "utf8" });
    expect(types.stdout).toBe("");
  });

  it("gives errors in tsc's form with code 1, writes nothing, and leaves older outputs alone", () => {
    tsbpfc("build", "execsnoop.bpf.ts");
    const before = readFileSync(path("execsnoop.bpf.o"));
    writeFileSync(
      path("execsnoop.bpf.ts"),
      readFileSync(path("execsnoop.bpf.ts"), "utf8").replace("event.pid = pid;", "event.pid = 0.5;"),
    );
    const { status, stderr } = tsbpfc("build", "execsnoop.bpf.ts");
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^execsnoop\.bpf\.ts:37:17 - error TSB2002: 0\.5 is not a whole number\.\n {2}BPF has no floating point\.\n {2}Count in a smaller unit/,
    );
    expect(stderr).toContain("Found 1 error in 1 file.");
    expect(readFileSync(path("execsnoop.bpf.o")).equals(before)).toBe(true);
    expect(readdirSync(folder.path).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("gives errors as one JSON document for --json", () => {
    writeFileSync(path("bad.bpf.ts"), "export const x = 0.5;");
    const { status, stdout, stderr } = tsbpfc("build", "bad.bpf.ts", "--json");
    expect(status).toBe(1);
    expect(stderr).toBe("");
    const document = JSON.parse(stdout) as {
      version: number;
      diagnostics: { code: string; span: { line: number } }[];
      files: string[];
    };
    expect(document.version).toBe(1);
    expect(document.diagnostics.map((d) => [d.code, d.span.line])).toEqual([["TSB1001", 1]]);
    expect(document.files).toEqual([]);
  });

  it.each([
    ["an option that is not there", ["build", "--fast"], 2],
    ["an instruction set that is not there", ["build", "--cpu", "v9"], 2],
    ["a command that is not there", ["compile"], 2],
    ["a probe that is not there", ["build", "none.bpf.ts"], 3],
    ["a libLLVM that is not there", ["build", "execsnoop.bpf.ts", "--llvm", "/nowhere/libLLVM.so"], 3],
    ["a folder that cannot be made", ["build", "execsnoop.bpf.ts", "--out", "/proc/none"], 3],
    ["an object that is not there", ["gen", "none.bpf.o"], 3],
    ["a kernel type that is not there", ["vmlinux", "--types", "no_such_struct"], 2],
  ])("ends with its documented code for %s", (_, args, code) => {
    const { status, stderr, stdout } = tsbpfc(...args);
    expect(status).toBe(code);
    expect(stderr).not.toBe("");
    expect(stderr).not.toContain("    at ");
    expect(stdout).toBe("");
  });
});

describe("tsbpfc gen", () => {
  it("makes the same skeleton from the object alone", () => {
    tsbpfc("build", "execsnoop.bpf.ts");
    const built = readFileSync(path("execsnoop.skel.ts"), "utf8");
    expect(tsbpfc("gen", "execsnoop.bpf.o", "--out", path("again")).status).toBe(0);
    expect(readFileSync(path("again/execsnoop.skel.ts"), "utf8")).toBe(built);
  });

  it.skipIf(!has("clang-19"))("leaves clang's DWARF out, and types records as it is told", () => {
    writeFileSync(
      path("c.bpf.c"),
      `#define SEC(n) __attribute__((section(n), used))
struct event { int pid; };
struct { int (*type)[27]; int (*max_entries)[4096]; } events SEC(".maps");
const struct event *unused_event __attribute__((unused));
SEC("xdp") int pass(void *ctx) { return ((int (*)(void *, unsigned long))133)(&events, 0); }
char _license[] SEC("license") = "GPL";`,
    );
    const clang = ["-g", "-O2", "-target", "bpf", "-c", path("c.bpf.c"), "-o", path("c.bpf.o")];
    expect(spawnSync("clang-19", clang).status).toBe(0);
    expect(tsbpfc("gen", "c.bpf.o", "--record", "events=event").status).toBe(0);
    const text = readFileSync(path("c.skel.ts"), "utf8");
    expect(text).toContain("readonly events: RingBuf<event>;");
    const [, base64 = ""] = /embeddedObject\(`([^`]*)`/.exec(text) ?? [];
    const embedded = Buffer.from(base64, "base64");
    expect(embedded.length).toBeGreaterThan(0);
    expect(embedded.includes(".debug_info")).toBe(false);
    expect(readFileSync(path("c.bpf.o")).includes(".debug_info")).toBe(true);
  });

  it("makes integers of 64 bits what it is told, as build does", () => {
    expect(tsbpfc("build", "execsnoop.bpf.ts").status).toBe(0);
    expect(readFileSync(path("execsnoop.skel.ts"), "utf8")).not.toContain("64Number");
    expect(tsbpfc("build", "execsnoop.bpf.ts", "--u64", "number").status).toBe(0);
    const built = readFileSync(path("execsnoop.skel.ts"), "utf8");
    expect(built).toContain("codecs.readU64Number(");
    expect(tsbpfc("gen", "execsnoop.bpf.o", "--u64", "number", "--out", path("again")).status).toBe(0);
    expect(readFileSync(path("again/execsnoop.skel.ts"), "utf8")).toBe(built);
    expect(tsbpfc("gen", "execsnoop.bpf.o", "--u64", "float").status).toBe(2);
  });

  it.each([
    ["a record that is no pair", ["--record", "events"], /events=event/],
    ["a section that stands for nothing", ["--section", "mine="], /--section mine=: give a section's name/],
    ["a map without records", ["--record", "none=event"], /no map that takes records/],
    ["a type that the object does not have", ["--type", "none"], /no type "none"/],
  ])("refuses %s as a mistake of the command line", (_, options, message) => {
    tsbpfc("build", "execsnoop.bpf.ts");
    const { status, stderr } = tsbpfc("gen", "execsnoop.bpf.o", ...options);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe.skipIf(!existsSync("/sys/kernel/btf/vmlinux"))("tsbpfc vmlinux", () => {
  it("writes the named types and what they reach, for the editor", () => {
    expect(tsbpfc("vmlinux", "--types", "task_struct", "--out", path("vmlinux.d.ts")).status).toBe(0);
    const text = readFileSync(path("vmlinux.d.ts"), "utf8");
    expect(text).toMatch(/^export interface task_struct \{.*readonly real_parent: ptr<task_struct>;.*\}$/m);
    expect(text).toMatch(/^export interface mm_struct \{/m);
    expect(tsbpfc("build", "execsnoop.bpf.ts").status).toBe(0);
  });
});

describe.skipIf(!has("llvm-objdump-19"))("the object", () => {
  it("is disassembled by llvm-objdump with its CO-RE relocations", () => {
    tsbpfc("build", "execsnoop.bpf.ts");
    const { stdout } = spawnSync("llvm-objdump-19", ["-dr", path("execsnoop.bpf.o")], { encoding: "utf8" });
    expect(stdout).toContain("struct task_struct::real_parent");
    expect(stdout).toContain("struct trace_event_raw_sys_enter::args[0]");
  });
});
