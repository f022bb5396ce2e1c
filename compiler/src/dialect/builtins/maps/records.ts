import { TSB } from "../../../diagnostics/catalogue.js";
import { int } from "../../build.js";
import { checkExpression, checkValue } from "../../expressions/index.js";
import type { Expr } from "../../model/expressions.js";
import { sizeOf } from "../../model/layout.js";
import { integers, pointerTo } from "../../model/types.js";
import {
  all,
  calledForNothing,
  calling,
  found,
  given,
  type MapCall,
  type MapMethod,
  numberAt,
  objectAt,
  optionalAt,
  recordSize,
  valueAt,
  valueOfMap,
} from "./arguments.js";

// Ring buffers and perf buffers.

const size = (call: MapCall): Expr =>
  int(BigInt(recordSize(call)), call.scope.session.locate(call.node), integers.u64);

/** As much of the record as is said, or all of it; never more, which the verifier has to see. */
function sizeAt(call: MapCall, at: number): Expr | null {
  const node = call.node.arguments[at];
  if (!node) return size(call);
  const value = checkValue(call.scope, node, integers.u64);
  const most = BigInt(recordSize(call));
  if (value.type.kind === "error") return null;
  if (value.kind !== "int")
    return { kind: "atMost", operand: value, most, type: integers.u64, loc: value.loc };
  if (value.value <= most) return value;
  call.scope.session.report(node, TSB.sizeTooLarge(`${value.value}`, `${most}`));
  return null;
}

const reserve: MapMethod = (call) => {
  const flags = optionalAt(call, 0);
  return flags && calling(call, [call.map, size(call), flags], found(call));
};

/** A record goes back to its ring buffer: sent, or dropped. */
const finish: MapMethod = (call) => {
  const node = given(call, 0, "a record");
  const record = node && checkValue(call.scope, node, pointerTo(valueOfMap(call)));
  const flags = optionalAt(call, 1);
  if (!record || !flags || record.type.kind === "error") return null;
  return calledForNothing(call, [record, flags]);
};

const output: MapMethod = (call) => {
  const args = all([valueAt(call, 0), sizeAt(call, 2), optionalAt(call, 1)]);
  return args && calling(call, [call.map, ...args]);
};

const perfOutput: MapMethod = (call) => {
  const [ctx, record, flags, bytes] =
    all([objectAt(call, 0), valueAt(call, 1), numberAt(call, 2), sizeAt(call, 3)]) ?? [];
  return ctx && record && flags && bytes ? calling(call, [ctx, call.map, flags, record, bytes]) : null;
};

const query: MapMethod = (call) => {
  const flags = numberAt(call, 0);
  return flags && calling(call, [call.map, flags], integers.u64);
};

/** `struct bpf_perf_event_value`, as whatever class the probe calls it. */
const readValue: MapMethod = (call) => {
  const flags = numberAt(call, 0);
  const node = given(call, 1, "a target");
  const target = node && checkExpression(call.scope, node);
  if (!flags || !node || !target || target.type.kind === "error") return null;
  if (target.type.kind !== "ptr" || target.type.space !== "direct") {
    call.scope.session.report(node, TSB.bufferExpected("readValue"));
    return null;
  }
  const bytes = int(BigInt(sizeOf(target.type.to)), target.loc, integers.u64);
  return calling(call, [call.map, flags, target, bytes]);
};

const reserveDynptr: MapMethod = (call) => {
  const [bytes, target] = all([numberAt(call, 0, integers.u32), objectAt(call, 1)]) ?? [];
  const flags = int(0n, call.scope.session.locate(call.node), integers.u64);
  return bytes && target ? calling(call, [call.map, bytes, flags, target]) : null;
};

const finishDynptr: MapMethod = (call) => {
  const args = all([objectAt(call, 0), optionalAt(call, 1)]);
  return args && calledForNothing(call, args);
};

export const records: Readonly<Record<string, MapMethod>> = {
  reserve,
  submit: finish,
  discard: finish,
  output,
  query,
  reserveDynptr,
  submitDynptr: finishDynptr,
  discardDynptr: finishDynptr,
  "perf_event_array.output": perfOutput,
  readValue,
};
