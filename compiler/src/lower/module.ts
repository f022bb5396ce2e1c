import type { BpfCpu } from "../compile.js";
import type { Model } from "../dialect/model/model.js";
import * as ir from "../ir/index.js";
import { lowerExterns } from "./externs.js";
import { FrameTable } from "./frames.js";
import { FunctionTable, lowerFunction } from "./functions.js";
import { lowerGlobals } from "./globals.js";
import { lowerMaps } from "./maps.js";
import { TypeTable } from "./types.js";

/** A checked probe as LLVM IR, in text. The same model gives the same text. */
export function lowerModule(model: Model, cpu: BpfCpu): string {
  const [main] = model.files;
  const module = new ir.Module({ fileName: main?.name ?? model.name, source: main?.text ?? "", cpu });
  const types = new TypeTable(module, model);
  const functions = new FunctionTable(types, model.functions);
  const maps = lowerMaps(types, model.maps);
  const arena = model.maps.find(({ type }) => type.mapKind === "arena");
  const symbols = {
    maps,
    arena: (arena && maps.get(arena)) ?? null,
    globals: lowerGlobals(types, model),
    externs: lowerExterns(types, model.externs),
  };
  const frames = new FrameTable();
  for (const func of model.functions) lowerFunction({ cpu, types, functions, frames, ...symbols }, func);
  for (const record of model.records) module.exportType(types.struct(record));
  return module.print();
}
