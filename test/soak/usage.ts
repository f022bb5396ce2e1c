import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What this process holds. Memory in bytes. */
export interface Usage {
  readonly resident: number;
  readonly heap: number;
  /** Outside of V8's heap, array buffers too. */
  readonly external: number;
  readonly descriptors: number;
  readonly programs: number;
  readonly maps: number;
  readonly links: number;
}

const MB = 2 ** 20;
/** How much more there may be at the end than after a start. Descriptors and what they hold: not one. */
const most: Usage = {
  // Pages that the allocator has not given back yet: V8 and glibc take some megabytes at a time.
  resident: 16 * MB,
  heap: 2 * MB,
  external: MB,
  descriptors: 0,
  programs: 0,
  maps: 0,
  links: 0,
};
const names = Object.keys(most) as readonly (keyof Usage)[];

/** Collects garbage first: what is left is held. A second round waits for array buffers that the first lets go. */
export function usage(): Usage {
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const held = { prog: 0, map: 0, link: 0 };
  const fds = readdirSync("/proc/self/fd");
  for (const fd of fds) {
    const kind = /^(prog|map|link)_id:/m.exec(read(`/proc/self/fdinfo/${fd}`))?.[1];
    if (kind !== undefined) held[kind as keyof typeof held]++;
  }
  return {
    resident: rss,
    heap: heapUsed,
    external,
    // The folder's own, which reading it takes, is gone again.
    descriptors: fds.filter((fd) => exists(`/proc/self/fd/${fd}`)).length,
    programs: held.prog,
    maps: held.map,
    links: held.link,
  };
}

/**
 * What grew over a series of samples: the lowest of its last quarter against the lowest of its second. The first
 * quarter is the start, in which code is compiled and caches fill.
 *
 * @throws RangeError for fewer than four samples
 */
export function growth(samples: readonly Usage[]): Usage {
  const quarter = Math.floor(samples.length / 4);
  if (quarter === 0) throw new RangeError(`${samples.length} samples cannot tell what grows`);
  const low = (from: number, to: number, name: keyof Usage): number =>
    Math.min(...samples.slice(from, to).map((sample) => sample[name]));
  const grown = (name: keyof Usage): number =>
    low(samples.length - quarter, samples.length, name) - low(quarter, 2 * quarter, name);
  return {
    resident: grown("resident"),
    heap: grown("heap"),
    external: grown("external"),
    descriptors: grown("descriptors"),
    programs: grown("programs"),
    maps: grown("maps"),
    links: grown("links"),
  };
}

/** What grew by more than it may: `links by 3`. */
export const excess = (grown: Usage): readonly string[] =>
  names.filter((name) => grown[name] > most[name]).map((name) => `${name} by ${grown[name]}`);

const megabytes = (bytes: number): string => (bytes / MB).toFixed(2);

/** A row's columns. */
export const columns = (grown: Usage): Readonly<Record<string, string | number>> => ({
  "resident +MB": megabytes(grown.resident),
  "heap +MB": megabytes(grown.heap),
  "external +MB": megabytes(grown.external),
  "fds +": grown.descriptors,
  "progs +": grown.programs,
  "maps +": grown.maps,
  "links +": grown.links,
});

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function exists(path: string): boolean {
  try {
    return readlinkSync(path) !== "";
  } catch {
    return false;
  }
}
