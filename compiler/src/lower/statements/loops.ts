import type { Statement } from "../../dialect/model/statements.js";
import { branchOn } from "../expressions/conditions.js";
import { lowerExpression } from "../expressions/index.js";
import type { FunctionLowering } from "../functions.js";
import { lowerStatement } from "./index.js";

export function lowerLoop(f: FunctionLowering, loop: Statement & { kind: "loop" }): void {
  const test = f.fn.block("test");
  const body = f.fn.block("body");
  const step = f.fn.block("step");
  const end = f.fn.block("end");
  f.opened(loop.label, { end, next: step });

  f.b.br(loop.test === "before" ? test : body);
  f.b.at(body);
  lowerStatement(f, loop.body);
  if (!f.b.terminated) f.b.br(step);

  f.b.at(step);
  if (loop.step) lowerExpression(f, loop.step);
  f.b.br(test);

  f.b.at(test);
  f.at(loop.loc);
  if (loop.condition) branchOn(f, loop.condition, body, end);
  else f.b.br(body);
  f.b.at(end);
}

export function lowerLabelled(f: FunctionLowering, statement: Statement & { kind: "labelled" }): void {
  const end = f.fn.block("end");
  f.opened(statement.label, { end });
  lowerStatement(f, statement.body);
  if (!f.b.terminated) f.b.br(end);
  f.b.at(end);
}

export function lowerJump(f: FunctionLowering, statement: Statement & { kind: "break" | "continue" }): void {
  f.jump(statement.target, statement.kind === "break" ? "end" : "next");
}
