// Runs TypeScript of the tests in plain Node: bundles entry points from the sources, then the packages'.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

/**
 * Gives `act` the folder where each entry point `x.ts` is `x.mjs`; the folder goes when it is done. `external`: packages
 * that are to be as they are built, not part of the bundle.
 */
export async function bundled(entryPoints, act, external = []) {
  // Within the tests, so that koffi is found from there.
  const builds = fileURLToPath(new URL("../.build/", import.meta.url));
  mkdirSync(builds, { recursive: true });
  const folder = mkdtempSync(join(builds, "bundled-"));
  try {
    await build({
      entryPoints: entryPoints.map((url) => fileURLToPath(url)),
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      conditions: ["tsbpfc-source"],
      external: ["koffi", "typescript", ...external],
      sourcemap: "inline",
      logLevel: "error",
      plugins: [ownUrl],
    });
    await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Modules find files beside them, wherever the bundle lies. */
const ownUrl = {
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
};
