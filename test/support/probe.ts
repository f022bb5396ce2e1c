import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CompileOptions, type CompileResult, compile } from "@tsbpfc/compiler";
import { generateSkeleton, parseObject } from "@tsbpfc/loader";

/** Built probes lie within the tests, so that their skeletons find the runtime as a project's would. */
const builds = join(dirname(fileURLToPath(import.meta.url)), "../.build");

/** A folder for one test's files. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  mkdirSync(builds, { recursive: true });
  const path = mkdtempSync(join(builds, "probe-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export type Files = Readonly<Record<string, string>>;

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

/** What is in every probe's way to a kernel: imports, a program class, and what the test is about. */
export const probe = (body: string, { imports = "", before = "" } = {}): string => `
import { program, map, SEC, HashMap, RingBuf, PerCpuArray, XdpMd, SkBuff, XdpAction, Tracepoint, ${imports}
  u8, u16, u32, u64, i8, i16, i32, i64, be16, be32, str, array, ptr, copy, sizeof, bpf_get_current_pid_tgid, bpf_ktime_get_ns } from "@tsbpfc/stdlib";
${before}
@program({ license: "GPL" })
export class Probe {
${body}
}
`;

export interface Built {
  readonly object: Uint8Array;
  /** Path of the skeleton, to be imported. */
  readonly skeleton: string;
  readonly objectPath: string;
  remove(): void;
}

/** Compiles to an object and a skeleton on disk. @throws Error with the diagnostics if the probe has errors */
export function build(files: Files, options: Partial<CompileOptions> = {}): Built {
  const { diagnostics, output } = compileFiles(files, options);
  if (!output)
    throw new Error(
      diagnostics.map((d) => `${d.span.line}:${d.span.column} ${d.code} ${d.message}`).join("\n"),
    );
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
