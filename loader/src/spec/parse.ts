import type { CollectionSpec } from "./spec.js";

/**
 * Reads a BPF object (clang's or tsbpfc's) into a collection spec. Pure: no system calls.
 *
 * @throws ElfError, BtfError, SpecError
 */
export function parseObject(bytes: Uint8Array): CollectionSpec {
  throw new Error(`parseObject: not yet written (${bytes.length} bytes)`);
}
