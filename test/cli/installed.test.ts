import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Diagnostic } from "@tsbpfc/compiler";
import { expect, it } from "vitest";
import { type Example, unmark } from "../language/diagnostics/example.js";
import { examples, refused } from "../language/diagnostics/index.js";
import { temporaryFolder } from "../support/probe.js";

/** The command as it is installed: run `npm run build` first. */
const command = fileURLToPath(new URL("../../compiler/bin/tsbpfc.cjs", import.meta.url));

/** Found when code is made, which `check` does not do. */
const byLlvm: readonly string[] = ["TSB5001"];
/** Those of a probe without options. */
const plain = [...examples, ...refused].filter(
  ({ code, options, llvm, editor }) =>
    options === undefined && llvm === undefined && !editor && !byLlvm.includes(code),
);

/** Writes an example into a folder of its own. Gives the codes and places that it is to be told. */
function write(example: Example, folder: string): readonly string[] {
  mkdirSync(folder);
  const texts = { "probe.bpf.ts": example.source, ...example.files };
  return Object.entries(texts).flatMap(([name, source]) => {
    const isMarked = source.includes("«");
    const { text, span } = isMarked ? unmark(source) : { text: source, span: null };
    writeFileSync(join(folder, name), text);
    return span ? [`${example.code} ${name}:${span.line}:${span.column}`] : [];
  });
}

it("the installed command, which carries the part of TypeScript that it needs, says of each example what the sources say", {
  timeout: 180_000,
}, () => {
  const folder = temporaryFolder();
  try {
    const expected = Object.fromEntries(
      plain.map((example, i) => [`example-${i}`, write(example, join(folder.path, `example-${i}`))]),
    );
    const { stdout, stderr } = spawnSync(process.execPath, [command, "check", "--json", folder.path], {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    expect(stderr).toBe("");
    const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly Diagnostic[] };
    for (const [name, wanted] of Object.entries(expected)) {
      const said = diagnostics
        .filter(({ span }) => basename(dirname(span.file)) === name)
        .map(({ code, span }) => `${code} ${basename(span.file)}:${span.line}:${span.column}`);
      expect.soft(said, name).toEqual(expect.arrayContaining([...wanted]));
    }
  } finally {
    folder.remove();
  }
});
