import type { ts } from "ts-morph";
import type { Expr } from "../model/expressions.js";
import type { Scope } from "../scope.js";
import { atomics } from "./atomics.js";
import { byteOrder } from "./byte-order.js";
import { closures } from "./closures.js";
import { conversions } from "./conversions.js";
import { formatting } from "./formatting.js";
import { kernelTypes } from "./kernel-types.js";
import { kptrs } from "./kptrs.js";
import { memory } from "./memory.js";
import { numbers } from "./numbers.js";
import { owned } from "./owned.js";
import { pointers } from "./pointers.js";
import { rounds } from "./rounds.js";
import { texts } from "./texts.js";

/** A function of the standard library that the compiler itself knows. */
export type Builtin = (scope: Scope, node: ts.CallExpression) => Expr;

/** By the name that the standard library declares. */
export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>(
  [
    conversions,
    memory,
    pointers,
    byteOrder,
    numbers,
    texts,
    formatting,
    atomics,
    kernelTypes,
    closures,
    kptrs,
    owned,
    rounds,
  ].flatMap((table) => Object.entries(table)),
);
