import { ts } from "ts-morph";
import { TSB } from "../../../diagnostics/catalogue.js";
import { convert, int, nullPointer } from "../../build.js";
import { inMemory } from "../../expressions/construct.js";
import { checkValue } from "../../expressions/index.js";
import type { Expr } from "../../model/expressions.js";
import { boolType, integers, pointerTo, voidType } from "../../model/types.js";
import { calling, found, type MapCall, type MapMethod, objectAt, valueOfMap } from "./arguments.js";

// Values that belong to a task, a socket, an inode or a cgroup.

/** `get(owner, { create, initial })`: BPF_LOCAL_STORAGE_GET_F_CREATE is 1, as a truth is. */
const get: MapMethod = (call) => {
  const { scope, node, map } = call;
  const owner = objectAt(call, 0);
  const loc = scope.session.locate(node);
  const options = optionsOf(call);
  if (!owner || !options) return null;
  const create = options.create ? checkValue(scope, options.create, boolType) : null;
  const initial = options.initial ? inMemory(scope, options.initial, valueOfMap(call), "initial") : null;
  if (create?.type.kind === "error" || initial?.type.kind === "error") return null;
  const flags: Expr = create ? convert(create, integers.u64) : int(0n, loc, integers.u64);
  const value = initial ?? nullPointer(pointerTo(voidType), loc);
  return calling(call, [map, owner, value, flags], found(call));
};

/** The options as written out at the call; null if something was reported. */
function optionsOf({ scope, node }: MapCall): Partial<Record<string, ts.Expression>> | null {
  const [, given] = node.arguments;
  if (!given) return {};
  const written: Record<string, ts.Expression> = {};
  if (!ts.isObjectLiteralExpression(given)) {
    scope.session.report(given, TSB.optionNotConstant("get"));
    return null;
  }
  for (const property of given.properties) {
    if (!ts.isPropertyAssignment(property)) {
      scope.session.report(property, TSB.optionNotConstant(property.name?.getText() ?? ""));
      return null;
    }
    written[property.name.getText()] = property.initializer;
  }
  return written;
}

const remove: MapMethod = (call) => {
  const owner = objectAt(call, 0);
  return owner && calling(call, [call.map, owner]);
};

/** The value of the cgroup that the program is attached to: always there. */
const local: MapMethod = (call) => {
  const flags = int(0n, call.scope.session.locate(call.node), integers.u64);
  return calling(call, [call.map, flags], found(call, false));
};

export const storage: Readonly<Record<string, MapMethod>> = {
  get,
  "task_storage.delete": remove,
  "inode_storage.delete": remove,
  "sk_storage.delete": remove,
  "cgrp_storage.delete": remove,
  local,
};
