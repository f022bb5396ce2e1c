import { type MapSpec, mapTypes } from "@tsbpfc/loader";
import { mapFlagBits } from "../features/map-flag-bits.js";
import type { MapHandle } from "../maps/handle.js";
import { objectInfo } from "../sys/bpf.js";
import { UsageError } from "../sys/errors.js";
import { isSection, mapShape } from "./map-fixups.js";

/** A map that is there already. */
export interface Existing {
  readonly name: string;
  /** What to do if it is another than the declared one. */
  readonly remedy: string;
}

/**
 * A map that is there may stand in for a declared one only if it is the same.
 *
 * @throws UsageError naming each difference
 */
export function checkLike(handle: MapHandle, spec: MapSpec, what: Existing): void {
  const info = objectInfo(handle.fd, "mapInfo", handle.label);
  const shape = mapShape(spec);
  // A section's map has it where the kernel can (Linux 5.5), whatever the object says.
  const shared = isSection(spec) ? info.number("map_flags") & mapFlagBits.BPF_F_MMAPABLE : 0;
  const wanted = [
    ["type", info.number("type"), mapTypes[spec.type]],
    ["key size", info.number("key_size"), shape.keySize],
    ["value size", info.number("value_size"), shape.valueSize],
    ["entries", info.number("max_entries"), shape.maxEntries],
    ["flags", info.number("map_flags"), shape.flags | shared],
    ["extra", info.bigint("map_extra"), spec.extra],
  ] as const;
  const differences = wanted
    .filter(([, actual, declared]) => actual !== declared)
    .map(([what, actual, declared]) => `${what} ${actual} instead of ${declared}`);
  if (differences.length > 0)
    throw new UsageError(
      "bad-value",
      `${what.name} is another map than '${spec.name}': ${differences.join(", ")}. ${what.remedy}`,
    );
}
