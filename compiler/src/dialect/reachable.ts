import { ts } from "ts-morph";
import type { Session } from "./session.js";

/**
 * A probe's file and every module it imports, directly or not, but for the standard library's. An editor's program
 * holds the files of a whole project: what is wrong with the others is not this probe's concern.
 */
export function reachableFiles(session: Session, source: ts.SourceFile): readonly ts.SourceFile[] {
  const found = new Set<ts.SourceFile>([source]);
  for (const file of found)
    for (const statement of file.statements) {
      const module = importedFile(session, statement);
      if (module && !session.modules.isStdlib(module.fileName)) found.add(module);
    }
  return [...found];
}

function importedFile(session: Session, statement: ts.Statement): ts.SourceFile | null {
  if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return null;
  const { moduleSpecifier } = statement;
  const declaration =
    moduleSpecifier && session.checker.getSymbolAtLocation(moduleSpecifier)?.declarations?.[0];
  return declaration && ts.isSourceFile(declaration) ? declaration : null;
}
