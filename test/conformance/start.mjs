import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundled } from "../support/bundled.mjs";

await bundled([new URL("run.ts", import.meta.url)], async (folder) => {
  const { main } = await import(join(folder, "run.mjs"));
  await main(fileURLToPath(new URL("../..", import.meta.url)));
});
