import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { generateSkeleton, parseObject, skeletonName } from "@tsbpfc/loader";
import { CommandError, ExitCode } from "./exit-codes.js";
import { reasonOf } from "./failures.js";
import { writeFiles } from "./output.js";
import { skeletonFiles } from "./skeleton-files.js";

export interface GenOptions {
  readonly name?: string;
  readonly out?: string;
  readonly js?: boolean;
  readonly externalObject?: boolean;
}

/** A skeleton from an object alone, whoever compiled it. */
export async function gen(file: string, options: GenOptions): Promise<ExitCode> {
  const object = readObject(file);
  const spec = understood(file, () => parseObject(object));
  const name = options.name ?? skeletonName(spec, file);
  const embed = options.externalObject !== true;
  const skeleton = understood(file, () =>
    generateSkeleton(spec, object, { name, source: basename(file), embed }),
  );
  const stem = basename(file).replace(/(\.bpf)?\.(o|elf)$/, "");
  const files = await skeletonFiles(
    resolve(options.out ?? dirname(file), `${stem}.skel`),
    skeleton,
    options.js === true,
  );
  writeFiles(files);
  return ExitCode.ok;
}

function readObject(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CommandError("environment", `cannot read ${file}: ${reasonOf(error)}`);
  }
}

/** Errors that say what is wrong with an object, or (by their code) with the name that was asked for. */
const OBJECT_ERRORS = new Set(["ElfError", "BtfError", "SpecError", "SkeletonError"]);

function understood<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && OBJECT_ERRORS.has(error.name))) throw error;
    const badName = "code" in error && error.code === "SKELETON_BAD_NAME";
    throw new CommandError(badName ? "usage" : "environment", `${file}: ${error.message}`);
  }
}
