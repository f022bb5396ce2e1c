import type { CollectionSpec } from "@tsbpfc/loader";
import { UsageError } from "../sys/errors.js";
import type { VariableDefinition } from "./definition.js";

/** Where a section's bytes are: the object's before loading, the kernel's after; null when closed. */
export type SectionMemory = (section: string) => DataView | null;

/**
 * An object with a property for each variable, read and written where the variable is, and with no others.
 * `writable` says whether it may be written now; it throws what to tell otherwise.
 */
export function variables(
  definitions: Readonly<Record<string, VariableDefinition>>,
  memory: SectionMemory,
  writable: (name: string) => void,
): object {
  const properties = {};
  for (const [name, definition] of Object.entries(definitions))
    defineVariable(properties, name, definition, memory, writable);
  return Object.preventExtensions(properties);
}

/** The property of one variable. */
export function defineVariable(
  properties: object,
  name: string,
  { section, offset, codec }: VariableDefinition,
  memory: SectionMemory,
  writable: (name: string) => void,
): void {
  const place = (): DataView => {
    const view = memory(section);
    if (!view) throw new UsageError("closed", `'${name}' is gone: the object is closed`);
    return view;
  };
  Object.defineProperty(properties, name, {
    enumerable: true,
    get: () => codec.read(place(), offset),
    set: (value: never) => {
      writable(name);
      write(name, codec, place(), offset, value);
    },
  });
}

/** One store for each size that a processor has one for. The order of bytes is the same on both sides. */
const stores: Readonly<Record<number, (to: DataView, at: number, from: DataView) => void>> = {
  1: (to, at, from) => to.setUint8(at, from.getUint8(0)),
  2: (to, at, from) => to.setUint16(at, from.getUint16(0)),
  4: (to, at, from) => to.setUint32(at, from.getUint32(0)),
  8: (to, at, from) => to.setBigUint64(at, from.getBigUint64(0)),
};

/**
 * Encodes aside first: a value that is refused changes nothing, and programs never see the zeroes that a struct's
 * encoding begins with.
 */
function write(
  name: string,
  codec: VariableDefinition["codec"],
  view: DataView,
  offset: number,
  value: never,
): void {
  const aside = new DataView(new ArrayBuffer(codec.size));
  try {
    codec.write(aside, 0, value);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(error.code, `'${name}': ${error.message}`) : error;
  }
  const store = stores[codec.size];
  if (store) store(view, offset, aside);
  else new Uint8Array(view.buffer, view.byteOffset + offset, codec.size).set(new Uint8Array(aside.buffer));
}

/** A section's first values, in the spec. */
export function initialMemory(spec: CollectionSpec, section: string): DataView | null {
  const contents = spec.maps.get(section)?.contents;
  return contents ? new DataView(contents.buffer, contents.byteOffset, contents.byteLength) : null;
}
