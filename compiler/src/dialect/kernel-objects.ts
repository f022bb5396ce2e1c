import type { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { tooOld } from "./ages.js";
import { type MapRefType, objectsIn, type Type } from "./model/types.js";
import type { Session } from "./session.js";
import { mapsHolding, objectSince } from "./stdlib-tables.js";

/** Warns of a lock, timer … in the values of a kind of map that the kernel does not look after them in. */
export function checkMapObjects(session: Session, node: ts.Node, map: MapRefType): void {
  if (map.value) checkObjects(session, node, map.value);
  for (const object of map.value ? objectsIn(map.value) : []) {
    const kinds = mapsHolding(object);
    if (kinds && !kinds.includes(map.mapKind))
      session.report(node, TSB.mapHoldsNot(map.className, object, kinds.join(", ")));
  }
}

/** The lock that is held around each call of a list or tree, in the same class. */
const LOCKS = ["bpf_spin_lock", "bpf_res_spin_lock"];
const graphs: Readonly<Record<string, string>> = { bpf_list_head: "ListHead", bpf_rb_root: "RbRoot" };

/**
 * Of what is a map's value, an object or a global by itself: reports a list or tree without a lock beside it, and what the
 * oldest kernel has not.
 */
export function checkObjects(session: Session, node: ts.Node, type: Type): void {
  const objects = objectsIn(type);
  const { target } = session;
  for (const object of new Set(objects)) {
    const since = objectSince(object);
    const old = since === null ? null : tooOld(target, object, since);
    if (old) session.report(node, old);
  }
  const root = objects.find((name) => Object.hasOwn(graphs, name));
  if (root && !LOCKS.some((lock) => objects.includes(lock)))
    session.report(node, TSB.lockMissing(graphs[root] ?? root));
}

/** Is there something in a value of this type that the kernel looks after, so that user space may have no share in it? */
export const isLookedAfter = (type: Type): boolean =>
  objectsIn(type).some((name) => mapsHolding(name) !== null);
