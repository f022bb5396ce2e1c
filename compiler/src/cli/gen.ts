import { readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { generateSkeleton, parseObject, skeletonName } from "@tsbpfc/loader";
import { CommandError, ExitCode } from "./exit-codes.js";
import { reasonOf, writeFiles } from "./output.js";
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
  const stem = basename(file).replace(/(\.bpf)?\.(o|elf)$/, "");
  const spec = parseObject(object);
  const skeleton = generateSkeleton(spec, object, {
    name: options.name ?? skeletonName(spec, file),
    source: basename(file),
    embed: options.externalObject !== true,
  });
  writeFiles(
    await skeletonFiles(
      resolve(join(options.out ?? dirname(file), `${stem}.skel`)),
      skeleton,
      options.js === true,
    ),
  );
  return ExitCode.ok;
}

function readObject(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CommandError("environment", `cannot read ${file}: ${reasonOf(error)}`);
  }
}
