import * as fit from "./fit.js";

// 64-bit integers as numbers, which are exact to 2^53. Beyond that reading gives the nearest number, as `Number` of a
// bigint does: a clock of nanoseconds passes 2^53 after 104 days. Writing refuses what is beyond, so that a key that
// was read inexactly never finds another element.

const HALF = 0x1_0000_0000;

/** Both halves are exact, so that their sum is rounded once. */
export const readU64Number = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * HALF + view.getUint32(at, true);
export const readI64Number = (view: DataView, at: number): number =>
  view.getInt32(at + 4, true) * HALF + view.getUint32(at, true);
export const readU64beNumber = (view: DataView, at: number): number =>
  view.getUint32(at) * HALF + view.getUint32(at + 4);
export const readI64beNumber = (view: DataView, at: number): number =>
  view.getInt32(at) * HALF + view.getUint32(at + 4);

type Write = (view: DataView, at: number, value: number, label: string) => void;

// A DataView keeps the lowest 32 bits of a number, also of a negative one.

/** @throws UsageError `bad-value`, naming `label` */
export const writeU64Number: Write = (view, at, value, label) => put(view, at, fit.u64Number(value, label));
/** @throws UsageError `bad-value`, naming `label` */
export const writeI64Number: Write = (view, at, value, label) => put(view, at, fit.i64Number(value, label));
/** @throws UsageError `bad-value`, naming `label` */
export const writeU64beNumber: Write = (view, at, value, label) =>
  putBig(view, at, fit.u64Number(value, label));
/** @throws UsageError `bad-value`, naming `label` */
export const writeI64beNumber: Write = (view, at, value, label) =>
  putBig(view, at, fit.i64Number(value, label));

function put(view: DataView, at: number, value: number): void {
  view.setUint32(at, value, true);
  view.setUint32(at + 4, Math.floor(value / HALF), true);
}

function putBig(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / HALF));
  view.setUint32(at + 4, value);
}
