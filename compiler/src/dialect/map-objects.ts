import type { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import type { MapRefType, Type } from "./model/types.js";
import type { Session } from "./session.js";
import { mapsHolding } from "./stdlib-tables.js";

/** Warns of a lock or timer in the values of a kind of map that the kernel does not look after them in. */
export function checkMapObjects(session: Session, node: ts.Node, map: MapRefType): void {
  for (const struct of map.value ? structsIn(map.value) : []) {
    const kinds = mapsHolding(struct);
    if (kinds && !kinds.includes(map.mapKind))
      session.report(node, TSB.mapHoldsNot(map.className, struct, kinds.join(", ")));
  }
}

/** The names of a type's embedded structs, and its own. */
function structsIn(type: Type): readonly string[] {
  if (type.kind === "array") return structsIn(type.element);
  return type.kind === "struct" ? [type.name, ...type.shape.fields.flatMap((f) => structsIn(f.type))] : [];
}
