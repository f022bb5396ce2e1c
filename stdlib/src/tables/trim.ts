/** A declaration of the generated files: one line, with its doc comment in the line before. */
const DECLARATION = /^(?:export declare (?:function|const) (\w+)|\s+"([^"]+)": )/;

/**
 * A generated declaration file (`*.generated.d.ts`) without the helpers, events and
 * constants that a program does not mention, and without comments: a tenth of the parsing. Other lines stay.
 */
export function trimDeclarations(text: string, mentions: (name: string) => boolean): string {
  const kept = text.split("\n").filter((line) => {
    if (/^\s*(?:\/\*\*|\/\/)/.test(line) && (line.endsWith("*/") || line.trimStart().startsWith("//")))
      return false;
    const declaration = DECLARATION.exec(line);
    const name = declaration?.[1] ?? declaration?.[2];
    return name === undefined || mentions(name);
  });
  return kept.join("\n");
}
