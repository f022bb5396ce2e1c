import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The suite's folder: bundled modules lie in `lab/` and `chunks/` below it. */
export const suiteRoot = dirname(dirname(fileURLToPath(import.meta.url)));
