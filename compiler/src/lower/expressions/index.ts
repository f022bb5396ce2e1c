import type { Expr } from "../../dialect/model/expressions.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { lowerStatements } from "../statements/index.js";
import { lowerCopy, lowerTemporary } from "./aggregates.js";
import { lowerAssign, lowerModify } from "./assignments.js";
import { lowerAtomic, lowerCompareExchange } from "./atomics.js";
import { lowerCall, lowerHelper, lowerKernelCall } from "./calls.js";
import { lowerConditional, lowerLogical, lowerMayLoop } from "./conditions.js";
import { lowerConvert } from "./conversions.js";
import { lowerBinary, lowerCompare, lowerLog2, lowerSwap } from "./integers.js";
import { lowerKernelFact } from "./kernel-facts.js";
import { clearMembers } from "./members.js";
import { addressValue, atMost, lowerSize, readPlace } from "./places.js";
import { lowerSameText, lowerTextLength } from "./texts.js";

/** The value of an expression: a scalar in a register, an aggregate as its address. */
export function lowerExpression(f: FunctionLowering, expr: Expr): ir.Value {
  f.at(expr.loc);
  switch (expr.kind) {
    case "int":
      return constant(f, expr);
    case "null":
      return ir.nullPtr;
    case "constantText":
      return f.types.module.string(expr.text);
    case "read":
      return readPlace(f, expr.place);
    case "address":
      return addressValue(f, expr.place);
    case "map":
      return known(f.context.maps.get(expr.map), expr.map.name);
    case "convert":
      return lowerConvert(f, expr.operand, expr.type);
    case "negate":
      return f.b.binary("sub", ir.constInt(ir.i64, 0), lowerExpression(f, expr.operand));
    case "complement":
      return f.b.binary("xor", lowerExpression(f, expr.operand), ir.constInt(ir.i64, -1));
    case "not":
      return f.b.binary("xor", lowerExpression(f, expr.operand), ir.constInt(ir.i1, 1));
    case "binary":
      return lowerBinary(f, expr);
    case "compare":
      return lowerCompare(f, expr);
    case "and":
    case "or":
      return lowerLogical(f, expr);
    case "conditional":
      return lowerConditional(f, expr);
    case "assign":
      return lowerAssign(f, expr);
    case "modify":
      return lowerModify(f, expr);
    case "current":
      return known(f.current.get(expr), "the value before");
    case "copy":
      return lowerCopy(f, expr);
    case "clear": {
      const object = lowerExpression(f, expr.object);
      if (expr.object.type.kind === "ptr") clearMembers(f, object, expr.object.type.to);
      return object;
    }
    case "temporary":
      return lowerTemporary(f, expr);
    case "call":
      return lowerCall(f, expr);
    case "kernelCall":
      return lowerKernelCall(f, expr);
    case "kernelFunction":
      return f.context.externs.function(expr.callee);
    case "helper":
      return lowerHelper(f, expr);
    case "closure":
      return f.context.functions.of(expr.closure);
    case "captures":
      return f.captures(expr.closure);
    case "swap":
      return lowerSwap(f, expr);
    case "atMost":
      return atMost(f, lowerExpression(f, expr.operand), expr.most);
    case "size":
      return lowerSize(f, expr);
    case "mayLoop":
      return lowerMayLoop(f, expr);
    case "log2":
      return lowerLog2(f, expr);
    case "atomic":
      return lowerAtomic(f, expr);
    case "compareExchange":
      return lowerCompareExchange(f, expr);
    case "textLength":
      return lowerTextLength(f, expr);
    case "sameText":
      return lowerSameText(f, expr);
    case "typeId":
      return ir.core.typeId(f.b, f.types.struct(expr.of), "local");
    case "fieldFact":
    case "typeFact":
    case "enumFact":
      return lowerKernelFact(f, expr);
    case "sequence":
      lowerStatements(f, expr.statements);
      return lowerExpression(f, expr.value);
    case "string":
    case "error":
      throw new ir.InternalError(
        "ir-type-mismatch",
        `an expression of kind ${expr.kind} was left in the model`,
      );
  }
}

function constant(f: FunctionLowering, expr: Expr & { kind: "int" }): ir.Value {
  const type = f.types.value(expr.type);
  return type.kind === "int" ? ir.constInt(type, BigInt.asIntN(type.bits, expr.value)) : ir.poison(ir.i64);
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new ir.InternalError("ir-no-carrier", `${what} is not in the module`);
  return value;
}
