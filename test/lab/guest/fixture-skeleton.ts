import { readFileSync } from "node:fs";
import * as runtime from "../../../runtime/src/index.js";
import { suiteRoot } from "./root.js";

/** In place of `runtime/fixtures/skeleton.ts`: the skeleton's module, made JavaScript before the machine was booted. */
export function fixtureModule(fixture: string): Readonly<Record<string, unknown>> {
  const code = readFileSync(`${suiteRoot}/fixtures/${fixture}.skel.cjs`, "utf8");
  const module = { exports: {} as Record<string, unknown> };
  new Function("require", "module", code)(() => runtime, module);
  return module.exports;
}

export const fixtureSkeleton = <S>(fixture: string): { open(options?: object): S } =>
  fixtureModule(fixture).Fixture as { open(options?: object): S };
