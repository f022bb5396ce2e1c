import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("importing the runtime loads neither koffi nor parts of Node that few programs need", async () => {
  const fixtures = new URL("../../fixtures/", import.meta.url).pathname;
  const folder = mkdtempSync(join(fixtures, "tmp-"));
  try {
    const outfile = join(folder, "app.mjs");
    await build({
      stdin: {
        contents: `import * as runtime from "@tsbpfc/runtime";
import { createRequire } from "node:module";
const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes("koffi"));
const parts = ["crypto", "net", "zlib"].filter((name) => process.moduleLoadList.includes("NativeModule " + name));
console.log(typeof runtime.loadCollection, loaded.length, parts.join());`,
        resolveDir: fixtures,
      },
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      conditions: ["tsbpfc-source"],
      external: ["koffi"],
      logLevel: "silent",
    });
    expect(spawnSync(process.execPath, [outfile], { encoding: "utf8" })).toMatchObject({
      status: 0,
      stdout: "function 0 \n",
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
