import { ts } from "ts-morph";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { KernelBtf } from "../frontend/kernel-btf.js";
import { findingsOf } from "./findings.js";
import { isFinding, toTypeScript } from "./to-typescript.js";

const PROBE = /\.bpf\.ts$/;

/**
 * The TypeScript server's plugin: what `tsbpfc check` says of a `*.bpf.ts`, while it is written. It works on the
 * server's own program, and parses nothing again. Made once for each project that the server opens.
 */
export function create(info: ts.server.PluginCreateInfo): ts.LanguageService {
  const { languageService, project } = info;
  // Asked only for what a declaration leaves open; read when it is first asked.
  const kernel = new KernelBtf();

  /** What `use` makes of a probe's findings; `otherwise` for other files, and if a fault of ours comes between. */
  const withFindings = <T>(
    fileName: string,
    otherwise: () => T,
    use: (source: ts.SourceFile, found: readonly Diagnostic[]) => T,
  ): T => {
    if (!PROBE.test(fileName)) return otherwise();
    try {
      const program = languageService.getProgram();
      const source = program?.getSourceFile(fileName);
      return program && source ? use(source, findingsOf(program, source, kernel)) : otherwise();
    } catch (error) {
      // The server cancels a check by an exception of its own, when the text has changed meanwhile.
      if (error instanceof ts.OperationCanceledException) throw error;
      project.projectService.logger.msg(`tsbpfc: ${describe(error)}`, ts.server.Msg.Err);
      return otherwise();
    }
  };

  return {
    ...languageService,
    getSemanticDiagnostics: (fileName) => {
      const plain = languageService.getSemanticDiagnostics(fileName);
      return withFindings(
        fileName,
        () => plain,
        (source, found) => toTypeScript(source, found, plain),
      );
    },
    // TypeScript has fixes for numbers that mean something else here: TS1005 and TSB1005.
    getCodeFixesAtPosition: (fileName, start, end, codes, ...rest) => {
      const theirs = withFindings(
        fileName,
        () => codes,
        (source, found) => codes.filter((code) => !isFinding(source, found, code, start)),
      );
      return languageService.getCodeFixesAtPosition(fileName, start, end, theirs, ...rest);
    },
  };
}

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
