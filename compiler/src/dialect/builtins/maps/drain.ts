import { ts } from "ts-morph";
import { type Body, ended, GO_ON, STOP } from "../../bodies.js";
import { int, nullPointer, readVariable } from "../../build.js";
import { arrowBody, arrowOf, closureArguments, makeClosure, parameterOf } from "../../closures.js";
import { checkCondition } from "../../expressions/index.js";
import type { Expr, Variable } from "../../model/expressions.js";
import type { Statement } from "../../model/statements.js";
import { boolType, integers, pointerTo, voidType } from "../../model/types.js";
import { helperCall } from "../helper-call.js";
import { calling, type MapMethod, optionalAt, recordSize, valueOfMap } from "./arguments.js";

/**
 * `drain(record => …)`: bpf_user_ringbuf_drain. The kernel hands over a dynptr, of whatever length was written: what
 * is shorter than the record is passed over.
 */
const drain: MapMethod = (call) => {
  const { scope, node, map } = call;
  const arrow = arrowOf(scope, node.arguments[0], node);
  const flags = optionalAt(call, 1);
  if (!arrow || !flags) return null;
  const loc = scope.session.locate(arrow);
  const dynptr = parameterOf("dynptr", pointerTo(voidType), loc, 0);
  const type = pointerTo(valueOfMap(call));
  const written = arrow.parameters[0]?.name;
  const name = written && ts.isIdentifier(written) ? written : null;
  const record: Variable = { ...scope.hidden(name?.text ?? "record", type, loc), constant: false };
  if (name) scope.declare(name, record);
  const [zero, size] = [0, recordSize(call)].map((n) => int(BigInt(n), loc, integers.u32));
  if (!zero || !size) return null;
  const data = helperCall(scope, arrow, "bpf_dynptr_data", [readVariable(dynptr, loc), zero, size], type);
  const before: Statement[] = [
    { kind: "variable", variable: record, init: data, loc },
    {
      kind: "if",
      condition: {
        kind: "compare",
        op: "==",
        left: readVariable(record, loc),
        right: nullPointer(type, loc),
        type: boolType,
        loc,
      },
      whenTrue: ended(GO_ON, loc),
      whenFalse: null,
      loc,
    },
  ];
  const untilTrue: Body = {
    kind: "closure",
    result: (value): Expr => {
      const condition = checkCondition(scope, value);
      const outcome = (n: bigint): Expr => int(n, condition.loc, integers.i64);
      if (condition.type.kind === "error") return condition;
      return {
        kind: "conditional",
        condition,
        whenTrue: outcome(STOP),
        whenFalse: outcome(GO_ON),
        type: integers.i64,
        loc: condition.loc,
      };
    },
  };
  const closure = makeClosure(
    scope,
    { name: "drain", params: [dynptr], loc, captures: true },
    untilTrue,
    () => [...before, ...arrowBody(scope, arrow, [record])],
  );
  const { address, captures } = closureArguments(closure, loc);
  return calling(call, [map, address, captures, flags]);
};

export const drains: Readonly<Record<string, MapMethod>> = { drain };
