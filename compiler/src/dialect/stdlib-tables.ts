import { contextStructs, type Helper, helpers, type MapClass, mapClasses } from "@tsbpfc/stdlib/tables";

// The standard library's tables, looked up safely by names that come from source code.

const lookUp = <T>(table: Readonly<Record<string, T>>, name: string): T | null =>
  Object.hasOwn(table, name) ? (table[name] ?? null) : null;

export const helperNamed = (name: string): Helper | null => lookUp(helpers, name);
export const mapClass = (name: string): MapClass | null => lookUp(mapClasses, name);
/** The kernel's struct that a context class of the standard library is. */
export const contextStruct = (name: string): string | null => lookUp(contextStructs, name);

export type { Helper, HelperParam, MapClass } from "@tsbpfc/stdlib/tables";
