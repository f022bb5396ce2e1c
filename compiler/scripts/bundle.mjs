// Makes dist/tsbpfc.cjs: the whole command line in one minified ASCII file, which V8 can cache whole (see
// bin/tsbpfc.cjs). What the dialect never asks TypeScript for is left out.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { reachedTypeScript, usedNames } from "./typescript.mjs";

const folder = dirname(dirname(fileURLToPath(import.meta.url)));

/** ts-morph carries a TypeScript that is nearly all there is of it: the rest would cost 10 ms a start. */
const reached = {
  name: "reached-typescript",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^ts-morph$/ }, () => ({ path: "typescript", namespace: "reached" }));
    onLoad({ filter: /.*/, namespace: "reached" }, () => {
      const common = createRequire(createRequire(import.meta.url).resolve("ts-morph")).resolve(
        "@ts-morph/common",
      );
      const text = readFileSync(join(dirname(common), "typescript.js"), "utf8");
      return { contents: reachedTypeScript(text, usedNames(join(folder, "src"))), loader: "js" };
    });
  },
};

/** What the bundles share. */
const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  minify: true,
  keepNames: false,
  charset: "ascii",
  conditions: ["tsbpfc-source"],
  define: { "import.meta.url": "__tsbpfc_url" },
  logLevel: "warning",
};
const url = 'const __tsbpfc_url=require("node:url").pathToFileURL(__filename).href;';

await build({
  ...common,
  entryPoints: [join(folder, "src/cli/main.ts")],
  outfile: join(folder, "dist/tsbpfc.cjs"),
  // The launcher runs the bundle by vm.Script, which has no import() of its own.
  supported: { "dynamic-import": false },
  // Native code stays outside, and so does what only projects with a configuration load; the rest of ts-morph's
  // optional parts are never reached.
  external: ["koffi", "@swc/core", "zod"],
  banner: { js: url },
  plugins: [reached],
});

/**
 * In an editor the checker works on the nodes and types of the TypeScript that runs there, so that one it must be,
 * whichever version it has. The server hands it over when it loads a plugin: the whole bundle runs inside that call.
 */
const editorsTypeScript = {
  name: "editors-typescript",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^ts-morph$/ }, () => ({ path: "typescript", namespace: "editor" }));
    onLoad({ filter: /.*/, namespace: "editor" }, () => ({
      contents: "export const ts = __tsserver.typescript;",
      loader: "js",
    }));
  },
};

await build({
  ...common,
  entryPoints: [join(folder, "src/editor/plugin.ts")],
  outfile: join(folder, "dist/editor.cjs"),
  banner: {
    js: `"use strict";module.exports=(__tsserver)=>{const module={exports:{}};${url}`,
  },
  footer: { js: "return{create:module.exports.create}};" },
  plugins: [editorsTypeScript],
});

for (const name of ["tsbpfc.cjs", "editor.cjs"]) {
  const size = readFileSync(join(folder, "dist", name)).length;
  console.log(`dist/${name} ${(size / 1e6).toFixed(1)} MB`);
}
