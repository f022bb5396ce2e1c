import { type ProgramType, parseObject } from "@tsbpfc/loader";
import type { Func, Model } from "../dialect/model/model.js";
import { walkStatements } from "../dialect/model/walk.js";
import { listSlots, STACK_BYTES, sizedSlots } from "../dialect/stack.js";
import { isOlder, type Target } from "../dialect/target.js";
import { deepestChain } from "../object/call-stacks.js";
import { TSB } from "./catalogue.js";
import type { Diagnostic } from "./diagnostic.js";

/**
 * Types whose functions each have a stack of their own where the JIT has private stacks: on x86 since Linux 6.13
 * (kernel/bpf/verifier.c, bpf_enable_priv_stack).
 */
const WITH_PRIVATE_STACKS: ReadonlySet<ProgramType> = new Set<ProgramType>([
  "kprobe",
  "tracepoint",
  "perf_event",
  "raw_tracepoint",
  "tracing",
  "lsm",
  "struct_ops",
]);

/** Helpers whose callback the kernel runs later, on a stack of its own. */
const LATER = new Set(["bpf_timer_set_callback"]);

/** Programs whose chains of calls take more than 512 bytes, though none of their functions does. */
export function callStackDiagnostics(
  model: Model,
  object: Uint8Array,
  target: Target,
  probe: string,
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
    const accepted = WITH_PRIVATE_STACKS.has(program.type) && !(target.kernel && isOlder(target, "6.13"));
    const message = TSB.stackLimit(bytes, chain.join(", which calls "));
    const { line = 1, column = 1 } = model.functions.find(({ name }) => name === program.name)?.loc ?? {};
    return [
      {
        code: message.code,
        severity: accepted ? "warning" : "error",
        span: { file: probe, line, column, endLine: line, endColumn: column + 1 },
        message: message.what,
        reason: message.why,
        remedy: message.instead,
      },
    ];
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
