import { callbacks } from "./callbacks.js";
import type { Example, Refused } from "./example.js";
import { formats } from "./formats.js";
import { kernelWrites, refusedKernelWrites } from "./kernel-writes.js";
import { limits } from "./limits.js";
import { mapsAndCalls } from "./maps-and-calls.js";
import { objects, references } from "./objects.js";
import { probeFile } from "./probe-file.js";
import { calls } from "./refused/calls.js";
import { maps } from "./refused/maps.js";
import { numbers } from "./refused/numbers.js";
import { syntax as refusedSyntax } from "./refused/syntax.js";
import { refusedSchedulers, schedulers } from "./schedulers.js";
import { syntax } from "./syntax.js";
import { types } from "./types.js";

/** At least one for each code of the catalogue. */
export const examples: readonly Example[] = [
  ...probeFile,
  ...types,
  ...kernelWrites,
  ...schedulers,
  ...syntax,
  ...mapsAndCalls,
  ...formats,
  ...callbacks,
  ...limits,
  ...objects,
];

/** What else is refused, and must stay so. */
export const refused: readonly Refused[] = [
  ...refusedSyntax,
  ...numbers,
  ...maps,
  ...calls,
  ...references,
  ...refusedKernelWrites,
  ...refusedSchedulers,
];
