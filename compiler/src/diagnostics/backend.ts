import type { Loc } from "../dialect/model/location.js";
import type { Model } from "../dialect/model/model.js";
import { listSlots, STACK_BYTES, sizedSlots } from "../dialect/stack.js";
import type { BackendDiagnostic } from "../llvm/index.js";
import { type Message, TSB } from "./catalogue.js";
import { type Diagnostic, diagnosticAt, type SpanAt } from "./diagnostic.js";

/** What LLVM's back end says of correct IR, in the dialect's words: each function and complaint once. */
export function backendDiagnostics(
  model: Model,
  found: readonly BackendDiagnostic[],
  spanAt: SpanAt,
): Diagnostic[] {
  const seen = new Set<string>();
  return found.flatMap((one) => {
    if (one.severity !== "error" && !isStack(one)) return [];
    const message = explain(model, one);
    const key = `${one.functionName} ${message.what}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [diagnosticAt(spanAt(placeOf(model, one)), { ...message, severity: "error" })];
  });
}

/** BPFRegisterInfo.cpp and BPFFrameLowering.cpp name the limit; older LLVM only warns of it. */
const isStack = (one: BackendDiagnostic): boolean => /stack limit/i.test(one.message);

function explain(model: Model, one: BackendDiagnostic): Message {
  if (!isStack(one)) return TSB.backend(one.message);
  const func = model.functions.find((f) => f.name === one.functionName);
  const slots = func ? sizedSlots(func) : [];
  const total = slots.reduce((sum, { bytes }) => sum + bytes, 0);
  return TSB.stackLimit(
    Math.max(total, STACK_BYTES + 1),
    listSlots(slots) || `in '${one.functionName ?? "a function"}'`,
  );
}

/** The largest object is where the remedy applies; else where LLVM points, else the function. */
function placeOf(model: Model, one: BackendDiagnostic): Loc {
  const func = model.functions.find((f) => f.name === one.functionName);
  const object = isStack(one) && func ? sizedSlots(func)[0]?.slot.loc : undefined;
  const { file, line, column } = one.location ?? {};
  const index = model.files.findIndex(({ name }) => name === file);
  const pointed =
    line !== undefined && index >= 0 ? { file: index, line, column: Math.max(1, column ?? 1) } : undefined;
  return object ?? pointed ?? func?.loc ?? { file: 0, line: 1, column: 1 };
}
