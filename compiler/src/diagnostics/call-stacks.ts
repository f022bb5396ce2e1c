import { parseObject } from "@tsbpfc/loader";
import type { Func, Model } from "../dialect/model/model.js";
import { walkStatements } from "../dialect/model/walk.js";
import { listSlots, STACK_BYTES, sizedSlots } from "../dialect/stack.js";
import { kernelFeatures, privateStackTypes } from "../dialect/stdlib-tables.js";
import { isOlder, type Target } from "../dialect/target.js";
import { deepestChain } from "../object/call-stacks.js";
import { TSB } from "./catalogue.js";
import { type Diagnostic, diagnosticAt, type SpanAt } from "./diagnostic.js";

/** Helpers whose callback the kernel runs later, on a stack of its own. */
const LATER = new Set(["bpf_timer_set_callback"]);

/** Programs whose chains of calls take more than 512 bytes, though none of their functions does. */
export function callStackDiagnostics(
  model: Model,
  object: Uint8Array,
  target: Target,
  spanAt: SpanAt,
): Diagnostic[] {
  if (model.functions.every(({ linkage, inline }) => linkage === "program" || inline)) return [];
  const alone = new Set(model.functions.flatMap(runLater));
  return [...parseObject(object).programs.values()].flatMap((program): Diagnostic[] => {
    const { frames, bytes } = deepestChain(program, alone);
    if (bytes <= STACK_BYTES) return [];
    const chain = frames.map(({ name, bytes: own }) => {
      const func = model.functions.find((f) => f.name === name);
      const slots = func ? listSlots(sizedSlots(func)) : "";
      return `${name} takes ${own}${slots && ` (${slots})`}`;
    });
    const accepted =
      privateStackTypes.some((type) => type === program.type) &&
      !isOlder(target, kernelFeatures.privateStacks);
    const message = TSB.stackLimit(bytes, chain.join(", which calls "));
    const loc = model.functions.find(({ name }) => name === program.name)?.loc;
    if (!loc) return [];
    return [diagnosticAt(spanAt(loc), { ...message, severity: accepted ? "warning" : "error" })];
  });
}

function runLater({ body }: Func): string[] {
  const names: string[] = [];
  walkStatements(body, {
    expression: (expr) => {
      if (expr.kind === "helper" && LATER.has(expr.name))
        for (const arg of expr.args) if (arg.kind === "closure") names.push(arg.closure.name);
    },
  });
  return names;
}
