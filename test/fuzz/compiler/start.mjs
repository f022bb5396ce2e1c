// Bundles the compiler's fuzzer from the sources, so that Node runs its TypeScript, and runs it.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const builds = fileURLToPath(new URL("../../.build/", import.meta.url));
mkdirSync(builds, { recursive: true });
const folder = mkdtempSync(join(builds, "fuzz-"));
try {
  await build({
    entryPoints: ["run.ts", "worker.ts"].map((file) => fileURLToPath(new URL(file, import.meta.url))),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["tsbpfc-source"],
    external: ["koffi", "ts-morph", "@swc/core"],
    sourcemap: "inline",
    logLevel: "error",
  });
  const { main } = await import(join(folder, "run.mjs"));
  await main(fileURLToPath(new URL("../../..", import.meta.url)), join(folder, "worker.mjs"));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
