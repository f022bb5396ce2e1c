import type { CollectionSpec, ProgramType } from "@tsbpfc/loader";

/** Programs that run because something else calls or holds them. */
const notAttached: ReadonlySet<ProgramType> = new Set<ProgramType>(["syscall", "struct_ops"]);

/**
 * Programs that `Skeleton.attach()` leaves out: those of a kind that is not attached, those without
 * `autoattach`, and those that the object puts in a prog array, which are there for tail calls.
 */
export function unattached(spec: CollectionSpec): ReadonlySet<string> {
  const names = [...spec.programs.values()]
    .filter((p) => !p.autoattach || notAttached.has(p.type))
    .map((p) => p.name);
  for (const map of spec.maps.values()) if (map.type === "prog_array") names.push(...map.values.values());
  return new Set(names);
}
