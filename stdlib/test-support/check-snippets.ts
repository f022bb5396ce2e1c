import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

// Not part of the package: what the tests of the declarations share.

const folder = dirname(fileURLToPath(import.meta.url));
export const samplesFolder = join(folder, "../../test/samples");

/** The settings that `@tsbpfc/stdlib/tsconfig.bpf.json` gives to the samples. */
function sampleConfig(): ts.ParsedCommandLine {
  const file = join(samplesFolder, "tsconfig.json");
  return ts.parseJsonConfigFileContent(
    JSON.parse(readFileSync(file, "utf8")),
    ts.sys,
    samplesFolder,
    {},
    file,
  );
}

/** Every error of the sample probes, as text. */
export function sampleErrors(): string[] {
  const { fileNames, options, errors } = sampleConfig();
  const program = ts.createProgram(fileNames, { ...options, skipLibCheck: false });
  return [...errors, ...ts.getPreEmitDiagnostics(program)].map(describe);
}

/** Checks snippets, each as a file of its own beside the samples; gives the errors of each in order. */
export function check(snippets: readonly string[]): readonly (readonly ts.Diagnostic[])[] {
  const { options } = sampleConfig();
  const names = snippets.map((_, i) => join(samplesFolder, `snippet-${i}.bpf.ts`));
  const texts = new Map(names.map((name, i) => [name, snippets[i] ?? ""]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, version) => {
    const text = texts.get(name);
    return text === undefined ? getSourceFile(name, version) : ts.createSourceFile(name, text, version, true);
  };
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  const program = ts.createProgram(names, options, host);
  return names.map((name) => {
    const source = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
}

export function describe(diagnostic: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, " / ");
  const { file, start } = diagnostic;
  if (!file || start === undefined) return `TS${diagnostic.code} ${text}`;
  const { line } = file.getLineAndCharacterOfPosition(start);
  return `${file.fileName.replace(/^.*\//, "")}:${line + 1} TS${diagnostic.code} ${text}`;
}
