import { basename, dirname, join, resolve } from "node:path";
import { generateSkeleton, parseObject } from "@tsbpfc/loader";
import { type BpfCpu, type CompileResult, compile } from "../compile.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { ExitCode } from "./exit-codes.js";
import { type OutputFile, writeFiles } from "./output.js";
import { findProbes } from "./probes.js";
import { report } from "./report.js";
import { skeletonFiles } from "./skeleton-files.js";

export interface BuildOptions {
  readonly out?: string;
  readonly js?: boolean;
  readonly externalObject?: boolean;
  readonly cpu: BpfCpu;
  readonly llvm?: string;
  readonly btf?: string;
  readonly json?: boolean;
  readonly emit?: "ir" | "object";
}

/** Compiles probes to objects and skeletons. A probe with errors writes nothing and leaves older outputs alone. */
export async function build(files: readonly string[], options: BuildOptions): Promise<ExitCode> {
  const diagnostics: Diagnostic[] = [];
  const outputs: OutputFile[] = [];
  for (const file of files.length > 0 ? files : findProbes(process.cwd())) {
    const result = compileOne(file, options);
    diagnostics.push(...result.diagnostics);
    if (result.output) outputs.push(...(await outputsOf(file, result.output, options)));
  }
  writeFiles(outputs);
  report(
    diagnostics,
    options.json === true,
    outputs.map((o) => o.path),
  );
  return diagnostics.some((d) => d.severity === "error") ? ExitCode.sourceErrors : ExitCode.ok;
}

export function compileOne(file: string, options: Pick<BuildOptions, "cpu" | "llvm" | "btf">): CompileResult {
  return compile({
    file,
    cpu: options.cpu,
    ...(options.llvm === undefined ? {} : { llvm: options.llvm }),
    ...(options.btf === undefined ? {} : { btf: options.btf }),
  });
}

async function outputsOf(
  file: string,
  output: NonNullable<CompileResult["output"]>,
  options: BuildOptions,
): Promise<OutputFile[]> {
  const stem = join(options.out ?? dirname(file), basename(file).replace(/\.bpf\.ts$|\.ts$/, ""));
  if (options.emit === "ir") return [{ path: resolve(`${stem}.bpf.ll`), content: output.ir }];
  const object: OutputFile = { path: resolve(`${stem}.bpf.o`), content: output.object };
  if (options.emit === "object") return [object];
  const skeleton = generateSkeleton(parseObject(output.object), output.object, {
    name: output.programName,
    source: basename(object.path),
    embed: options.externalObject !== true,
  });
  return [object, ...(await skeletonFiles(resolve(`${stem}.skel`), skeleton, options.js === true))];
}
