import type { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { GO_ON, innermost, leaving, STOP } from "../bodies.js";
import { int, readVariable } from "../build.js";
import { coerce } from "../coerce.js";
import { checkExpression } from "../expressions/index.js";
import { computedType } from "../integers.js";
import type { Expr } from "../model/expressions.js";
import type { Loc } from "../model/location.js";
import type { Statement } from "../model/statements.js";
import { integers, isInteger, typeName } from "../model/types.js";
import { rangeOf } from "../ranges.js";
import type { Scope } from "../scope.js";

/** `return`, out of whatever is innermost: a closure, a body that stands for one, or the function. */
export function checkReturn(scope: Scope, node: ts.ReturnStatement): Statement {
  return returned(scope, node.expression ?? null, scope.session.locate(node));
}

export function returned(scope: Scope, expression: ts.Expression | null, loc: Loc): Statement {
  const body = innermost(scope);
  switch (body?.kind) {
    case "inline": {
      const left: Statement = { kind: "break", target: body.label, loc };
      const leave = leaving(scope, body, left);
      const value = expression ? checkExpression(scope, expression) : null;
      if (!expression || !value || value.type.kind === "error") return leave;
      const kept = body.result ? body.result.keep(value, expression) : value;
      return { kind: "block", body: [{ kind: "expression", expression: kept, loc }, leave], loc };
    }
    case "closure":
      return withValue(scope, expression ? body.result(expression) : null, loc, body);
    default:
      return withValue(scope, expression ? functionResult(scope, expression) : null, loc, null);
  }
}

/** Loop bodies in between are left first; the value is kept meanwhile in a variable of what is left. */
function withValue(
  scope: Scope,
  value: Expr | null,
  loc: Loc,
  body: ReturnType<typeof innermost>,
): Statement {
  const direct = scope.bodies.at(-1);
  if (direct?.kind !== "loop" || !value || value.type.kind === "error")
    return leaving(scope, body, { kind: "return", value: value?.type.kind === "error" ? null : value, loc });
  const outermost = scope.bodies[body ? scope.bodies.indexOf(body) + 1 : 0];
  const kept = scope.hidden("result", value.type, loc);
  if (outermost?.kind === "loop") outermost.declare(kept);
  const keep: Expr = {
    kind: "assign",
    place: { kind: "variable", variable: kept, type: kept.type, loc },
    value,
    type: kept.type,
    loc,
  };
  const back = readVariable(kept, loc);
  const leave = leaving(scope, body, { kind: "return", value: body ? withinRange(back, value) : back, loc });
  return { kind: "block", body: [{ kind: "expression", expression: keep, loc }, leave], loc };
}

/** What a callback gives the kernel has a range, which the verifier forgets where another callback stored it. */
function withinRange(back: Expr, value: Expr): Expr {
  const { min, max } = rangeOf(value);
  if (min < GO_ON || max > STOP) return back;
  return min === max
    ? { ...int(max, back.loc, integers.i64), type: back.type }
    : { kind: "atMost", operand: back, most: max, type: back.type, loc: back.loc };
}

function functionResult(scope: Scope, node: ts.Expression): Expr | null {
  const value = checkExpression(scope, node, scope.returns);
  if (value.type.kind === "error") return value;
  // Without a declared type the first `return` decides.
  scope.returns ??= value.kind === "int" && isInteger(value.type) ? computedType(value, value) : value.type;
  if (scope.returns.kind === "void")
    return scope.fail(
      node,
      TSB.mismatch(`a value of type ${typeName(value.type)}`, "the result of a void function"),
    );
  if (scope.isMadeHere(value)) return scope.fail(node, TSB.objectKept());
  return coerce(scope, value, scope.returns, node);
}
