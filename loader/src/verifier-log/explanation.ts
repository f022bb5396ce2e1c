import type { Explanation } from "./log.js";

/** The report's headline, and its parts: each a word and a colon, alone on a line, then indented text. */
const headline = /^Verification failed: (.*)$/;
const part = /^(Reason|At|Causal path|Suggestion):$/;

/**
 * Finds the report that Linux 7.3 (commit ce7c9f6c599b) appends to a failed verification's log.
 *
 * @returns it, and the index of the line where it begins; the log's length if there is none
 */
export function readExplanation(lines: readonly string[]): {
  readonly explanation: Explanation | null;
  readonly before: number;
} {
  const before = lines.findLastIndex((line) => headline.test(line));
  if (before < 0) return { explanation: null, before: lines.length };
  const parts = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of lines.slice(before + 1)) {
    const name = part.exec(line)?.[1];
    if (name !== undefined) {
      current = [];
      parts.set(name, current);
    } else if (line.startsWith(" ")) {
      current.push(line.trim());
    } else if (line !== "") {
      // Text at the margin (the statistics) ends the report.
      break;
    }
  }
  const text = (name: string): string => (parts.get(name) ?? []).join(" ");
  return {
    explanation: {
      title: headline.exec(lines[before]!)?.[1] ?? "",
      reason: text("Reason"),
      suggestion: text("Suggestion"),
      causes: parts.get("Causal path") ?? [],
    },
    before,
  };
}
