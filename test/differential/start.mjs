// Bundles the command, so that Node runs its TypeScript, and runs it. The packages are taken as they are built.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL("../.build/", import.meta.url));
mkdirSync(folder, { recursive: true });
const outfile = `${folder}differential.mjs`;
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
});
await import(outfile);
