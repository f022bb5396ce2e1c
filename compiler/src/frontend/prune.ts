import { WRITTEN } from "./vmlinux/names.js";

/** Modules below this size are parsed as they are: 64 KiB take the checker about 15 ms. */
export const SMALL_MODULE = 64 * 1024;

/**
 * A `vmlinux.d.ts` cut down to what a probe can reach: from the types it imports, through the members whose
 * names it mentions. The file is the one that `tsbpfc vmlinux` writes, one declaration a line.
 */
export function pruneDeclarations(
  text: string,
  roots: readonly string[],
  mentioned: ReadonlySet<string>,
): string {
  const lines = new Map<string, string>();
  const kept: string[] = [];
  for (const line of text.split("\n")) {
    const name = /^(?:\/\*\* @union \*\/ )?export (?:declare )?(?:interface|enum|type|class) ([\w$]+)/.exec(
      line,
    )?.[1];
    if (name) lines.set(name, line);
    else if (line.startsWith("import ") || line.startsWith(WRITTEN)) kept.push(line);
  }
  const seen = new Set<string>();
  const queue = [...roots];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const line = lines.get(name);
    if (line === undefined || seen.has(name)) continue;
    seen.add(name);
    const short = line.includes(" interface ") ? pruneMembers(line, mentioned) : line;
    kept.push(short);
    for (const word of short.match(/[A-Za-z_$][\w$]*/g) ?? [])
      if (lines.has(word) && !seen.has(word)) queue.push(word);
  }
  return kept.join("\n");
}

/** Members between the outer braces stay if their name is mentioned. */
function pruneMembers(line: string, mentioned: ReadonlySet<string>): string {
  const open = line.indexOf("{");
  const members: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let i = open + 1; i < line.length; i++) {
    const c = line[i];
    if (c === "{") depth++;
    else if (c === "}" && depth > 0) depth--;
    else if ((c === ";" && depth === 0) || c === "}") {
      members.push(line.slice(start, i));
      start = i + 1;
    }
  }
  const stays = members.filter((member) => {
    const name = /^\s*(?:readonly )?([\w$]+)/.exec(member)?.[1];
    return name !== undefined && mentioned.has(name);
  });
  return `${line.slice(0, open)}{${stays.map((m) => `${m};`).join("")} }`;
}
