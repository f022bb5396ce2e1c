import { TSB } from "../diagnostics/catalogue.js";
import type { Expr, Place, Variable } from "./model/expressions.js";
import type { Func, GlobalModel } from "./model/model.js";
import type { Statement } from "./model/statements.js";
import { partsOf, walkExpression, walkStatement, walkStatements } from "./model/walk.js";
import type { Session } from "./session.js";

type Loop = Statement & { readonly kind: "loop" };

/**
 * Warns of loops whose end the verifier cannot see: nothing that decides whether they go on is counted by themselves.
 * It follows numbers from round to round; what memory holds or a helper gives could be the same each time.
 */
export function checkEndless(session: Session, functions: readonly Func[]): void {
  for (const { body } of functions)
    walkStatements(body, {
      statement: (statement) => {
        if (statement.kind === "loop" && comesRound(statement) && !isCounted(statement))
          session.reportLoc(statement.loc, TSB.endUnseen());
      },
    });
}

/** Does it have a second round? One whose body always leaves has not. */
function comesRound({ body, label }: Loop): boolean {
  let again = false;
  walkStatement(body, {
    statement: (s) => {
      if (s.kind === "continue" && s.target === label) again = true;
    },
  });
  return again || !leaves(body);
}

function leaves(statement: Statement): boolean {
  switch (statement.kind) {
    case "break":
    case "return":
      return true;
    case "block":
      return statement.body.some(leaves);
    case "if":
      return leaves(statement.whenTrue) && statement.whenFalse !== null && leaves(statement.whenFalse);
    default:
      return false;
  }
}

function isCounted(loop: Loop): boolean {
  const conditions = conditionsOf(loop);
  let asked = false;
  for (const condition of conditions)
    walkExpression(condition, {
      expression: (expr) => {
        // Or it was to be, and something else was reported.
        if (expr.kind === "mayLoop" || expr.kind === "error") asked = true;
      },
    });
  return asked || dependOnCounter(conditions, updatesIn(loop));
}

/** Whatever may decide over a way out of it, or over what does. */
function conditionsOf(loop: Loop): Expr[] {
  const found: Expr[] = loop.condition ? [loop.condition] : [];
  walkStatement(loop.body, {
    statement: (s) => {
      if ((s.kind === "if" || s.kind === "loop") && s.condition) found.push(s.condition);
      if (s.kind === "switch") found.push(s.subject);
    },
  });
  return found;
}

/** What the verifier may follow, for all that is known here: an object on the stack, a function of the probe's. */
const ANYTHING = "anything";
/** LLVM keeps a global in a register while a loop counts it. */
type Source = Variable | GlobalModel | typeof ANYTHING;

/** What variables are made of in a round: other variables, and their own last value. */
type Updates = Map<Source, Set<Source>>;

function updatesIn(loop: Loop): Updates {
  const updates: Updates = new Map();
  const update = (variable: Source, from: Iterable<Source>): void => {
    const known = updates.get(variable) ?? new Set<Source>();
    for (const one of from) known.add(one);
    updates.set(variable, known);
  };
  const expression = (expr: Expr): void => {
    if (expr.kind === "closure") walkStatements(expr.closure.body, { expression });
    if (expr.kind !== "assign" && expr.kind !== "modify") return;
    const source = rootOf(expr.place);
    if (source && source !== ANYTHING) update(source, operandsOf(expr.value, source));
  };
  const statement = (s: Statement): void => {
    if (s.kind === "variable" && s.init) update(s.variable, operandsOf(s.init));
  };
  walkStatement(loop.body, { expression, statement });
  for (const expr of [loop.condition, loop.step]) if (expr) walkExpression(expr, { expression });
  return updates;
}

/** Variables that the value is computed from, by arithmetic alone. */
function operandsOf(expr: Expr, current: Source | null = null): Set<Source> {
  const found = new Set<Source>();
  const visit = (part: Expr): void => {
    if (part.kind === "current" && current) found.add(current);
    if (part.kind === "read" || part.kind === "assign" || part.kind === "modify") {
      const source = rootOf(part.place);
      if (source) found.add(source);
    }
    if (part.kind === "call" || part.kind === "closure") found.add(ANYTHING);
    if (!computed.has(part.kind)) return;
    for (const inner of partsOf(part)) if ("expression" in inner) visit(inner.expression);
  };
  visit(expr);
  return found;
}

/** What a place is part of; null for the kernel's variables. */
function rootOf(place: Place): Source | null {
  switch (place.kind) {
    case "variable":
      return place.variable;
    case "global":
      return place.global;
    case "extern":
      return null;
    case "field":
    case "element":
      return place.base.kind === "address" ? rootOf(place.base.place) : ANYTHING;
    default:
      return ANYTHING;
  }
}

/** What the verifier follows: not what memory holds, nor what the kernel gives. */
const computed: ReadonlySet<Expr["kind"]> = new Set([
  "and",
  "atMost",
  "binary",
  "compare",
  "complement",
  "conditional",
  "convert",
  "log2",
  "modify",
  "assign",
  "negate",
  "not",
  "or",
  "sequence",
  "size",
  "swap",
]);

/** Does one of the conditions come from a variable that is made of its own last value? */
function dependOnCounter(conditions: readonly Expr[], updates: Updates): boolean {
  const reached = new Set(conditions.flatMap((c) => [...operandsOf(c)]));
  for (const variable of reached) for (const from of updates.get(variable) ?? []) reached.add(from);
  return [...reached].some((variable) => isOwn(variable, updates));
}

function isOwn(variable: Source, updates: Updates): boolean {
  if (variable === ANYTHING) return true;
  const from = new Set(updates.get(variable));
  for (const one of from) for (const next of updates.get(one) ?? []) from.add(next);
  return from.has(variable);
}
