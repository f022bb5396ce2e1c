import { basename, dirname, resolve } from "node:path";
import { generateSkeleton, parseObject } from "@tsbpfc/loader";
import type { BpfCpu, CompileOptions, CompileOutput } from "../compile.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { BuildCache } from "./build-cache.js";
import { noteCompiled } from "./compiled.js";
import { CommandError, type ExitCode } from "./exit-codes.js";
import { reasonOf } from "./failures.js";
import { type OutputFile, writeFiles } from "./output.js";
import { probesOf } from "./probes.js";
import { report } from "./report.js";
import { skeletonFiles } from "./skeleton-files.js";

export interface BuildOptions {
  readonly out?: string;
  readonly js?: boolean;
  readonly externalObject?: boolean;
  readonly u64?: "bigint" | "number";
  readonly cpu?: BpfCpu;
  readonly llvm?: string;
  readonly btf?: string;
  readonly kernel?: string;
  readonly json?: boolean;
  readonly emit?: "ir" | "object";
  /** Build also what did not change. */
  readonly force?: boolean;
}

/**
 * Compiles probes to objects and skeletons. A probe with errors writes nothing and leaves older outputs as they are;
 * the others are written, but for those that did not change. An error of the environment writes nothing at all.
 */
export async function build(files: readonly string[], options: BuildOptions): Promise<ExitCode> {
  return (await buildOnce(files, options)).code;
}

/** What one run of the command did. */
export interface Round {
  readonly code: ExitCode;
  readonly probes: number;
  readonly errors: number;
  /** Absolute paths of the files that it read, and of those that it looked for. */
  readonly inputs: ReadonlySet<string>;
}

export async function buildOnce(files: readonly string[], options: BuildOptions): Promise<Round> {
  const probes = (await probesOf(files)).map((file) => ({ file, stem: stemOf(file, options.out) }));
  refuseTwins(probes);
  const diagnostics: Diagnostic[] = [];
  const outputs: OutputFile[] = [];
  const built: (() => void)[] = [];
  const inputs = new Set(probes.map(({ file }) => resolve(file)));
  for (const { file, stem } of probes) {
    const cache = new BuildCache(file, stem, options);
    const known = options.force ? null : cache.unchanged();
    if (known) {
      diagnostics.push(...known.diagnostics);
      for (const input of known.inputs) inputs.add(input);
      continue;
    }
    // Loads TypeScript.
    noteCompiled();
    const { compile } = await import("../compile.js");
    const result = compile(compileOptions(file, options));
    diagnostics.push(...result.diagnostics);
    for (const input of result.inputs ?? []) inputs.add(input);
    if (!result.output) continue;
    const own = await outputsOf(stem, result.output, options);
    outputs.push(...own);
    built.push(() =>
      cache.remember(
        result.inputs,
        own.map((o) => o.path),
        result.diagnostics,
      ),
    );
  }
  writeFiles(outputs);
  for (const remember of built) remember();
  const code = report(
    diagnostics,
    options.json === true,
    outputs.map((o) => o.path),
  );
  const errors = diagnostics.filter((d) => d.severity === "error").length;
  return { code, probes: probes.length, errors, inputs };
}

/** Where a probe's outputs go, without their suffixes. */
const stemOf = (file: string, out: string | undefined): string =>
  resolve(out ?? dirname(file), basename(file).replace(/(\.bpf)?\.ts$/, ""));

/** @throws CommandError `usage` if one probe's outputs would replace another's. */
function refuseTwins(probes: readonly { readonly file: string; readonly stem: string }[]): void {
  const owners = new Map<string, string>();
  for (const { file, stem } of probes) {
    const other = owners.get(stem);
    if (other !== undefined)
      throw new CommandError(
        "usage",
        `${other} and ${file} would both be written to ${stem}.bpf.o. Build them one by one, or without --out.`,
      );
    owners.set(stem, file);
  }
}

const compileOptions = (file: string, { cpu, llvm, btf, kernel }: BuildOptions): CompileOptions => ({
  file,
  ...(cpu === undefined ? {} : { cpu }),
  ...(kernel === undefined ? {} : { kernel }),
  ...(llvm === undefined ? {} : { llvm }),
  ...(btf === undefined ? {} : { btf }),
});

async function outputsOf(stem: string, output: CompileOutput, options: BuildOptions): Promise<OutputFile[]> {
  if (options.emit === "ir") return [{ path: `${stem}.bpf.ll`, content: output.ir }];
  const object: OutputFile = { path: `${stem}.bpf.o`, content: output.object };
  if (options.emit === "object") return [object];
  const skeleton = skeletonOf(output, basename(object.path), options);
  return [object, ...(await skeletonFiles(`${stem}.skel`, skeleton, options.js === true))];
}

function skeletonOf(
  { object, programName: name, ir }: CompileOutput,
  source: string,
  { externalObject, u64 }: BuildOptions,
) {
  const embed = externalObject !== true;
  try {
    return generateSkeleton(parseObject(object), object, { name, source, embed, ...(u64 && { u64 }) });
  } catch (error) {
    throw new UnreadableOutputError(error, ir);
  }
}

/** The object that was just made cannot be read back: a fault of the compiler. */
class UnreadableOutputError extends Error {
  override readonly name = "UnreadableOutputError";
  readonly code = "unreadable-output";

  constructor(
    cause: unknown,
    readonly ir: string,
  ) {
    super(`the object cannot be read back: ${reasonOf(cause)}`, { cause });
  }
}
