import type { MapSpec } from "@tsbpfc/loader";
import { mapFlagBits } from "../features/map-flag-bits.js";
import { arenaBytes, mapArena } from "../maps/arena.js";
import type { MapHandle } from "../maps/handle.js";
import { UsageError } from "../sys/errors.js";

/**
 * Puts a new arena's globals at its start; writing them makes the kernel give it these pages. Mapped it is before any
 * program is loaded: the verifier wants to know where it is in user space.
 *
 * @throws UsageError `bad-value` for an arena that is too small for them, `unsupported`; SyscallError
 */
export function fillArena(handle: MapHandle, { contents }: MapSpec): void {
  const globals = contents?.length ?? 0;
  if (globals > arenaBytes(handle))
    throw new UsageError(
      "bad-value",
      `${handle.label} is an arena of ${handle.facts.maxEntries} pages, and its global variables have ${globals} bytes: give it more pages`,
    );
  if (globals > 0 && (handle.facts.flags & mapFlagBits.BPF_F_SEGV_ON_FAULT) !== 0)
    throw new UsageError(
      "unsupported",
      `${handle.label} is an arena with BPF_F_SEGV_ON_FAULT, where only programs make pages: it cannot have global variables`,
    );
  if (contents) new Uint8Array(mapArena(handle).buffer, 0, globals).set(contents);
}
