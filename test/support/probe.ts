import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type CompileOptions,
  type CompileOutput,
  type CompileResult,
  compile,
  KernelVersionError,
} from "@tsbpfc/compiler";
import { generateSkeleton, parseObject } from "@tsbpfc/loader";
import { type Files, type ProbeSource, RefusedForKernelError } from "./probe-source.js";

export { type Files, probe } from "./probe-source.js";

/** Built probes lie within the tests, so that their skeletons find the runtime as a project's would. */
const builds = join(dirname(fileURLToPath(import.meta.url)), "../.build");

/** A folder for one test's files. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  mkdirSync(builds, { recursive: true });
  const path = mkdtempSync(join(builds, "probe-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Compiles `probe.bpf.ts` among the given files, which are there only during the call. */
export function compileFiles(files: Files, options: Partial<CompileOptions> = {}): CompileResult {
  const folder = temporaryFolder();
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text);
    return compile({ file: join(folder.path, "probe.bpf.ts"), ...options });
  } finally {
    folder.remove();
  }
}

export interface Built {
  readonly object: Uint8Array;
  /** Path of the skeleton, to be imported. */
  readonly skeleton: string;
  readonly objectPath: string;
  remove(): void;
}

/** Of `kernelTooOld`, compiler/src/diagnostics/catalogue.ts. */
const KERNEL_TOO_OLD = "TSB5004";

/**
 * Compiles for one kernel.
 *
 * @throws RefusedForKernelError if all that is wrong is the kernel's age
 * @throws Error with the diagnostics if the probe has other errors
 */
export function compileFor(
  kernel: string,
  { files, options }: Pick<ProbeSource, "files" | "options">,
): CompileOutput {
  const { diagnostics, output } = refusing(() => compileFiles(files, { kernel, ...options }));
  if (output) return output;
  const errors = diagnostics.filter((d) => d.severity === "error");
  const message = errors.map((d) => `${d.span.line}:${d.span.column} ${d.code} ${d.message}`).join("\n");
  if (errors.every(({ code }) => code === KERNEL_TOO_OLD))
    throw new RefusedForKernelError(errors.map((d) => d.message).join(" "));
  throw new Error(message);
}

/** The instruction set that the options ask for may be too new as well. */
function refusing<T>(compiling: () => T): T {
  try {
    return compiling();
  } catch (error) {
    if (error instanceof KernelVersionError) throw new RefusedForKernelError(error.message);
    throw error;
  }
}

/**
 * Compiles to an object and a skeleton on disk, for the running kernel if the options name no other.
 *
 * @throws RefusedForKernelError if all that is wrong is the kernel's age
 * @throws Error with the diagnostics if the probe has other errors
 */
export function build(files: Files, options: Partial<CompileOptions> = {}): Built {
  const output = compileFor(release(), { files, options });
  const folder = temporaryFolder();
  const objectPath = join(folder.path, "probe.bpf.o");
  const skeleton = join(folder.path, "probe.skel.ts");
  writeFileSync(objectPath, output.object);
  const printed = generateSkeleton(parseObject(output.object), output.object, {
    name: output.programName,
    source: "probe.bpf.o",
    embed: true,
  });
  writeFileSync(skeleton, printed.ts);
  return { object: output.object, skeleton, objectPath, remove: folder.remove };
}
