import { TSB } from "../../diagnostics/catalogue.js";
import { addressOf } from "../build.js";
import { placeOf } from "../expressions/assignments.js";
import { checkValue } from "../expressions/index.js";
import { pointerTo, typeName } from "../model/types.js";
import { writtenArguments } from "./arguments.js";
import { helperCall } from "./helper-call.js";
import type { Builtin } from "./index.js";

/** `bpf_kptr_xchg(value.field, object)`: the field goes by reference; what was in it is the program's. */
const exchange: Builtin = (scope, node) => {
  const [field, object] = writtenArguments(scope, node, 2);
  const place = field && placeOf(scope, field);
  if (!field || !object || !place || place.type.kind === "error") return scope.nothing(node);
  const { type } = place;
  if (type.kind !== "ptr" || !type.kptr || type.kptr === "kptr_untrusted")
    return scope.fail(field, TSB.kptrExpected(`A place of type ${typeName(type)}`));
  const held = pointerTo(type.to, "direct", true);
  const given = checkValue(scope, object, held);
  if (given.type.kind === "error") return given;
  return helperCall(scope, node, "bpf_kptr_xchg", [addressOf(place), given], held);
};

export const kptrs: Readonly<Record<string, Builtin>> = { bpf_kptr_xchg: exchange };
