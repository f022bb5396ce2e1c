import { readSource, resolveImport, type StdlibLocation } from "./modules.js";

/**
 * Every identifier in a probe and in the modules that it imports, or null if some of them come from other packages,
 * which are not looked for here. Found by scanning the text: the checker would come too late.
 */
export function mentionedNames(probe: string, stdlib: StdlibLocation): ReadonlySet<string> | null {
  const names = new Set<string>();
  const seen = new Set<string>();
  const queue = [probe, ...stdlib.code];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const text = seen.has(file) ? null : readSource(file);
    seen.add(file);
    if (text === null || file.endsWith(".d.ts")) continue;
    for (const name of text.match(/[A-Za-z_$][\w$]*/g) ?? []) names.add(name);
    for (const [, specifier = ""] of text.matchAll(/\bfrom\s*["']([^"']+)["']|\bimport\s*["'][^"']+["']/g)) {
      const target = resolveImport(specifier, file, stdlib);
      if (target === null) return null;
      if (!target.startsWith(stdlib.folder)) queue.push(target);
    }
  }
  return names;
}
