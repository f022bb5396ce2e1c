import { constantIndex } from "../../dialect/build.js";
import type { Expr, FieldFact, Place } from "../../dialect/model/expressions.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";

type KernelFact = Expr & { kind: "fieldFact" | "typeFact" | "enumFact" };

const fieldFacts: Readonly<Record<FieldFact, "exists" | "byteSize" | "byteOffset">> = {
  exists: "exists",
  byteSize: "byteSize",
  byteOffset: "byteOffset",
};

/** What the running kernel's BTF says, as an immediate that the loader patches. */
export function lowerKernelFact(f: FunctionLowering, expr: KernelFact): ir.Value {
  f.at(expr.loc);
  const fact = immediate(f, expr);
  return expr.type.kind === "bool"
    ? f.b.icmp("ne", fact, ir.zero(fact.type))
    : f.b.cast("zext", fact, ir.i64);
}

function immediate(f: FunctionLowering, expr: KernelFact): ir.Value {
  switch (expr.kind) {
    case "fieldFact":
      return ir.core.fieldInfo(f.b, accessPathOf(f, expr.place), fieldFacts[expr.fact]);
    case "typeFact":
      return ir.core.typeInfo(f.b, f.types.member(expr.of), expr.fact);
    case "enumFact":
      return ir.core.enumerator(f.b, f.types.member(expr.of), expr.member, expr.fact);
  }
}

/** The path to a place from the outermost struct that holds it, by its form alone: nothing is read. */
export function accessPathOf(f: FunctionLowering, place: Place): ir.core.AccessPath {
  if (place.kind === "field") {
    const { struct, field, base } = place;
    const start = base.kind === "address" && isPart(base.place);
    const outer = start ? accessPathOf(f, base.place) : ir.core.accessPath(f.types.struct(struct));
    return ir.core.step(outer, struct.shape.fields.indexOf(field));
  }
  const index = place.kind === "element" ? constantIndex(place.index) : null;
  if (place.kind === "element" && place.base.kind === "address" && index !== null)
    return ir.core.step(accessPathOf(f, place.base.place), Number(index));
  throw new ir.InternalError("ir-type-mismatch", `no path to a ${place.kind}`);
}

const isPart = (place: Place): boolean =>
  place.kind === "field" || (place.kind === "element" && constantIndex(place.index) !== null);
