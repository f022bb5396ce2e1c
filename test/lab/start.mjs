import { join } from "node:path";
import { bundled } from "../support/bundled.mjs";

const built = ["@tsbpfc/*", "esbuild"];
await bundled([new URL("run.ts", import.meta.url)], (folder) => import(join(folder, "run.mjs")), built);
