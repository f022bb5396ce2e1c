import type { CollectionSpec } from "@tsbpfc/loader";
import { isHeld } from "../links/unattachable.js";

/**
 * Programs that `Skeleton.attach()` leaves out: those of a kind that something else calls or holds, those without
 * `autoattach`, and those that the object puts in a prog array, which are there for tail calls.
 */
export function unattached(spec: CollectionSpec): ReadonlySet<string> {
  const names = [...spec.programs.values()].filter((p) => !p.autoattach || isHeld(p)).map((p) => p.name);
  for (const map of spec.maps.values()) if (map.type === "prog_array") names.push(...map.values.values());
  return new Set(names);
}
