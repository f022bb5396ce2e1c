import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { compileFunction } from "node:vm";
import { transformSync } from "@swc/core";
import type { ProjectConfig } from "./project-config.js";
import { validate } from "./schema.js";

/** The configuration file cannot be read, run or understood. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "config";

  constructor(file: string, reason: string, cause?: unknown) {
    super(`${file}: ${reason}`, { cause });
  }
}

/**
 * Runs a `tsbpfc.config.ts` and checks what it exports. Its imports are resolved as `require` does: other modules of
 * the project would have to be CommonJS; types are gone by then.
 *
 * @throws ConfigError
 */
export function loadConfig(file: string): ProjectConfig {
  const exported = run(file);
  const value =
    typeof exported === "object" && exported && "default" in exported ? exported.default : undefined;
  if (value === undefined) throw new ConfigError(file, "there is no default export");
  const checked = validate(value);
  if ("wrong" in checked) throw new ConfigError(file, checked.wrong.join("\n  "));
  return checked.config;
}

function run(file: string): unknown {
  try {
    const { code } = transformSync(readFileSync(file, "utf8"), {
      filename: file,
      swcrc: false,
      configFile: false,
      jsc: { parser: { syntax: "typescript" }, target: "es2022" },
      module: { type: "commonjs" },
    });
    const module = { exports: {} };
    const names = ["exports", "require", "module", "__filename", "__dirname"];
    const body = compileFunction(code, names, { filename: file });
    body(module.exports, createRequire(file), module, file, dirname(file));
    return module.exports;
  } catch (error) {
    throw new ConfigError(file, error instanceof Error ? error.message : String(error), error);
  }
}
