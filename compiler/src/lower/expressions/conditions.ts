import type { Expr } from "../../dialect/model/expressions.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { lowerExpression } from "./index.js";

/** Jumps on a truth. `&&`, `||` and `!` become jumps of their own, so that the verifier sees each test. */
export function branchOn(
  f: FunctionLowering,
  condition: Expr,
  whenTrue: ir.Block,
  whenFalse: ir.Block,
): void {
  if (condition.kind === "not") {
    branchOn(f, condition.operand, whenFalse, whenTrue);
  } else if (condition.kind === "and" || condition.kind === "or") {
    const next = f.fn.block(condition.kind);
    if (condition.kind === "and") branchOn(f, condition.left, next, whenFalse);
    else branchOn(f, condition.left, whenTrue, next);
    f.b.at(next);
    branchOn(f, condition.right, whenTrue, whenFalse);
  } else if (condition.kind === "mayLoop") {
    f.at(condition.loc);
    f.b.mayGoto(whenTrue, whenFalse);
  } else {
    const value = lowerExpression(f, condition);
    f.at(condition.loc);
    f.b.condBr(value, whenTrue, whenFalse);
  }
}

/** `a && b` where its value is wanted. */
export const lowerLogical = (f: FunctionLowering, expr: Expr & { kind: "and" | "or" }): ir.Value =>
  truth(f, expr);

export const lowerMayLoop = (f: FunctionLowering, expr: Expr & { kind: "mayLoop" }): ir.Value =>
  truth(f, expr);

/** What its jumps find, as a value. */
function truth(f: FunctionLowering, expr: Expr): ir.Value {
  return join(
    f,
    (yes, no) => branchOn(f, expr, yes, no),
    ir.i1,
    () => ir.constInt(ir.i1, 1),
    () => ir.constInt(ir.i1, 0),
  );
}

export function lowerConditional(f: FunctionLowering, expr: Expr & { kind: "conditional" }): ir.Value {
  return join(
    f,
    (yes, no) => branchOn(f, expr.condition, yes, no),
    f.types.value(expr.type),
    () => lowerExpression(f, expr.whenTrue),
    () => lowerExpression(f, expr.whenFalse),
  );
}

/** What one of two ways gives. */
export function join(
  f: FunctionLowering,
  branch: (yes: ir.Block, no: ir.Block) => void,
  type: ir.IrType,
  whenTrue: () => ir.Value,
  whenFalse: () => ir.Value,
): ir.Value {
  const [yes, no, end] = [f.fn.block("then"), f.fn.block("else"), f.fn.block("join")];
  branch(yes, no);
  const incoming = [
    [yes, whenTrue],
    [no, whenFalse],
  ] as const;
  const values = incoming.map(([block, lower]) => {
    f.b.at(block);
    const value = lower();
    const from = f.b.block; // the branch may have made blocks of its own
    f.b.br(end);
    return { value, from };
  });
  f.b.at(end);
  const phi = f.b.phi(type);
  for (const { value, from } of values) phi.addIncoming(value, from);
  return phi;
}
