import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { convert } from "../build.js";
import { callHelper } from "../builtins/helpers.js";
import { builtins } from "../builtins/index.js";
import { callMapMethod } from "../builtins/maps/index.js";
import { callObjectMethod } from "../builtins/objects.js";
import type { Expr, MapExpr } from "../model/expressions.js";
import { outsideDialect } from "../restrictions.js";
import type { Scope } from "../scope.js";
import { helperNamed, mapClass } from "../stdlib-tables.js";
import { unparenthesized } from "../syntax.js";
import { checkExpression } from "./index.js";
import { callKernelFunction } from "./kernel-calls.js";

export function checkCall(scope: Scope, node: ts.CallExpression): Expr {
  if (node.questionDotToken) return scope.fail(node, TSB.callNotSupported("What may be null"));
  const callee = unparenthesized(node.expression);
  if (ts.isIdentifier(callee)) return callNamed(scope, node, callee);
  if (ts.isPropertyAccessExpression(callee)) return callMember(scope, node, callee);
  return scope.fail(callee, TSB.callNotSupported(`'${callee.getText()}'`));
}

function callNamed(scope: Scope, node: ts.CallExpression, callee: ts.Identifier): Expr {
  const symbol = scope.session.symbolOf(callee);
  if (!symbol) return scope.nothing(node); // the checker reports it
  const declaration = symbol.valueDeclaration;
  const stdlib = scope.session.stdlibName(symbol);
  if (stdlib !== null) {
    const builtin = builtins.get(stdlib);
    if (builtin) return builtin(scope, node);
    const helper = helperNamed(stdlib);
    if (helper) return callHelper(scope, node, stdlib, helper);
  }
  const kernels = scope.program.externs.kernelFunction(symbol);
  if (kernels) return callKernelFunction(scope, node, kernels);
  if (declaration && ts.isFunctionDeclaration(declaration)) {
    if (declaration.body) return scope.program.callFunction(scope, declaration, node);
    // A kernel function whose declaration was refused is not asked for twice.
    return stdlib === null
      ? scope.nothing(node)
      : scope.fail(callee, TSB.callNotSupported(`'${callee.text}'`));
  }
  // A function that was stored has been refused where it is.
  if (declaration && ts.isVariableDeclaration(declaration) && refusedFunction(declaration.initializer))
    return scope.nothing(node);
  return scope.fail(callee, TSB.callNotSupported(`'${callee.text}'`));
}

const refusedFunction = (value: ts.Expression | undefined): boolean =>
  value !== undefined && (ts.isArrowFunction(value) || outsideDialect(value));

function callMember(scope: Scope, node: ts.CallExpression, callee: ts.PropertyAccessExpression): Expr {
  const symbol = scope.session.symbolOf(callee);
  const method = symbol?.declarations?.find((d) => ts.isMethodDeclaration(d) && d.body !== undefined);
  if (callee.expression.kind === ts.SyntaxKind.ThisKeyword && scope.self === null) {
    if (method && ts.isMethodDeclaration(method))
      return scope.program.callMethod(scope, method, null, node.arguments, node);
    return scope.fail(callee, TSB.callNotSupported(`'${callee.getText()}'`));
  }
  // `atomic.add`: a namespace of the standard library, known by its qualified name.
  const owner = scope.session.symbolOf(callee.expression);
  const namespace = owner && scope.session.stdlibName(owner);
  const builtin = namespace ? builtins.get(`${namespace}.${callee.name.text}`) : undefined;
  if (builtin) return builtin(scope, node);

  const base = checkExpression(scope, callee.expression);
  if (base.type.kind === "error") return base;
  const map = asMap(base);
  if (map) {
    return (
      callMapMethod(scope, node, map, callee.name.text) ??
      scope.fail(
        callee.name,
        TSB.mapMethod(callee.name.text, map.type.className, methodsOf(map.type.className)),
      )
    );
  }
  if (base.type.kind === "ptr" && base.type.to.kind === "struct" && method && ts.isMethodDeclaration(method))
    return scope.program.callMethod(scope, method, base, node.arguments, node);
  if (symbol && scope.session.stdlibName(symbol) !== null) {
    const called = callObjectMethod(scope, node, base, callee.name.text);
    return called ?? scope.fail(callee.name, TSB.callNotSupported(`'${callee.name.text}'`));
  }
  return scope.fail(callee, TSB.callNotSupported(`'${callee.getText()}'`));
}

const methodsOf = (className: string): string[] =>
  Object.keys(mapClass(className)?.methods ?? {}).filter((name) => !name.startsWith("["));

/** A map of the class, or one that was found in a map of maps. */
function asMap(base: Expr): MapExpr | null {
  const { type } = base;
  if (type.kind === "map") return { ...base, type };
  return type.kind === "ptr" && type.to.kind === "map" ? { ...convert(base, type.to), type: type.to } : null;
}
