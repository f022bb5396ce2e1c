import { callbacks } from "./callbacks.js";
import type { Example } from "./example.js";
import { formats } from "./formats.js";
import { limits } from "./limits.js";
import { mapsAndCalls } from "./maps-and-calls.js";
import { probeFile } from "./probe-file.js";
import { syntax } from "./syntax.js";
import { types } from "./types.js";

/** At least one for each code of the catalogue. */
export const examples: readonly Example[] = [
  ...probeFile,
  ...types,
  ...syntax,
  ...mapsAndCalls,
  ...formats,
  ...callbacks,
  ...limits,
];
