import { limits } from "./messages/limits.js";
import { mapsAndCalls } from "./messages/maps-and-calls.js";
import { objects } from "./messages/objects.js";
import { probeFile } from "./messages/probe-file.js";
import { syntax } from "./messages/syntax.js";
import { types } from "./messages/types.js";

export type { Message } from "./messages/entry.js";

/** Every diagnostic of the dialect, by what it is about. A code is stable: a number is never given to another meaning. */
export const TSB = { ...probeFile, ...types, ...syntax, ...mapsAndCalls, ...limits, ...objects } as const;
