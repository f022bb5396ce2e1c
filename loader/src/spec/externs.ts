import type { Btf } from "../btf/btf.js";
import { SpecError } from "./error.js";
import type { Extern } from "./relocations.js";
import type { KconfigSpec } from "./spec.js";

/** Externs of `.kconfig` and `.ksyms`, by name: what an undefined symbol may be. */
export function readExterns(btf: Btf | null, kconfigs: readonly KconfigSpec[]): ReadonlyMap<string, Extern> {
  const externs = new Map<string, Extern>();
  for (const { name, offset } of kconfigs) externs.set(name, { kind: "kconfig", map: ".kconfig", offset });
  const id = btf?.find(".ksyms", ["datasec"])[0];
  const datasec = id === undefined ? undefined : btf?.type(id);
  if (btf === null || datasec?.kind !== "datasec") return externs;
  for (const { type } of datasec.vars) {
    const symbol = btf.type(type);
    if (symbol.kind !== "func" && symbol.kind !== "var") {
      throw new SpecError(
        "SPEC_BAD_EXTERN",
        `.ksyms lists a ${symbol.kind} (type ${type}); it may hold functions and variables only`,
        { section: ".ksyms" },
      );
    }
    externs.set(symbol.name, { kind: "ksym", type, isFunction: symbol.kind === "func" });
  }
  return externs;
}
