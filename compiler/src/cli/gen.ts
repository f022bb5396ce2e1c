import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { generateSkeleton, parseObject, skeletonName } from "@tsbpfc/loader";
import { stripDebug } from "../object/strip.js";
import { CommandError, ExitCode } from "./exit-codes.js";
import { reasonOf } from "./failures.js";
import { writeFiles } from "./output.js";
import { skeletonFiles } from "./skeleton-files.js";

export interface GenOptions {
  readonly name?: string;
  readonly out?: string;
  readonly js?: boolean;
  readonly externalObject?: boolean;
  readonly u64?: "bigint" | "number";
  /** Types to declare too. */
  readonly type?: readonly string[];
  /** `map=type` each. */
  readonly record?: readonly string[];
  /** `name=section` each. */
  readonly section?: readonly string[];
}

/** A skeleton from an object alone, whoever compiled it. */
export async function gen(file: string, options: GenOptions): Promise<ExitCode> {
  const compiled = readObject(file);
  const sections = Object.fromEntries((options.section ?? []).map((text) => pair("section", text)));
  const spec = understood(file, () => parseObject(compiled, { sections }));
  const name = options.name ?? skeletonName(spec, file);
  const embed = options.externalObject !== true;
  // DWARF is most of what clang -g writes, and nothing reads it from a skeleton.
  const object = embed && spec.endian === "little" ? stripDebug(compiled) : compiled;
  const extras = {
    types: options.type ?? [],
    records: new Map((options.record ?? []).map((text) => pair("record", text))),
  };
  const skeleton = understood(file, () =>
    generateSkeleton(spec, object, {
      name,
      source: basename(file),
      embed,
      extras,
      ...(options.u64 && { u64: options.u64 }),
    }),
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

/** What a pair means, with an example. */
const pairs = {
  record: "a map and the type of its records, as events=event",
  section:
    'a section\'s name, or what it begins with, and what libbpf calls it, as "on_call/=tracepoint/syscalls/"',
} as const;

function pair(option: keyof typeof pairs, text: string): [string, string] {
  const [name = "", value = "", ...more] = text.split("=");
  if (name !== "" && value !== "" && more.length === 0) return [name, value];
  throw new CommandError("usage", `--${option} ${text}: give ${pairs[option]}`);
}

/** Errors that say what is wrong with an object, or (by their code) with what was asked of it. */
const OBJECT_ERRORS = new Set(["ElfError", "BtfError", "SpecError", "SkeletonError"]);

/** Codes that are about what the command line asks for. */
const ASKED = new Set(["SKELETON_BAD_NAME", "SKELETON_NO_MAP", "SKELETON_NO_TYPE"]);

function understood<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && OBJECT_ERRORS.has(error.name))) throw error;
    const asked = "code" in error && ASKED.has(String(error.code));
    throw new CommandError(asked ? "usage" : "environment", `${file}: ${error.message}`);
  }
}
