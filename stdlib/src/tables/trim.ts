/** A declaration of the generated files: one line, with its doc comment in the line before. */
const DECLARATION =
  /^(?:export declare (?:function|const) (\w+)|export interface (\w+) \{.*\}$|\s+"([^"]+)": )/;

/**
 * A generated declaration file (`*.generated.d.ts`) without the helpers, events and
 * constants that a program does not mention, and without comments: a tenth of the parsing. Interfaces of one line stay
 * if what stands before them needs them. Other lines stay.
 */
export function trimDeclarations(text: string, mentions: (name: string) => boolean): string {
  const needed = new Set<string>();
  const kept = text.split("\n").filter((line) => {
    if (/^\s*(?:\/\*\*|\/\/)/.test(line) && (line.endsWith("*/") || line.trimStart().startsWith("//")))
      return false;
    const [, value, type, event] = DECLARATION.exec(line) ?? [];
    if (type !== undefined) return needed.has(type) || mentions(type);
    const name = value ?? event;
    if (name !== undefined && !mentions(name)) return false;
    if (event !== undefined) needed.add(/(\w+);$/.exec(line)?.[1] ?? "");
    return true;
  });
  return kept.join("\n");
}
