import type { CollectionSpec, MapSpec, ProgramSpec } from "./spec.js";

/** A spec of its own to edit, where several are loaded from one object: what may be changed in it is not shared. */
export function copySpec(spec: CollectionSpec): CollectionSpec {
  return { ...spec, maps: each(spec.maps, copyMap), programs: each(spec.programs, copyProgram) };
}

const each = <T>(items: ReadonlyMap<string, T>, copy: (item: T) => T): ReadonlyMap<string, T> =>
  new Map([...items].map(([name, item]) => [name, copy(item)]));

const copyMap = (map: MapSpec): MapSpec => ({
  ...map,
  inner: map.inner && copyMap(map.inner),
  values: new Map(map.values),
  contents: map.contents?.slice() ?? null,
});

const copyProgram = (program: ProgramSpec): ProgramSpec => ({
  ...program,
  instructions: program.instructions.slice(),
});
