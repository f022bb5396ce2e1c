import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import type { ProjectConfig } from "../config/project-config.js";
import type { BuildOptions } from "./build.js";
import { CommandError } from "./exit-codes.js";
import { reasonOf } from "./failures.js";

const NAME = "tsbpfc.config.ts";

/** What a command is to do: the files it was named, and its options, completed from the project's configuration. */
export interface Job<O> {
  readonly files: readonly string[];
  readonly options: O;
}

export type Configured = BuildOptions & { readonly config?: string };

/**
 * Completes a command line from `tsbpfc.config.ts` of the current folder, or the file that `--config` names. What
 * reads it is loaded if there is one: it takes as long as a third of a build.
 *
 * @throws CommandError `usage`
 */
export async function withProject(
  { config, ...options }: Configured,
  files: readonly string[],
): Promise<Job<BuildOptions>> {
  const file = configOf({ config });
  if (!existsSync(file)) {
    if (config === undefined) return { files, options };
    throw new CommandError("usage", `there is no ${config}`);
  }
  const project = await read(file);
  const folder = dirname(file);
  return {
    files: files.length > 0 ? files : (project.probes ?? ["."]).map((probe) => from(folder, probe)),
    options: { ...optionsOf(project, folder), ...options },
  };
}

/** Where the project's configuration is, or would be. */
export const configOf = ({ config }: { readonly config?: string | undefined }): string =>
  resolve(config ?? NAME);

async function read(file: string): Promise<ProjectConfig> {
  const { loadConfig } = await import("../config/load.js");
  try {
    return loadConfig(file);
  } catch (error) {
    throw new CommandError("usage", reasonOf(error));
  }
}

/** As a user in the current folder would name it. */
const from = (folder: string, path: string): string => relative(process.cwd(), resolve(folder, path)) || ".";

function optionsOf({ skeleton = {}, ...project }: ProjectConfig, folder: string): BuildOptions {
  const { out, cpu, kernel, btf, llvm } = project;
  return {
    ...skeleton,
    ...(cpu === undefined ? {} : { cpu }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(out === undefined ? {} : { out: resolve(folder, out) }),
    ...(btf === undefined ? {} : { btf: resolve(folder, btf) }),
    ...(llvm === undefined ? {} : { llvm: resolve(folder, llvm) }),
  };
}
