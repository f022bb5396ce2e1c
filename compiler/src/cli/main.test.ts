import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CompileOptions, CompileResult } from "../compile.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { IrError, LlvmNotFoundError } from "../llvm/errors.js";
import { ExitCode } from "./exit-codes.js";
import { main } from "./main.js";

/** The compiler's place is taken by what each test wants of it. */
const compiler = vi.hoisted(() => ({
  compile: (_: CompileOptions): CompileResult => ({ diagnostics: [], output: null }),
}));
vi.mock("../compile.js", () => ({
  compile: (options: CompileOptions) => compiler.compile(options),
  checkFile: (options: CompileOptions) => compiler.compile(options),
}));

const problem = (file: string, severity: Diagnostic["severity"] = "error"): Diagnostic => ({
  code: "TSB1001",
  severity,
  span: { file, line: 1, column: 1, endLine: 1, endColumn: 2 },
  message: "What.",
  reason: "Why.",
  remedy: "Instead.",
});
const output = { programName: "Probe", ir: "; ir\n", object: new Uint8Array([1, 2, 3]) };
const succeed = (): CompileResult => ({ diagnostics: [], output });
const failIn =
  (part: string) =>
  ({ file }: CompileOptions): CompileResult =>
    file.includes(part) ? { diagnostics: [problem(file)], output: null } : succeed();

const before = process.cwd();
let folder: string;
let calls: CompileOptions[];
const printed = { stdout: "", stderr: "" };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tsbpfc-main-"));
  process.chdir(folder);
  calls = [];
  for (const stream of ["stdout", "stderr"] as const) {
    printed[stream] = "";
    vi.spyOn(process[stream], "write").mockImplementation((chunk) => {
      printed[stream] += String(chunk);
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

const tsbpfc = (...args: string[]) => main(args);
const answer = (give: (options: CompileOptions) => CompileResult): void => {
  compiler.compile = (options) => {
    calls.push(options);
    return give(options);
  };
};
const touch = (...files: string[]): void => {
  for (const file of files) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), "");
  }
};

describe("tsbpfc build", () => {
  it("compiles for any kernel unless told otherwise", async () => {
    answer(succeed);
    await tsbpfc("build", "a.bpf.ts", "--emit", "object");
    await tsbpfc("build", "a.bpf.ts", "--emit", "object", "--cpu", "v1", "--llvm", "/l.so", "--btf", "/b");
    await tsbpfc("build", "a.bpf.ts", "--emit", "object", "--kernel", "5.15");
    expect(calls).toEqual([
      { file: "a.bpf.ts" },
      { file: "a.bpf.ts", cpu: "v1", llvm: "/l.so", btf: "/b" },
      { file: "a.bpf.ts", kernel: "5.15" },
    ]);
  });

  it("finds probes below the folder in name order, not in node_modules and hidden folders", async () => {
    answer(succeed);
    touch("b.bpf.ts", "a/z.bpf.ts", "node_modules/x/n.bpf.ts", ".git/h.bpf.ts", "a/app.ts", "a/z.bpf.o");
    expect(await tsbpfc("build", "--emit", "object")).toBe(ExitCode.ok);
    expect(calls.map((c) => c.file)).toEqual([join(folder, "a/z.bpf.ts"), join(folder, "b.bpf.ts")]);
  });

  it("takes folders too, and each probe once", async () => {
    answer(succeed);
    touch("net/a.bpf.ts", "net/b.bpf.ts");
    await tsbpfc("build", "net/b.bpf.ts", "net", "./net/b.bpf.ts", "--emit", "object");
    expect(calls).toHaveLength(2);
  });

  it("writes only the IR for --emit ir, only the object for --emit object", async () => {
    answer(succeed);
    await tsbpfc("build", "a.bpf.ts", "--emit", "ir", "--out", "o/p");
    await tsbpfc("build", "a.bpf.ts", "--emit", "object");
    expect(readFileSync(join(folder, "o/p/a.bpf.ll"), "utf8")).toBe("; ir\n");
    expect([...readFileSync(join(folder, "a.bpf.o"))]).toEqual([1, 2, 3]);
    expect(readdirSync(folder).sort()).toEqual(["a.bpf.o", "o"]);
  });

  it("writes the good probes beside one with errors, whose older outputs stay", async () => {
    writeFileSync(join(folder, "bad.bpf.o"), "older");
    answer(failIn("bad"));
    const code = await tsbpfc("build", "bad.bpf.ts", "good.bpf.ts", "--emit", "object");
    expect(code).toBe(ExitCode.sourceErrors);
    expect(readdirSync(folder).sort()).toEqual(["bad.bpf.o", "good.bpf.o"]);
    expect(readFileSync(join(folder, "bad.bpf.o"), "utf8")).toBe("older");
    expect(printed.stderr).toContain("bad.bpf.ts:1:1 - error TSB1001: What.\n  Why.\n  Instead.\n");
    expect(printed.stdout).toBe("");
  });

  it("succeeds with warnings", async () => {
    answer(({ file }) => ({ diagnostics: [problem(file, "warning")], output }));
    expect(await tsbpfc("build", "a.bpf.ts", "--emit", "object")).toBe(ExitCode.ok);
    expect(printed.stderr).toContain("Found 1 warning in 1 file.");
  });

  it("prints one JSON document for --json, with what it found and what it wrote", async () => {
    answer(failIn("bad"));
    expect(await tsbpfc("build", "bad.bpf.ts", "good.bpf.ts", "--json", "--emit", "object")).toBe(1);
    expect(printed.stderr).toBe("");
    expect(JSON.parse(printed.stdout)).toEqual({
      version: 1,
      diagnostics: [problem(join(folder, "bad.bpf.ts"))],
      files: [join(folder, "good.bpf.o")],
    });
  });

  it("refuses two probes that would write the same file, before it compiles any", async () => {
    answer(succeed);
    expect(await tsbpfc("build", "a/x.bpf.ts", "b/x.bpf.ts", "--out", "o")).toBe(ExitCode.usage);
    expect(printed.stderr).toContain("a/x.bpf.ts and b/x.bpf.ts would both be written to");
    expect(calls).toEqual([]);
  });

  it("leaves nothing behind if one of its files cannot be written", async () => {
    answer(succeed);
    touch("file");
    expect(await tsbpfc("build", "a.bpf.ts", "--emit", "object", "--out", "file/out")).toBe(3);
    mkdirSync(join(folder, "b.bpf.o"));
    expect(await tsbpfc("build", "b.bpf.ts", "--emit", "object")).toBe(ExitCode.environment);
    expect(readdirSync(folder).sort()).toEqual(["b.bpf.o", "file"]);
  });
});

/** What the message says was kept; removes it. */
function takeKeptIr(): string {
  const file = /the LLVM IR is in (\S+)/.exec(printed.stderr)?.[1] ?? "";
  const ir = readFileSync(file, "utf8");
  rmSync(dirname(file), { recursive: true });
  return ir;
}

describe("exit codes", () => {
  const environment = new LlvmNotFoundError("no libLLVM here", []);
  it.each([
    ["--version", ["--version"], ExitCode.ok],
    ["--help", ["--help"], ExitCode.ok],
    ["help of a command", ["build", "--help"], ExitCode.ok],
    ["no command", [], ExitCode.usage],
    ["a command that is not there", ["compile"], ExitCode.usage],
    ["an option that is not there", ["check", "--fast"], ExitCode.usage],
    ["an option without its value", ["build", "--out"], ExitCode.usage],
    ["an instruction set that is not there", ["build", "--cpu", "v5"], ExitCode.usage],
    ["something else to emit", ["build", "--emit", "asm"], ExitCode.usage],
    ["gen without an object", ["gen"], ExitCode.usage],
    ["a folder without probes", ["check"], ExitCode.usage],
    ["a file that is no probe", ["build", "a.bpf.o"], ExitCode.usage],
    ["declarations", ["build", "vmlinux.d.ts"], ExitCode.usage],
    ["an object that is not there", ["gen", "none.bpf.o"], ExitCode.environment],
    ["BTF that is not there", ["vmlinux", "--btf", "none"], ExitCode.environment],
  ])("%s", async (_, args, code) => {
    expect(await tsbpfc(...args)).toBe(code);
    const stream = code === ExitCode.ok ? "stdout" : "stderr";
    expect(printed[stream]).not.toBe("");
  });

  it.skipIf(!existsSync("/sys/kernel/btf/vmlinux"))("an empty list of kernel types", async () => {
    expect(await tsbpfc("vmlinux", "--types", ",")).toBe(ExitCode.usage);
  });

  it("a file that is no object, named", async () => {
    writeFileSync(join(folder, "x.bpf.o"), "text");
    expect(await tsbpfc("gen", "x.bpf.o")).toBe(ExitCode.environment);
    expect(printed.stderr).toMatch(/^tsbpfc: x\.bpf\.o: .*ELF/);
  });

  it("no libLLVM", async () => {
    answer(() => {
      throw environment;
    });
    expect(await tsbpfc("build", "a.bpf.ts")).toBe(ExitCode.environment);
    expect(printed.stderr).toBe("tsbpfc: no libLLVM here\n");
  });

  it("a fault of the compiler, with its IR kept for a report", async () => {
    answer(() => {
      throw new IrError("llvm-verify", "the module is broken", "; bad ir\n");
    });
    expect(await tsbpfc("build", "a.bpf.ts")).toBe(ExitCode.internal);
    expect(printed.stderr).toMatch(/^tsbpfc: internal error: the module is broken\n/);
    expect(takeKeptIr()).toBe("; bad ir\n");
  });

  it("an object that cannot be read back is a fault of the compiler", async () => {
    answer(succeed);
    expect(await tsbpfc("build", "a.bpf.ts")).toBe(ExitCode.internal);
    expect(printed.stderr).toContain("the object cannot be read back");
    expect(takeKeptIr()).toBe("; ir\n");
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("tsbpfc --version", () => {
  it("is the package's", async () => {
    await tsbpfc("--version");
    const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect(printed.stdout).toBe(`${manifest.version}\n`);
  });
});
