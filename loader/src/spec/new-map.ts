import type { MapType } from "./kernel-enums.js";
import type { MapSpec } from "./spec.js";

/** A map's spec with the least that a map has, and what `more` says. */
export function newMap(name: string, type: MapType, more: Partial<MapSpec>): MapSpec {
  return {
    name,
    type,
    keySize: 0,
    valueSize: 0,
    maxEntries: 0,
    flags: 0,
    extra: 0n,
    numaNode: null,
    pinning: "none",
    keyType: 0,
    valueType: 0,
    recordType: 0,
    tags: [],
    inner: null,
    values: new Map(),
    contents: null,
    origin: "declared",
    sectionType: 0,
    unshared: false,
    reuseFd: null,
    exclusiveTo: null,
    autocreate: true,
    legacyTail: null,
    ...more,
  };
}
