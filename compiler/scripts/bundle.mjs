// Makes dist/tsbpfc.cjs: the whole command line in one minified ASCII file, which V8 can cache whole (see
// bin/tsbpfc.cjs). What the dialect never asks TypeScript for is left out.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = dirname(dirname(fileURLToPath(import.meta.url)));

/** Probes are checked without TypeScript's own libraries, which @ts-morph/common carries as strings. */
const withoutLibraries = {
  name: "without-libraries",
  setup({ onLoad }) {
    onLoad({ filter: /@ts-morph[\\/]common[\\/]dist[\\/]ts-morph-common\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const from = source.indexOf("\nconst libFiles = [{");
      const to = source.indexOf("\n    }];", from);
      if (from < 0 || to < 0) throw new Error("@ts-morph/common keeps its libraries elsewhere now");
      return {
        contents: `${source.slice(0, from)}\nconst libFiles = [];${source.slice(to + "\n    }];".length)}`,
        loader: "js",
      };
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
  // Of ts-morph the compiler takes TypeScript alone, which is in its common part: the rest would cost 10 ms a start.
  alias: { "ts-morph": "@ts-morph/common" },
  // Native code stays outside, and so does what only projects with a configuration load; the rest of ts-morph's
  // optional parts are never reached.
  external: ["koffi", "@swc/core", "zod"],
  banner: { js: url },
  plugins: [withoutLibraries],
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
