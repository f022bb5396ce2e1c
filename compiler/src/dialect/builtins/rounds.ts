import { tooOld } from "../ages.js";
import { boolType } from "../model/types.js";
import { kernelFeatures } from "../stdlib-tables.js";
import type { Builtin } from "./index.js";

/** `canLoop()`: the verifier need not see an end where this is asked in each round. */
const canLoop: Builtin = (scope, node) => {
  const old = tooOld(scope.session.target, "canLoop()", kernelFeatures.mayGoto);
  if (old) return scope.fail(node, old);
  return { kind: "mayLoop", type: boolType, loc: scope.session.locate(node) };
};

export const rounds = { canLoop } satisfies Readonly<Record<string, Builtin>>;
