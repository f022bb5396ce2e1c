import type { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { convert } from "../build.js";
import { capturesOf } from "../captures.js";
import { arrowBody, arrowOf, bindParameters, type GivenParameter, makeClosure } from "../closures.js";
import { coerce } from "../coerce.js";
import { checkExpression } from "../expressions/index.js";
import type { Expr } from "../model/expressions.js";
import type { Func } from "../model/model.js";
import { integers, type MapRefType, pointerTo, sameType, type Type, voidType } from "../model/types.js";
import type { Scope } from "../scope.js";
import { mapClass } from "../stdlib-tables.js";

/** A map of which nothing but the address is known. */
const anyMap: MapRefType = { kind: "map", className: "AnyMap", mapKind: "", key: null, value: null };

/** What a callback that goes with a map's entry is given. */
export const entryParameters = (map: MapRefType = anyMap): readonly GivenParameter[] => [
  { name: "map", type: map },
  { name: "key", type: pointerTo(map.key ?? voidType) },
  { name: "value", type: pointerTo(map.value ?? voidType) },
];

/** What each helper gives its callback, the captured variables aside; from its other arguments. */
const parametersOf: Readonly<Record<string, (args: readonly Expr[]) => readonly GivenParameter[]>> = {
  bpf_loop: () => [{ name: "index", type: integers.u32 }],
  bpf_for_each_map_elem: ([map]) => entryParameters(map?.type.kind === "map" ? map.type : anyMap),
  bpf_find_vma: ([task]) => [
    { name: "task", type: task?.type ?? pointerTo(voidType) },
    { name: "vma", type: pointerTo(voidType) },
  ],
  bpf_user_ringbuf_drain: () => [{ name: "record", type: pointerTo(voidType) }],
  bpf_timer_set_callback: ([timer]) => [{ name: "map", type: anyMap }, ...ownerParameters(timer)],
};

/** An arrow function handed to a helper under the kernel's name: its number is what the kernel is told. */
export function helperCallback(
  scope: Scope,
  node: ts.Expression,
  helper: string,
  before: readonly Expr[],
  captures: boolean,
): Func | null {
  const parameters = Object.hasOwn(parametersOf, helper) ? parametersOf[helper] : undefined;
  if (!parameters) {
    scope.session.report(node, TSB.callNotSupported(`${helper} with a function of one's own`));
    return null;
  }
  return callback(scope, node, parameters(before), captures);
}

/** `setCallback(fn)` of a timer or a work queue: the callback outlives the call, so that it is given nothing of it. */
export function ownedCallback(scope: Scope, node: ts.CallExpression, timer: Expr): Func | null {
  const given = node.arguments[0];
  const owner = ownerOf(timer);
  const maps = scope.program.maps.filter(
    ({ type }) =>
      type.value && sameType(type.value, owner) && mapClass(type.className)?.value.kind !== "none",
  );
  const [first] = maps;
  const same = maps.every(({ type }) => first?.type.key && type.key && sameType(type.key, first.type.key));
  const map = same && first ? first.type : anyMap;
  const parameters = entryParameters({ ...map, value: owner });
  const func = given ? callback(scope, given, parameters, false) : null;
  if (!given) arrowOf(scope, given, node);
  return func;
}

function callback(
  scope: Scope,
  node: ts.Expression,
  given: readonly GivenParameter[],
  captures: boolean,
): Func | null {
  const arrow = arrowOf(scope, node, node);
  if (!arrow) return null;
  const params = bindParameters(scope, arrow, given);
  const head = { name: "callback", params, loc: scope.session.locate(arrow), captures };
  const number = (written: ts.Expression): Expr => {
    const value = checkExpression(scope, written);
    return value.type.kind === "bool"
      ? convert(value, integers.i64)
      : coerce(scope, value, integers.i64, written);
  };
  const func = makeClosure(scope, head, { kind: "closure", result: number }, () =>
    arrowBody(scope, arrow, params),
  );
  const [captured] = captures ? [] : capturesOf(func);
  if (!captured) return func;
  scope.session.report(arrow, TSB.callbackCaptures(captured.name));
  return null;
}

/** The struct that a part of it lies in: of `slot.state.timer`, what `slot` leads to. */
function ownerOf(object: Expr): Type {
  let at = object;
  while (at.kind === "address" && at.place.kind === "field") at = at.place.base;
  return at.type.kind === "ptr" ? at.type.to : voidType;
}

const ownerParameters = (object: Expr | undefined): readonly GivenParameter[] =>
  entryParameters({ ...anyMap, value: object ? ownerOf(object) : voidType }).slice(1);
