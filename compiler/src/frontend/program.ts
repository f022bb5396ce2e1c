import { resolve } from "node:path";
import { ts } from "ts-morph";
import type { ModuleNames } from "../dialect/session.js";
import { libraryFor } from "./library.js";
import { mentionedNames } from "./mentions.js";
import {
  findStdlib,
  importCandidates,
  moduleNames,
  readSource,
  resolveImport,
  type StdlibLocation,
} from "./modules.js";
import { pruneDeclarations, SMALL_MODULE } from "./prune.js";

/** The checker's settings; `@tsbpfc/stdlib/tsconfig.bpf.json` says the same to the editor. */
export const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  strict: true,
  strictPropertyInitialization: false,
  noLib: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
};

export interface ProbeProgram {
  readonly program: ts.Program;
  readonly source: ts.SourceFile;
  readonly modules: ModuleNames;
  /**
   * Every file that the program was made of, and every one that would have been taken before: absolute paths. Null
   * if modules of other packages are among them, which are looked for in too many places.
   */
  readonly inputs: readonly string[] | null;
}

/** Declarations of kernel types for a probe that has no `vmlinux.d.ts`: made of BTF, in memory. */
export type KernelModuleMaker = (roots: readonly string[], mentioned: ReadonlySet<string>) => string;

export interface ProbeProgramOptions {
  readonly makeKernelModule: KernelModuleMaker;
  /** The whole standard library, not only what the probe mentions: for the checker's "did you mean". */
  readonly whole?: boolean;
  readonly stdlib?: StdlibLocation;
}

/** The probe's file is not there, or cannot be read. */
export class SourceNotFoundError extends Error {
  override readonly name = "SourceNotFoundError";
  readonly code = "source-not-found";

  constructor(file: string) {
    super(`cannot read ${file}`);
  }
}

/** A TypeScript program for one probe: its modules and the standard library, nothing of JavaScript's own. */
export function createProbeProgram(file: string, options: ProbeProgramOptions): ProbeProgram {
  const { makeKernelModule, whole = false, stdlib = findStdlib() } = options;
  const probe = resolve(file);
  if (readSource(probe) === null) throw new SourceNotFoundError(file);
  const mentioned = whole ? null : mentionedNames(probe, stdlib);
  const library = mentioned && libraryFor(mentioned, stdlib);
  const sources = new Map<string, ts.SourceFile | undefined>();
  const lookedFor = new Set<string>();
  let packages = false;
  const read = (fileName: string): ts.SourceFile | undefined => {
    const text = library?.texts.get(fileName) ?? sourceText(fileName, probe, makeKernelModule);
    if (text === null) return undefined;
    return ts.createSourceFile(fileName, text, {
      languageVersion: ts.ScriptTarget.ESNext,
      jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
    });
  };
  const host: ts.CompilerHost = {
    getSourceFile: (fileName) => {
      if (!sources.has(fileName)) sources.set(fileName, read(fileName));
      return sources.get(fileName);
    },
    getDefaultLibFileName: () => "",
    writeFile: () => {},
    getCurrentDirectory: () => process.cwd(),
    getCanonicalFileName: (fileName) => fileName,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    fileExists: (fileName) => ts.sys.fileExists(fileName),
    readFile: (fileName) => ts.sys.readFile(fileName),
    resolveModuleNameLiterals: (literals, from) =>
      literals.map(({ text }) => {
        const own = resolveImport(text, from, stdlib);
        if (text.startsWith(".")) for (const file of importCandidates(text, from)) lookedFor.add(file);
        else if (!own) packages = true;
        if (own)
          return {
            resolvedModule: {
              resolvedFileName: own,
              extension: own.endsWith(".d.ts") ? ts.Extension.Dts : ts.Extension.Ts,
              isExternalLibraryImport: false,
            },
          };
        return text.startsWith(".")
          ? { resolvedModule: undefined }
          : ts.resolveModuleName(text, from, compilerOptions, ts.sys);
      }),
  };
  const program = ts.createProgram({ rootNames: [stdlib.core, probe], options: compilerOptions, host });
  const source = program.getSourceFile(probe);
  if (!source) throw new SourceNotFoundError(file);
  const files = new Set([...sources.keys(), ...lookedFor, ...(library?.inputs ?? [])]);
  const inputs = packages ? null : [...files].map((f) => resolve(f));
  return { program, source, modules: moduleNames(stdlib.folder, probe), inputs };
}

/** A file's text; a large or missing `vmlinux` module is cut to what the probe mentions. */
function sourceText(fileName: string, probe: string, makeKernelModule: KernelModuleMaker): string | null {
  const text = readSource(fileName);
  if (!/\/vmlinux\.d\.ts$/.test(fileName) || (text !== null && text.length < SMALL_MODULE)) return text;
  const { roots, mentioned } = kernelNames(readSource(probe) ?? "");
  return text === null ? makeKernelModule(roots, mentioned) : pruneDeclarations(text, roots, mentioned);
}

/** What a probe imports from its `vmlinux` module, and every name that it mentions. */
function kernelNames(source: string): { roots: string[]; mentioned: Set<string> } {
  const mentioned = new Set(source.match(/[A-Za-z_$][\w$]*/g) ?? []);
  const imports = [...source.matchAll(/import\s+(?:type\s+)?\{([^}]*)\}\s*from\s*["'][^"']*vmlinux["']/g)];
  const roots = imports.flatMap(([, names]) =>
    (names ?? "").split(",").map(
      (n) =>
        n
          .replace(/\btype\s+/, "")
          .trim()
          .split(/\s+as\s+/)[0] ?? "",
    ),
  );
  return { roots: roots.filter((name) => name !== ""), mentioned };
}
