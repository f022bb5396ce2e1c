// Bundles the lab's command, so that Node runs its TypeScript, and runs it. The packages are taken as they are built.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL("../.build/", import.meta.url));
mkdirSync(folder, { recursive: true });
const outfile = `${folder}lab-${process.pid}.mjs`;
await build({
  entryPoints: [fileURLToPath(new URL("run.ts", import.meta.url))],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  sourcemap: "inline",
  logLevel: "error",
  plugins: [
    {
      // Modules find files beside them, wherever the bundle lies.
      name: "own-url",
      setup({ onLoad }) {
        onLoad({ filter: /\.ts$/ }, ({ path }) => ({
          contents: readFileSync(path, "utf8").replaceAll(
            "import.meta.url",
            JSON.stringify(pathToFileURL(path).href),
          ),
          loader: "ts",
        }));
      },
    },
  ],
});
try {
  await import(outfile);
} finally {
  rmSync(outfile, { force: true });
}
