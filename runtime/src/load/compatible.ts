import { type MapSpec, mapTypes } from "@tsbpfc/loader";
import type { MapHandle } from "../maps/handle.js";
import { objectInfo } from "../sys/bpf.js";
import { UsageError } from "../sys/errors.js";
import { mapShape } from "./map-fixups.js";

/** A pinned map may stand in for a declared one only if it is the same. @throws UsageError naming each difference */
export function checkPinned(handle: MapHandle, spec: MapSpec, path: string): void {
  const info = objectInfo(handle.fd, "mapInfo", handle.label);
  const shape = mapShape(spec);
  const wanted = [
    ["type", info.number("type"), mapTypes[spec.type]],
    ["key size", info.number("key_size"), shape.keySize],
    ["value size", info.number("value_size"), shape.valueSize],
    ["entries", info.number("max_entries"), shape.maxEntries],
    ["flags", info.number("map_flags"), shape.flags],
    ["extra", info.bigint("map_extra"), spec.extra],
  ] as const;
  const differences = wanted
    .filter(([, actual, declared]) => actual !== declared)
    .map(([what, actual, declared]) => `${what} ${actual} instead of ${declared}`);
  if (differences.length > 0)
    throw new UsageError(
      "bad-value",
      `${path} is another map than '${spec.name}': ${differences.join(", ")}. Remove the pin, or declare the map as it is.`,
    );
}
