import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { constantIndex, int, truth } from "../build.js";
import { placeOf } from "../expressions/assignments.js";
import type { FieldFact, Place } from "../model/expressions.js";
import { sizeOf } from "../model/layout.js";
import { boolType, type EnumType, integers, type Type } from "../model/types.js";
import type { Scope } from "../scope.js";
import { enumOf } from "../types/enums.js";
import type { Builtin } from "./index.js";
import { typeOperand } from "./memory.js";

/** Is some struct on the way from the object to this place the kernel's? Those in between decide, not what holds them. */
const isRelocated = (place: Place): boolean =>
  (place.kind === "field" && place.struct.origin === "kernel") ||
  ((place.kind === "field" || place.kind === "element") &&
    place.base.kind === "address" &&
    isRelocated(place.base.place));

/** A fact of a field: relocated for the kernel's structs, constant for one's own. The field is not read. */
const fieldFact =
  (fact: FieldFact): Builtin =>
  (scope, node) => {
    const [operand] = node.arguments;
    if (!operand || node.arguments.length !== 1)
      return scope.fail(
        node,
        TSB.argumentCount(node.expression.getText(), "1 argument", node.arguments.length),
      );
    const place = placeOf(scope, operand);
    if (!place || place.type.kind === "error") return scope.nothing(node);
    const loc = scope.session.locate(node);
    if (place.kind !== "field" && !(place.kind === "element" && constantIndex(place.index) !== null))
      return scope.fail(operand, TSB.fieldUnknown(operand.getText(), "A place that is no field"));
    if (isRelocated(place))
      return {
        kind: "fieldFact",
        fact,
        place,
        type: fact === "exists" ? boolType : integers.u64,
        loc,
      };
    if (fact === "exists") return truth(true, loc);
    if (place.kind === "field" && place.field.bits) return scope.fail(operand, TSB.notAnLvalue());
    return int(BigInt(fact === "byteSize" ? sizeOf(place.type) : offsetOf(place)), loc, integers.u64);
  };

/** From the start of the outermost struct. */
function offsetOf(place: Place): number {
  if (place.kind !== "field" && place.kind !== "element") return 0;
  const before = place.base.kind === "address" ? offsetOf(place.base.place) : 0;
  if (place.kind === "field") return before + place.field.offset;
  return before + Number(constantIndex(place.index) ?? 0n) * sizeOf(place.type);
}

/** A fact of a type. One's own types are always there, as they are. */
const typeFact =
  (fact: "exists" | "matches"): Builtin =>
  (scope, node) => {
    const type = typeOperand(scope, node);
    if (!type || type.kind === "error") return scope.nothing(node);
    const loc = scope.session.locate(node);
    return isKernels(type) ? { kind: "typeFact", fact, of: type, type: boolType, loc } : truth(true, loc);
  };

const isKernels = (type: Type): type is Type & { kind: "struct" | "enum" } =>
  (type.kind === "struct" && type.origin === "kernel") || (type.kind === "enum" && type.kernel);

/** `enumValue(E.A)`, `enumValueExists(E.A)`. */
const enumFact =
  (fact: "value" | "exists"): Builtin =>
  (scope, node) => {
    const [operand] = node.arguments;
    const member = operand && enumerator(scope, operand);
    if (!operand || !member)
      return scope.fail(operand ?? node, TSB.enumeratorExpected(operand?.getText() ?? ""));
    const loc = scope.session.locate(node);
    const { of, name, value } = member;
    if (!of.kernel) return fact === "exists" ? truth(true, loc) : int(value, loc);
    return {
      kind: "enumFact",
      fact,
      of,
      member: name,
      type: fact === "exists" ? boolType : integers.u64,
      loc,
    };
  };

function enumerator(scope: Scope, node: ts.Expression): { of: EnumType; name: string; value: bigint } | null {
  if (!ts.isPropertyAccessExpression(node)) return null;
  const declaration = scope.session.symbolOf(node)?.valueDeclaration;
  const owner = scope.session.symbolOf(node.expression);
  if (!declaration || !owner || !ts.isEnumMember(declaration)) return null;
  const of = enumOf(scope.session, owner, declaration.parent);
  const member = of.members.find((m) => m.name === declaration.name.getText());
  return member ? { of, ...member } : null;
}

export const kernelTypes: Readonly<Record<string, Builtin>> = {
  fieldExists: fieldFact("exists"),
  fieldSize: fieldFact("byteSize"),
  fieldOffset: fieldFact("byteOffset"),
  typeExists: typeFact("exists"),
  typeMatches: typeFact("matches"),
  enumValue: enumFact("value"),
  enumValueExists: enumFact("exists"),
};
