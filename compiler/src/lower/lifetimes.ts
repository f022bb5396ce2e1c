import type { Local } from "../dialect/captures.js";
import type { Expr, Place, Slot, Variable } from "../dialect/model/expressions.js";
import { sizeOf } from "../dialect/model/layout.js";
import type { Func } from "../dialect/model/model.js";
import type { Statement } from "../dialect/model/statements.js";
import { walkStatements } from "../dialect/model/walk.js";
import * as ir from "../ir/index.js";
import type { FunctionLowering } from "./functions.js";

// The parts of the source in which stack memory is used: slots that never live together share it.

export function begin(f: FunctionLowering, slot: Slot): void {
  if (f.isShared(slot)) return;
  ir.intrinsics.lifetimeStart(f.b, f.slot(slot), sizeOf(slot.type));
}

export function end(f: FunctionLowering, slot: Slot): void {
  if (f.isShared(slot)) return;
  ir.intrinsics.lifetimeEnd(f.b, f.slot(slot), sizeOf(slot.type));
}

/** Slots that nothing outside of the block, in which the statement is, can know the address of. */
export function slotsOfBlock(f: FunctionLowering, statement: Statement): readonly Slot[] {
  if (statement.kind !== "variable") return [];
  const { variable, init } = statement;
  const copies = variable.copies.map(({ slot }) => slot);
  const known = !variable.constant || f.isShared(variable) || f.escaping.has(variable);
  return init?.kind === "temporary" && !known ? [...copies, init.slot] : copies;
}

/** Variables whose object, or a part of it, may be known by another name: their address goes somewhere. */
export function escapingVariables({ body }: Func): ReadonlySet<Local> {
  const reads = new Map<Expr, Variable>();
  const harmless = new Set<Expr>();
  const use = (expr: Expr): void => {
    harmless.add(expr);
    if (expr.kind === "convert") use(expr.operand);
    else if (expr.kind === "address") usePlace(expr.place);
  };
  const usePlace = (place: Place): void => {
    if (place.kind === "field" || place.kind === "element") use(place.base);
    else if (place.kind === "target") use(place.pointer);
  };
  /** What a copy gives is its target's address; nobody asks for it here. */
  const copied = (expr: Expr): void => {
    if (expr.kind === "copy") use(expr.target);
  };
  walkStatements(body, {
    statement: (statement) => {
      if (statement.kind === "expression") copied(statement.expression);
    },
    expression: (expr) => {
      if (expr.kind === "temporary") expr.init.forEach(copied);
      if (expr.kind === "read" && expr.place.kind === "variable") reads.set(expr, expr.place.variable);
      for (const part of usedInPlace(expr)) use(part);
      if ("place" in expr && expr.kind !== "address") usePlace(expr.place);
    },
  });
  return new Set([...reads].filter(([expr]) => !harmless.has(expr)).map(([, variable]) => variable));
}

/** Expressions whose address the given one uses, and does not hand on. */
function usedInPlace(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "helper":
      return keepsMemory(expr.name) ? [] : expr.args;
    case "copy":
      return [expr.source];
    case "textLength":
      return [expr.text];
    case "sameText":
      return [expr.left, expr.right];
    default:
      return [];
  }
}

/** The dynptr leads to the memory from then on. */
export const keepsMemory = (helper: string): boolean => helper === "bpf_dynptr_from_mem";
