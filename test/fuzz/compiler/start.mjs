import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundled } from "../../support/bundled.mjs";

const entries = ["run.ts", "worker.ts"].map((file) => new URL(file, import.meta.url));
await bundled(
  entries,
  async (folder) => {
    const { main } = await import(join(folder, "run.mjs"));
    await main(fileURLToPath(new URL("../../..", import.meta.url)), join(folder, "worker.mjs"));
  },
  ["ts-morph", "@swc/core"],
);
