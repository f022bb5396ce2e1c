import { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { type Body, ended, GO_ON } from "./bodies.js";
import { readVariable } from "./build.js";
import type { Expr, Variable } from "./model/expressions.js";
import type { Loc } from "./model/location.js";
import type { Func } from "./model/model.js";
import type { Statement } from "./model/statements.js";
import { integers, pointerTo, type Type, voidType } from "./model/types.js";
import { bind } from "./patterns.js";
import type { Scope } from "./scope.js";
import { checkBody } from "./statements/index.js";
import { returned } from "./statements/returns.js";
import { cName } from "./types/names.js";

/** A function that the kernel calls back, and what it is given besides its own parameters. */
export interface ClosureHead {
  readonly name: string;
  readonly params: readonly Variable[];
  readonly loc: Loc;
  /** Whether the kernel hands on an address, by which the variables around are reached. */
  readonly captures: boolean;
}

/** Makes a function of a body that is checked as part of the function around it. */
export function makeClosure(scope: Scope, head: ClosureHead, body: Body, check: () => Statement[]): Func {
  const parent = scope.func;
  if (!parent) throw new Error("a closure outside of a function");
  const context = head.captures
    ? parameterOf("captured", pointerTo(voidType), head.loc, head.params.length)
    : null;
  const func: Func = {
    name: scope.program.uniqueName(`${parent.name}_${head.name}`),
    linkage: "static",
    section: null,
    inline: false,
    params: context ? [...head.params, context] : head.params,
    returns: integers.i64,
    loc: head.loc,
    closure: { parent, context },
    body: [],
    slots: [],
  };
  scope.func = func;
  scope.bodies.push(body);
  func.body = [...check(), ended(GO_ON, head.loc)];
  scope.bodies.pop();
  scope.func = parent;
  scope.program.functions.push(func);
  return func;
}

/** The closure's address, and the address of what it captures: two arguments of a helper. */
export function closureArguments(closure: Func, loc: Loc): { address: Expr; captures: Expr } {
  const type = pointerTo(voidType);
  return {
    address: { kind: "closure", closure, type, loc },
    captures: { kind: "captures", closure, type, loc },
  };
}

export const parameterOf = (name: string, type: Type, loc: Loc, index: number): Variable => ({
  name,
  type,
  loc,
  constant: false,
  parameter: index,
  copies: [],
});

/** The arrow function that an argument has to be. */
export function arrowOf(
  scope: Scope,
  node: ts.Expression | undefined,
  call: ts.Node,
): ts.ArrowFunction | null {
  if (node && ts.isArrowFunction(node)) return node;
  scope.session.report(node ?? call, TSB.arrowExpected());
  return null;
}

/** What the kernel hands to a callback. */
export interface GivenParameter {
  readonly name: string;
  readonly type: Type;
}

/**
 * Parameters of an arrow function for what the kernel gives: those that it names, and those that it leaves out.
 * What one holds is what the kernel's type says; the annotation, if there is one, is the checker's matter.
 */
export function bindParameters(
  scope: Scope,
  arrow: ts.ArrowFunction,
  given: readonly GivenParameter[],
): Variable[] {
  const loc = scope.session.locate(arrow);
  return given.map(({ name, type }, i) => {
    const node = arrow.parameters[i]?.name;
    const written = node && ts.isIdentifier(node) ? node : null;
    const variable = parameterOf(
      cName(written?.text ?? name),
      type,
      written ? scope.session.locate(written) : loc,
      i,
    );
    if (written) scope.declare(written, variable);
    return variable;
  });
}

/** The body of an arrow function: statements, or one expression that is its result. */
export function arrowBody(scope: Scope, arrow: ts.ArrowFunction, params: readonly Variable[]): Statement[] {
  const before = arrow.parameters.flatMap(({ name }, i) => {
    const given = params[i];
    return given && !ts.isIdentifier(name) ? bind(scope, name, readVariable(given, given.loc), false) : [];
  });
  if (ts.isBlock(arrow.body)) return [...before, ...checkBody(scope, arrow.body)];
  return [...before, returned(scope, arrow.body, scope.session.locate(arrow.body))];
}
