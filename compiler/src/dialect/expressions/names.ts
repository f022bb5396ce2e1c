import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { addressOf, contentOf, convert, element, int, readVariable } from "../build.js";
import { evaluate, isModuleConstant } from "../constants.js";
import type { Expr, Place } from "../model/expressions.js";
import type { Loc } from "../model/location.js";
import {
  fieldNames,
  integers,
  isAggregate,
  pointerTo,
  type StructType,
  typeName,
  voidType,
} from "../model/types.js";
import type { Scope } from "../scope.js";
import { unparenthesized } from "../syntax.js";
import { enumOf } from "../types/enums.js";
import { noTypes, resolveType } from "../types/resolve.js";
import { checkExpression } from "./index.js";

export function checkName(scope: Scope, node: ts.Identifier): Expr {
  const place = variablePlace(scope, node);
  if (place) return contentOf(place);
  const symbol = scope.session.symbolOf(node);
  const declaration = symbol?.valueDeclaration;
  if (node.text === "undefined" && !declaration)
    return scope.fail(
      node,
      TSB.notInDialect(
        "`undefined`",
        "Every value is there; only a pointer may lead nowhere.",
        "Use `null`, and compare with it.",
      ),
    );
  if (!symbol || !declaration) return scope.nothing(node); // the checker reports unknown names
  const value = evaluate(scope.session, node);
  if (value !== null) return int(value, scope.session.locate(node));
  const extern = kernelSymbol(scope, symbol, node);
  if (extern) return extern;
  if (scope.program.externs.isRefused(symbol)) return scope.nothing(node);
  if (ts.isVariableDeclaration(declaration) && !isModuleConstant(declaration))
    return scope.fail(node, TSB.moduleState(node.text));
  if (ts.isVariableDeclaration(declaration)) return moduleConstant(scope, node, declaration);
  return scope.fail(node, TSB.valueUnused(`'${node.text}'`));
}

/** What a module's `const` names; numbers were folded before. An array or an object is read-only memory. */
function moduleConstant(scope: Scope, node: ts.Identifier, declaration: ts.VariableDeclaration): Expr {
  const { initializer } = declaration;
  const value = initializer && unparenthesized(initializer);
  if (!value || ts.isArrowFunction(value) || ts.isFunctionExpression(value)) return scope.nothing(node);
  // A fraction, which is said where it stands.
  if (ts.isNumericLiteral(value)) return checkExpression(scope, value);
  const literal =
    ts.isStringLiteralLike(value) ||
    value.kind === ts.SyntaxKind.TrueKeyword ||
    value.kind === ts.SyntaxKind.FalseKeyword;
  if (literal) return { ...checkExpression(scope, value), loc: scope.session.locate(node) };
  const type = declaration.type && resolveType(scope.session, declaration.type, noTypes);
  if (type?.kind === "error") return scope.nothing(node);
  if (!type || !isAggregate(type)) return scope.fail(node, TSB.moduleConstant(node.text));
  const global = scope.program.constant(declaration, type);
  return contentOf({ kind: "global", global, type, loc: scope.session.locate(node) });
}

/** A variable of the kernel's, or the address of a function of its. */
function kernelSymbol(scope: Scope, symbol: ts.Symbol, node: ts.Identifier): Expr | null {
  const loc = scope.session.locate(node);
  const callee = scope.program.externs.kernelFunction(symbol);
  if (callee) return { kind: "kernelFunction", callee, type: pointerTo(voidType, "probe", callee.weak), loc };
  const place = kernelPlace(scope, node);
  if (!place) return null;
  const { type, weak } = place.extern;
  if (type.kind !== "void" && !weak) return contentOf(place);
  return {
    kind: "address",
    place,
    type: pointerTo(type, type.kind === "void" ? "probe" : "direct", weak),
    loc,
  };
}

/** A variable of the kernel's that a `declare const` names. */
export function kernelPlace(scope: Scope, node: ts.Identifier): (Place & { kind: "extern" }) | null {
  const symbol = scope.session.symbolOf(node);
  const extern = symbol && scope.program.externs.variable(symbol);
  return extern ? { kind: "extern", extern, type: extern.type, loc: scope.session.locate(node) } : null;
}

export function variablePlace(scope: Scope, node: ts.Identifier): Place | null {
  const symbol = scope.session.symbolOf(node);
  const variable = symbol && scope.variable(symbol);
  return variable
    ? { kind: "variable", variable, type: variable.type, loc: scope.session.locate(node) }
    : null;
}

export function checkThis(scope: Scope, node: ts.ThisExpression): Expr {
  if (scope.self) return readVariable(scope.self, scope.session.locate(node));
  return scope.fail(node, TSB.valueUnused("'this' alone"));
}

export function checkProperty(scope: Scope, node: ts.PropertyAccessExpression): Expr {
  const symbol = scope.session.symbolOf(node);
  const declaration = symbol?.valueDeclaration;
  if (symbol && declaration && ts.isEnumMember(declaration)) {
    const owner = scope.session.symbolOf(node.expression);
    const value = evaluate(scope.session, node);
    if (!owner || value === null) return scope.fail(node, TSB.enumNotConstant(node.name.text));
    return int(value, scope.session.locate(node), enumOf(scope.session, owner, declaration.parent));
  }
  const members = symbol ? null : enumMembers(scope, node.expression);
  if (members)
    return scope.fail(node.name, TSB.enumMemberUnknown(node.name.text, node.expression.getText(), members));
  const map = programMember(scope, node) ? scope.program.mapOf(symbol) : null;
  if (map) return { kind: "map", map, type: map.type, loc: scope.session.locate(node) };
  const context = ts.isIdentifier(node.expression) ? variablePlace(scope, node.expression) : null;
  const argument = context && syscallArgument(scope, node.name, contentOf(context), node.name.text);
  if (argument) return argument;
  const place = propertyPlace(scope, node);
  if (place !== "constant") return place ? contentOf(place) : scope.nothing(node);
  const base = checkExpression(scope, node.expression);
  return lengthOf(base, scope.session.locate(node)) ?? scope.nothing(node);
}

/** Names of an enum's members; null for what names no enum. */
function enumMembers(scope: Scope, node: ts.Expression): string[] | null {
  const symbol = scope.session.symbolOf(node);
  return symbol && symbol.flags & ts.SymbolFlags.Enum
    ? [...(symbol.exports?.keys() ?? [])].map(String)
    : null;
}

/** `ctx.filename` of a syscall's entry: a register in the event's `args`, as its declared type. */
function syscallArgument(scope: Scope, node: ts.Node, context: Expr, name: string): Expr | null {
  const struct = context.type.kind === "ptr" && context.type.to.kind === "struct" ? context.type.to : null;
  if (!struct) return null;
  const registers = struct.event?.registers ?? [];
  const index = registers.findIndex((a) => a.name === name);
  const argument = registers[index];
  const args = struct.shape.fields.find((f) => f.name === "args");
  if (!argument || !args) return null;
  const loc = scope.session.locate(node);
  const base = addressOf({ kind: "field", base: context, struct, field: args, type: args.type, loc });
  const register: Place = element(base, int(BigInt(index), loc), integers.u64, loc);
  return convert(contentOf(register), argument.type);
}

/** `this.x` in the program class, where `this` is no memory. */
const programMember = (scope: Scope, node: ts.PropertyAccessExpression): boolean =>
  node.expression.kind === ts.SyntaxKind.ThisKeyword && scope.self === null;

/**
 * The place that `a.b` names: a global, a field, or what a pointer leads to (`.value`). Null if it was reported;
 * "constant" for the `length` of an array or a string, which is no place.
 */
export function propertyPlace(scope: Scope, node: ts.PropertyAccessExpression): Place | null | "constant" {
  const loc = scope.session.locate(node.name);
  if (programMember(scope, node)) {
    const symbol = scope.session.symbolOf(node);
    const global = symbol && scope.program.globalOf(symbol);
    if (global) return { kind: "global", global, type: global.type, loc };
    const extern = symbol && scope.program.externs.option(symbol);
    if (extern) return { kind: "extern", extern, type: extern.type, loc };
    if (symbol && !scope.program.externs.isRefused(symbol))
      scope.session.report(node, TSB.valueUnused(`'${node.getText()}'`));
    return null;
  }
  const base = checkExpression(scope, node.expression);
  return base.type.kind === "error" ? null : memberPlace(scope, node.name, base, node.name.text);
}

/** What `base.name` would be, where a pattern names it. Null if it was reported. */
export function memberOf(scope: Scope, node: ts.Node, base: Expr, name: string): Expr | null {
  const argument = syscallArgument(scope, node, base, name);
  if (argument) return argument;
  const place = memberPlace(scope, node, base, name);
  if (place === "constant") return lengthOf(base, scope.session.locate(node));
  return place && contentOf(place);
}

/** `.length` of an array or a string: a constant. Null for what has none. */
export function lengthOf({ type }: Expr, loc: Loc): Expr | null {
  const array = type.kind === "ptr" ? type.to : type;
  return array.kind === "array" || array.kind === "str" ? int(BigInt(array.length), loc, integers.u32) : null;
}

function memberPlace(scope: Scope, node: ts.Node, base: Expr, name: string): Place | null | "constant" {
  if (base.type.kind === "ptr") {
    const { to } = base.type;
    if (to.kind === "struct") return fieldPlace(scope, node, base, to, name);
    if ((to.kind === "array" || to.kind === "str") && name === "length") return "constant";
    if (name === "value") return { kind: "target", pointer: base, type: to, loc: scope.session.locate(node) };
  }
  const untyped = base.type.kind === "ptr" && base.type.to.kind === "void" ? "untyped" : [];
  scope.session.report(node, TSB.fieldUnknown(name, typeName(base.type), untyped));
  return null;
}

function fieldPlace(scope: Scope, node: ts.Node, base: Expr, struct: StructType, name: string): Place | null {
  const field = struct.shape.fields.find((f) => f.name === name);
  if (field)
    return field.type.kind === "error"
      ? null
      : { kind: "field", base, struct, field, type: field.type, loc: scope.session.locate(node) };
  // `.value` of a pointer to a struct is the struct itself.
  if (name === "value")
    return { kind: "target", pointer: base, type: struct, loc: scope.session.locate(node) };
  scope.session.report(node, TSB.fieldUnknown(name, typeName(struct), fieldNames(struct)));
  return null;
}
