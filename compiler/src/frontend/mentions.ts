import { isKernelModule, readSource, resolveImport, STDLIB, type StdlibLocation } from "./modules.js";
import { VOCABULARY } from "./vmlinux/names.js";

/**
 * Every identifier in a probe and in the modules that it imports, or null if some of them come from other packages,
 * which are not looked for here. Found by scanning the text: the checker would come too late. Of a `vmlinux` module,
 * which may be large, or not there yet, it is only what it takes from the standard library.
 */
export function mentionedNames(probe: string, stdlib: StdlibLocation): ReadonlySet<string> | null {
  const names = new Set<string>();
  const seen = new Set<string>();
  const queue = [probe];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const text = readSource(file) ?? "";
    if (isKernelModule(file)) {
      for (const name of [...VOCABULARY, ...wordsOf(libraryImports(text))]) names.add(name);
      continue;
    }
    for (const name of wordsOf(text)) names.add(name);
    for (const [, specifier = ""] of text.matchAll(/\bfrom\s*["']([^"']+)["']|\bimport\s*["'][^"']+["']/g)) {
      const target = resolveImport(specifier, file, stdlib);
      if (target === null) return null;
      if (!target.startsWith(stdlib.folder)) queue.push(target);
    }
  }
  return names;
}

const wordsOf = (text: string): readonly string[] => text.match(/[A-Za-z_$][\w$]*/g) ?? [];

/** The names between the braces. */
const libraryImports = (text: string): string =>
  [...text.matchAll(/^import (?:type )?\{([^}]*)\} from ["']([^"']+)["']/gm)]
    .flatMap(([, list = "", from]) => (from === STDLIB ? list : []))
    .join(" ");
