import type { CollectionSpec } from "@tsbpfc/loader";
import { UsageError } from "../sys/errors.js";
import type { VariableDefinition } from "./definition.js";

/** Where a section's bytes are: the object's before loading, the kernel's after; null when closed. */
export type SectionMemory = (section: string) => DataView | null;

/**
 * An object with a property for each variable, read and written where the variable is. `writable` says whether it
 * may be written now; it throws what to tell otherwise.
 */
export function variables(
  definitions: Readonly<Record<string, VariableDefinition>>,
  memory: SectionMemory,
  writable: (name: string) => void,
): object {
  const properties: PropertyDescriptorMap = {};
  for (const [name, { section, offset, codec }] of Object.entries(definitions)) {
    const place = (): DataView => {
      const view = memory(section);
      if (!view) throw new UsageError("closed", `'${name}' is gone: the object is closed`);
      return view;
    };
    properties[name] = {
      enumerable: true,
      get: () => codec.read(place(), offset),
      set: (value: never) => {
        writable(name);
        codec.write(place(), offset, value);
      },
    };
  }
  return Object.defineProperties({}, properties);
}

/** A section's first values, in the spec. */
export function initialMemory(spec: CollectionSpec, section: string): DataView | null {
  const contents = spec.maps.get(section)?.contents;
  return contents ? new DataView(contents.buffer, contents.byteOffset, contents.byteLength) : null;
}
