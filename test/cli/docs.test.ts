import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/probe.js";
import { has, isRoot, run } from "../support/root.js";

// What docs/runtime.md shows, done as its reader would: needs clang and libbpf's headers, and `npm run build`.

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const page = readFileSync(path("docs/runtime.md"), "utf8");
const blocks = (language: string): string[] =>
  [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, of]) => of === language)
    .map(([, , text = ""]) => text);

const missing = !has("clang-19") || !existsSync("/usr/include/bpf/bpf_helpers.h");
/** Strict as a careful project is. */
const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  target: "es2022",
  lib: ["es2023", "esnext.disposable"],
  module: "nodenext",
  types: ["node"],
};

let folder: ReturnType<typeof temporaryFolder>;
const at = (name: string): string => join(folder.path, name);
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

describe.skipIf(missing)("docs/runtime.md", () => {
  it.skipIf(!isRoot)("builds, type-checks, and prints what it shows", () => {
    const [app = "", ...more] = blocks("ts");
    writeFileSync(at("kills.bpf.c"), blocks("c").join("\n"));
    writeFileSync(at("app.ts"), app);
    // The later pieces speak of the first one's names.
    for (const [i, piece] of more.entries()) {
      const declared = /\bkills = /.test(piece) ? "" : "declare const kills: Kills;\n";
      writeFileSync(
        at(`piece${i}.ts`),
        `import { Kills } from "./kills.skel.js";\n${declared}${piece}\nexport {};\n`,
      );
    }
    writeFileSync(at("package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(at("tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    symlinkSync(path("node_modules"), at("node_modules"));

    const clang = ["-g", "-O2", "-target", "bpf", "-I/usr/include/x86_64-linux-gnu"];
    run("clang-19", ...clang, "-c", at("kills.bpf.c"), "-o", at("kills.bpf.o"));
    run(
      process.execPath,
      path("compiler/bin/tsbpfc.cjs"),
      "gen",
      at("kills.bpf.o"),
      "--record",
      "events=event",
    );
    run(process.execPath, path("node_modules/typescript/bin/tsc"), "-p", folder.path);
    const { stdout, stderr } = spawnSync(process.execPath, [at("app.js")], {
      cwd: folder.path,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout).toBe(blocks("text").join("\n"));
  });
});
