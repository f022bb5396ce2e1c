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

await build({
  entryPoints: [join(folder, "src/cli/main.ts")],
  outfile: join(folder, "dist/tsbpfc.cjs"),
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  minify: true,
  keepNames: false,
  charset: "ascii",
  // The launcher runs the bundle by vm.Script, which has no import() of its own.
  supported: { "dynamic-import": false },
  conditions: ["tsbpfc-source"],
  // Of ts-morph the compiler takes TypeScript alone, which is in its common part: the rest would cost 10 ms a start.
  alias: { "ts-morph": "@ts-morph/common" },
  // Native code stays outside; the rest of ts-morph's optional parts are never reached.
  external: ["koffi", "@swc/core"],
  define: { "import.meta.url": "__tsbpfc_url" },
  banner: { js: 'const __tsbpfc_url=require("node:url").pathToFileURL(__filename).href;' },
  plugins: [withoutLibraries],
  logLevel: "warning",
});
const size = readFileSync(join(folder, "dist/tsbpfc.cjs")).length;
console.log(`dist/tsbpfc.cjs ${(size / 1e6).toFixed(1)} MB`);
