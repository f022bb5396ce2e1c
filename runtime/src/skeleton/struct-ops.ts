import { type CollectionSpec, StructOpsShadow } from "@tsbpfc/loader";
import type { SkeletonDefinition } from "./definition.js";
import { assign, unknown } from "./options.js";
import { defineVariable, initialMemory } from "./variables.js";

type Definitions = NonNullable<SkeletonDefinition<object, object>["structOps"]>;

/**
 * An object for each struct of struct_ops, with a property for each member: its value, or its program's name. They are
 * the spec's: what is set is what is loaded.
 */
export function structOpsValues(
  definitions: Definitions,
  spec: CollectionSpec,
  writable: (name: string) => void,
): object {
  const structs = Object.entries(definitions).map(([map, members]) => {
    const shadow = new StructOpsShadow(spec, map);
    const values = {};
    for (const [name, { offset, codec }] of Object.entries(members)) {
      if (codec === null)
        Object.defineProperty(values, name, {
          enumerable: true,
          get: () => shadow.program(name),
          set: (program: string | null) => {
            writable(name);
            shadow.setProgram(name, program);
          },
        });
      else
        defineVariable(
          values,
          name,
          { section: map, offset, codec },
          (section) => initialMemory(spec, section),
          writable,
        );
    }
    return [map, Object.preventExtensions(values)] as const;
  });
  return Object.freeze(Object.fromEntries(structs));
}

/** Sets members that options name. @throws UsageError `bad-value` for a name that is not there; SpecError for a program */
export function assignStructOps(structs: object, given: object, label: string): void {
  for (const [map, values] of Object.entries(given) as [string, object | undefined][]) {
    const struct: unknown = Object.hasOwn(structs, map) ? Reflect.get(structs, map) : undefined;
    if (typeof struct !== "object" || struct === null) throw unknown(label, map, Object.keys(structs));
    assign(struct, values ?? {}, `${label}.${map}`);
  }
}
