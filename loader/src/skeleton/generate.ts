import type { CollectionSpec } from "../spec/spec.js";
import { modelOf } from "./model.js";
import { type Printed, printSkeleton } from "./print.js";

export interface SkeletonOptions {
  /** The class. */
  readonly name: string;
  /** The object's file name. */
  readonly source: string;
  /** The object within the skeleton; else it is read from the file beside it. */
  readonly embed: boolean;
}

/**
 * A typed skeleton for an object: `ts` for TypeScript projects, `dts` to go with the JavaScript that `ts` is without
 * its types. Types are laid out as the object's BTF says, so the codecs need no check when they run.
 */
export function generateSkeleton(
  spec: CollectionSpec,
  object: Uint8Array,
  options: SkeletonOptions,
): Printed {
  const model = modelOf(spec, options.name, options.source);
  const load = options.embed
    ? `Buffer.from(\n  ${JSON.stringify(toBase64(object))},\n  "base64",\n)`
    : `readFileSync(new URL(${JSON.stringify(options.source)}, import.meta.url))`;
  const printed = printSkeleton(model, load);
  if (options.embed) return printed;
  return {
    ...printed,
    ts: printed.ts.replace(/^import /m, 'import { readFileSync } from "node:fs";\nimport '),
  };
}

const toBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
