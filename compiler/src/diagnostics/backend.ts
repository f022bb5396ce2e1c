import type { Model } from "../dialect/model/model.js";
import { listSlots, STACK_BYTES, sizedSlots } from "../dialect/stack.js";
import type { BackendDiagnostic } from "../llvm/index.js";
import { type Message, TSB } from "./catalogue.js";
import type { Diagnostic } from "./diagnostic.js";

/** What LLVM's back end says of correct IR, in the dialect's words: each function and complaint once. */
export function backendDiagnostics(
  model: Model,
  found: readonly BackendDiagnostic[],
  probe: string,
): Diagnostic[] {
  const seen = new Set<string>();
  return found.flatMap((one) => {
    if (one.severity !== "error" && !isStack(one)) return [];
    const message = explain(model, one);
    const key = `${one.functionName} ${message.what}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [toDiagnostic(model, one, message, probe)];
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

function toDiagnostic(model: Model, one: BackendDiagnostic, message: Message, probe: string): Diagnostic {
  const func = model.functions.find((f) => f.name === one.functionName);
  // The largest object is where the remedy applies; else where LLVM points, else the function.
  const loc = (isStack(one) && func ? sizedSlots(func)[0]?.slot.loc : undefined) ?? one.location ?? func?.loc;
  const line = loc?.line ?? 1;
  const column = Math.max(1, loc?.column ?? 1);
  return {
    code: message.code,
    severity: "error",
    span: { file: probe, line, column, endLine: line, endColumn: column + 1 },
    message: message.what,
    reason: message.why,
    remedy: message.instead,
  };
}
