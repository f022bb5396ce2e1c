import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { emitObject, findLlvm, INTERNAL_ERROR_EXIT_CODE, IrError, LlvmNotFoundError } from "./index.js";

const DEBUG = `
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!1}
!0 = distinct !DICompileUnit(language: DW_LANG_C11, file: !2, emissionKind: DebugDirectivesOnly)
!1 = !{i32 2, !"Debug Info Version", i32 3}
!2 = !DIFile(filename: "x.bpf.ts", directory: "", source: "a")
!3 = distinct !DISubprogram(name: "f", scope: !2, file: !2, line: 3, type: !4, scopeLine: 3, spFlags: DISPFlagDefinition, unit: !0)
!4 = !DISubroutineType(types: !5)
!5 = !{null}
!6 = !DILocation(line: 7, column: 9, scope: !3)
`;
const module = (body: string, params = "i64 %a, i64 %b") => `target triple = "bpfel"
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
define i64 @f(${params}) section "xdp" !dbg !3 {
${body}
}
${DEBUG}`;

const at = { file: "x.bpf.ts", line: 7, column: 9 };

describe("emitObject", () => {
  it("gives an object, and the same one again", () => {
    const ir = module("ret i64 %a, !dbg !6");
    const first = emitObject(ir, { cpu: "v3" });
    expect(first.diagnostics).toEqual([]);
    expect(Buffer.compare(first.object!, emitObject(ir, { cpu: "v3" }).object!)).toBe(0);
  });

  it("gives assembly and optimised IR when asked", () => {
    const ir = module("%c = add i64 %a, 0\nret i64 %c, !dbg !6");
    const emitted = emitObject(ir, { cpu: "v3", assembly: true, optimizedIr: true });
    expect(emitted.assembly).toContain("r0 = r1");
    expect(emitted.optimizedIr).toContain("ret i64 %a");
  });

  it.each([
    [
      "v3",
      /Looks like the BPF stack limit/,
      at,
      "%s = alloca [600 x i8]\ncall void inttoptr (i64 6 to ptr)(ptr %s), !dbg !6",
    ],
    [
      "v3",
      /^unsupported signed division/,
      at,
      "%q = sdiv i64 %a, %b, !dbg !6\nstore volatile i64 %q, ptr null",
    ],
    [
      "v3",
      /built-in function 'memset'/,
      at,
      "%p = inttoptr i64 %a to ptr\ncall void @llvm.memset.p0.i64(ptr %p, i8 0, i64 %b, i1 false), !dbg !6",
    ],
    [
      "v3",
      /^too many arguments$/,
      at,
      "call void inttoptr (i64 6 to ptr)(i64 1, i64 2, i64 3, i64 4, i64 5, i64 6), !dbg !6",
    ],
    [
      "v2",
      /^Invalid usage of the XADD return value$/,
      at,
      "%p = inttoptr i64 %a to ptr\n%o = atomicrmw add ptr %p, i32 1 seq_cst, !dbg !6\nstore i32 %o, ptr %p",
    ],
  ] as const)(
    "on %s, says what BPF cannot do, in which function and where: %s",
    (cpu, message, location, body) => {
      const { object, diagnostics } = emitObject(module(`${body}\nret i64 0, !dbg !6`), { cpu });
      expect(object).toBeNull();
      expect(diagnostics[0]).toMatchObject({ severity: "error", functionName: "f", location });
      expect(diagnostics[0]?.message).toMatch(message);
    },
  );

  it("names the function of a diagnostic that has no place", () => {
    const params = "i64 %a, i64 %b, i64 %c, i64 %d, i64 %e, i64 %f";
    const { diagnostics } = emitObject(module("ret i64 %f, !dbg !6", params), { cpu: "v3" });
    expect(diagnostics).toEqual([
      { severity: "error", message: "stack arguments are not supported", functionName: "f", location: null },
    ]);
  });

  it("reports IR that does not parse, with LLVM's line", () => {
    const emit = () => emitObject("define i64 @f( {", { cpu: "v3" });
    expect(emit).toThrow(IrError);
    expect(emit).toThrow(/module\.ll:1:17: error/);
  });

  it("reports IR that the verifier refuses, and keeps it", () => {
    const ir = module(
      "br label %one\none:\n%x = add i64 %y, 1\nbr label %two\ntwo:\n%y = add i64 1, 1\nret i64 %x",
    );
    try {
      emitObject(ir, { cpu: "v3" });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ name: "IrError", code: "llvm-verify", ir });
      expect(String(error)).toContain("does not dominate all uses");
    }
  });
});

describe("findLlvm", () => {
  it("says what to install when the given library is not there", () => {
    expect(() => findLlvm("/nonexistent/libLLVM.so")).toThrow(LlvmNotFoundError);
    expect(() => findLlvm("/nonexistent/libLLVM.so")).toThrow(/apt install libllvm19/);
  });

  it("finds one of version 18 or later by itself", () => {
    expect(findLlvm().major).toBeGreaterThanOrEqual(18);
  });
});

describe("a fatal error in LLVM", () => {
  it("ends the process with code 70, a message and the IR in a file", async () => {
    const entry = fileURLToPath(new URL("./index.ts", import.meta.url));
    const ir = module("fence seq_cst, !dbg !6\nret i64 0, !dbg !6");
    const bundle = await build({
      stdin: {
        contents: `import { emitObject } from ${JSON.stringify(entry)}; emitObject(${JSON.stringify(ir)}, { cpu: "v3" });`,
        resolveDir: dirname(entry),
      },
      bundle: true,
      write: false,
      platform: "node",
      format: "esm",
    });
    const child = spawnSync(process.execPath, ["--input-type=module", "-"], {
      input: bundle.outputFiles[0]!.text,
      cwd: dirname(entry),
      encoding: "utf8",
    });
    expect(child.stderr).toMatch(/internal compiler error: LLVM \d+\.\d+\.\d+ gave up: Cannot select/);
    expect(child.status).toBe(INTERNAL_ERROR_EXIT_CODE);
    const file = /the LLVM IR is in (\S+)/.exec(child.stderr)?.[1] ?? "";
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, "utf8")).toBe(ir);
    rmSync(dirname(file), { recursive: true });
  });
});
