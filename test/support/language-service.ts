import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type ts from "typescript";

const require = createRequire(import.meta.url);
const samples = join(dirname(fileURLToPath(import.meta.url)), "../samples");

export interface Shown {
  /** What TypeScript says, and so every editor. */
  readonly plain: readonly string[];
  /** What an editor with the plugin says instead. */
  readonly editor: readonly string[];
}

/** TypeScript's language service in one version, plain and with the plugin, over files beside the samples. */
export function languageService(typescript: string, files: Readonly<Record<string, string>>) {
  const api = require(typescript) as typeof ts;
  const config = JSON.parse(readFileSync(join(samples, "tsconfig.json"), "utf8")) as unknown;
  const { options, fileNames } = api.parseJsonConfigFileContent(config, api.sys, samples);
  const own = new Map(Object.entries(files).map(([name, text]) => [join(samples, name), text]));
  const read = (name: string): string | undefined => own.get(name) ?? api.sys.readFile(name);
  const service = api.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [...fileNames, ...own.keys()],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const text = read(name);
      return text === undefined ? undefined : api.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => samples,
    getDefaultLibFileName: () => "",
    fileExists: (name) => own.has(name) || api.sys.fileExists(name),
    readFile: read,
    directoryExists: api.sys.directoryExists,
    ...(api.sys.realpath ? { realpath: api.sys.realpath } : {}),
  });
  const faults: string[] = [];
  const logger = { msg: (text: string) => faults.push(text) };
  // Of what the server hands to a plugin, this one takes these.
  const plugin = require("../../compiler/dist/editor.cjs") as (modules: object) => {
    create(info: object): ts.LanguageService;
  };
  const edited = plugin({ typescript: api }).create({
    languageService: service,
    project: { projectService: { logger } },
  });
  const of = (from: ts.LanguageService, name: string): string[] =>
    [...from.getSyntacticDiagnostics(name), ...from.getSemanticDiagnostics(name)].map(
      (d) => `${d.source ?? "TS"}${d.code} ${api.flattenDiagnosticMessageText(d.messageText, " / ")}`,
    );
  return {
    fileNames: fileNames.map((name) => name.slice(samples.length + 1)),
    /** What the plugin logged: each is a fault of ours. */
    faults,
    show: (name: string): Shown => ({
      plain: of(service, join(samples, name)),
      editor: of(edited, join(samples, name)),
    }),
  };
}
