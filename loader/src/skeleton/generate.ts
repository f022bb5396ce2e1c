import type { CollectionSpec } from "../spec/spec.js";
import { SkeletonError } from "./error.js";
import type { Extras } from "./extras.js";
import { modelOf } from "./model.js";
import { identifier, isClassName } from "./names.js";
import { type Printed, printSkeleton } from "./print.js";
import type { U64 } from "./shape.js";

export interface SkeletonOptions {
  /** The class; an identifier. {@link skeletonName} suggests one. */
  readonly name: string;
  /** The object's file name, for the skeleton's comments, and to find it if it is not embedded. */
  readonly source: string;
  /** The object within the skeleton; else it is read from the file beside it. */
  readonly embed: boolean;
  /**
   * What integers of 64 bits are: bigints, or numbers, which are quicker, exact to 2^53, and beyond that the
   * nearest; what is beyond is not written. Addresses and enums are bigints. Default: `bigint`.
   */
  readonly u64?: U64;
  /** What is declared beyond what maps and variables need. */
  readonly extras?: Extras;
}

/**
 * A typed skeleton for an object: `ts` for TypeScript projects, `dts` to go with the JavaScript that `ts` is without
 * its types. The same object and options give the same text.
 *
 * Types are laid out here as the object's BTF says, and the object is part of the skeleton, so that nothing has to
 * be compared when it runs. An object in a file of its own may be of another build: then the skeleton knows its
 * SHA-256, and refuses another.
 *
 * @throws SkeletonError with each of its codes; BtfError
 */
export function generateSkeleton(
  spec: CollectionSpec,
  object: Uint8Array,
  options: SkeletonOptions,
): Printed {
  if (!isClassName(options.name))
    throw new SkeletonError(
      "SKELETON_BAD_NAME",
      `${JSON.stringify(options.name)} cannot name a class: give an identifier, such as ${identifier(options.name)}`,
    );
  const load = options.embed ? embedded(object) : beside(options.source, object);
  return printSkeleton(modelOf(spec, options), load);
}

const programTag = "tsbpfc:program=";

/**
 * A name for a skeleton's class: what the object's decl tag `tsbpfc:program=<Name>` says, else made from the file's
 * name (`tcp-connect.bpf.o` is `TcpConnect`).
 */
export function skeletonName(spec: CollectionSpec, file: string): string {
  const { btf } = spec;
  for (const id of btf?.ids() ?? []) {
    if (btf?.kind(id) !== "decl_tag") continue;
    const tag = btf.name(id);
    if (tag.startsWith(programTag) && isClassName(tag.slice(programTag.length)))
      return tag.slice(programTag.length);
  }
  const stem = file.replace(/^.*[/\\]/, "").replace(/(\.bpf)?\.[^.]*$/, "");
  const words = stem.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return identifier(words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("") || "Probe");
}

/** Base64 in lines, which decoding skips: a line of a whole object is more than some editors take. */
function embedded(object: Uint8Array): string {
  const base64 = Buffer.from(object.buffer, object.byteOffset, object.byteLength).toString("base64");
  return `embeddedObject(\`\n${(base64.match(/.{1,120}/g) ?? []).join("\n")}\n\`)`;
}

/** `new URL(…, import.meta.url)` is what bundlers look for. */
function beside(source: string, object: Uint8Array): string {
  // Loaded when it is needed: who only loads objects generates nothing.
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hash = createHash("sha256").update(object).digest("hex");
  return `objectFile(new URL(${JSON.stringify(`./${encodeURIComponent(source)}`)}, import.meta.url), "${hash}")`;
}
