import { ts } from "ts-morph";
import { int, nullPointer, readVariable } from "../../build.js";
import { constantBytes } from "../../constant-objects.js";
import type { Expr, Variable } from "../../model/expressions.js";
import type { Statement } from "../../model/statements.js";
import { boolType, integers, type PointerType, pointerTo, voidType } from "../../model/types.js";
import { helperCall } from "../helper-call.js";
import { all, calling, found, keyAt, type MapMethod, numberAt, optionalAt, valueAt } from "./arguments.js";

/** `BPF_NOEXIST`: only where nothing is yet. */
const BPF_NOEXIST = 1n;

const lookup: MapMethod = (call) => {
  const key = keyAt(call);
  return key && calling(call, [call.map, key], found(call));
};

/** Of socket maps: an object of the kernel's, which nothing but null is asked of. */
const lookupObject: MapMethod = (call) => {
  const key = keyAt(call);
  return key && calling(call, [call.map, key], pointerTo(voidType, "direct", true));
};

const update: MapMethod = (call) => {
  const args = all([keyAt(call), valueAt(call, 1), optionalAt(call, 2)]);
  return args && calling(call, [call.map, ...args]);
};

const remove: MapMethod = (call) => {
  const key = keyAt(call);
  return key && calling(call, [call.map, key]);
};

const lookupOnCpu: MapMethod = (call) => {
  const args = all([keyAt(call), numberAt(call, 1, integers.u32)]);
  return args && calling(call, [call.map, ...args], found(call));
};

/**
 * lookup, else update with BPF_NOEXIST, then lookup again: whoever came first, all see one value. What the value
 * starts from is made on the way only if making it does nothing else.
 */
const lookupOrInit: MapMethod = (call) => {
  const { scope, node, map } = call;
  const args = all([keyAt(call), valueAt(call, 1)]);
  const [key, initial] = args ?? [];
  if (!key || !initial) return null;
  const loc = scope.session.locate(node);
  const type = found(call) as PointerType;
  const keyHeld = scope.hidden("key", key.type, loc);
  const initialHeld = scope.hidden("initial", initial.type, loc);
  const value: Variable = { ...scope.hidden("value", type, loc), constant: false };
  const before: Statement = { kind: "variable", variable: initialHeld, init: initial, loc };
  const isConstant = initial.kind === "temporary" && constantBytes(initial) !== null;
  const isQuiet = quiet(scope.session.symbolOf.bind(scope.session), node.arguments[1]);
  const lookUp = (): Expr =>
    helperCall(scope, node, "bpf_map_lookup_elem", [map, readVariable(keyHeld, loc)], type);
  const insert = helperCall(
    scope,
    node,
    "bpf_map_update_elem",
    [
      map,
      readVariable(keyHeld, loc),
      isConstant ? initial : readVariable(initialHeld, loc),
      int(BPF_NOEXIST, loc, integers.u64),
    ],
    integers.i64,
  );
  const place = { kind: "variable", variable: value, type, loc } as const;
  const missing: Statement[] = [
    ...(isQuiet && !isConstant ? [before] : []),
    { kind: "expression", expression: insert, loc },
    { kind: "expression", expression: { kind: "assign", place, value: lookUp(), type, loc }, loc },
  ];
  return {
    kind: "sequence",
    statements: [
      { kind: "variable", variable: keyHeld, init: key, loc },
      ...(isQuiet || isConstant ? [] : [before]),
      { kind: "variable", variable: value, init: lookUp(), loc },
      {
        kind: "if",
        condition: {
          kind: "compare",
          op: "==",
          left: readVariable(value, loc),
          right: nullPointer(type, loc),
          type: boolType,
          loc,
        },
        whenTrue: { kind: "block", body: missing, loc },
        whenFalse: null,
        loc,
      },
    ],
    value: readVariable(value, loc),
    type,
    loc,
  };
};

/** Does evaluating it do nothing but make a value? Then it may as well not be made. */
function quiet(symbolOf: (node: ts.Node) => ts.Symbol | null, node: ts.Node | undefined): boolean {
  if (!node) return true;
  if (ts.isCallExpression(node) || ts.isPostfixUnaryExpression(node) || ts.isPrefixUnaryExpression(node))
    return false;
  if (ts.isBinaryExpression(node) && node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment)
    if (node.operatorToken.kind <= ts.SyntaxKind.LastAssignment) return false;
  if (ts.isNewExpression(node)) {
    const declaration = symbolOf(node.expression)?.valueDeclaration;
    if (!declaration || !ts.isClassDeclaration(declaration)) return false;
    const runs = declaration.members.some(
      (m) => ts.isConstructorDeclaration(m) || (ts.isPropertyDeclaration(m) && m.initializer !== undefined),
    );
    if (runs) return false;
  }
  return ts.forEachChild(node, (child) => !quiet(symbolOf, child)) !== true;
}

export const keyed: Readonly<Record<string, MapMethod>> = {
  lookup,
  update,
  delete: remove,
  lookupOnCpu,
  lookupOrInit,
  "xskmap.lookup": lookupObject,
  "sockmap.lookup": lookupObject,
  "sockhash.lookup": lookupObject,
};
