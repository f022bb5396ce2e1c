import { readFileSync } from "node:fs";
import { suiteRoot } from "./root.js";

/** In place of `runtime/fixtures/compile.ts`: what clang made before the machine was booted. */
export const compileFixture = (name: string): Uint8Array =>
  readFileSync(`${suiteRoot}/fixtures/${name}.bpf.o`);
