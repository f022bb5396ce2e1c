import { diagnose } from "./diagnose.js";
import type { Example } from "./example.js";

const CHAPTERS: readonly (readonly [prefix: string, title: string])[] = [
  ["TSB1", "The probe's file"],
  ["TSB2", "Types and values"],
  ["TSB3", "Syntax outside the dialect"],
  ["TSB4", "Maps, helpers, calls"],
  ["TSB5", "Limits"],
  ["TSB6", "Objects that a program owns"],
];

const HEAD = `# Diagnostics

Every code of the compiler with an example: the marked lines of it, and what is said of them. Codes are stable, and none is
given to another meaning. \`TS####\` is TypeScript's own checker. This page is made from the catalogue and its tests
(\`npm run docs\`).
`;

/** docs/diagnostics.md: the first example of each code, in the order of the codes. */
export function printPage(examples: readonly Example[]): string {
  const first = new Map(examples.toReversed().map((example) => [example.code, example]));
  const codes = [...first.keys()].sort();
  const chapters = CHAPTERS.map(([prefix, title]) => {
    const entries = codes.filter((code) => code.startsWith(prefix)).map((code) => entry(first.get(code)));
    return `\n## ${title}\n${entries.join("")}`;
  });
  return `${HEAD}${chapters.join("")}`;
}

function entry(example: Example | undefined): string {
  if (!example) return "";
  const { diagnostics, marked } = diagnose(example);
  const [found] = diagnostics;
  const where = marked.file === "probe.bpf.ts" ? "" : `// ${marked.file}\n`;
  const code = marked.excerpt.trim() === "" ? "" : `\n\`\`\`ts\n${where}${marked.excerpt}\n\`\`\`\n`;
  return `\n### ${example.code}\n\n${found?.message}\n${code}\n${found?.reason} ${found?.remedy}\n`;
}
