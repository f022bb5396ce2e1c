import type { CollectionSpec, MapSpec, ProgramSpec } from "@tsbpfc/loader";
import { UsageError } from "../sys/errors.js";
import type { MapOptions, ProgramOptions } from "./definition.js";

const MAX_ENTRIES = 0xffff_ffff;

type Setters<Spec, Options> = {
  readonly [O in keyof Options]-?: (spec: Spec, value: Exclude<Options[O], undefined>) => void;
};

/** What `open` can set of a map, and how. */
const mapSetters: Setters<MapSpec, MapOptions> = {
  maxEntries: (spec, value) => {
    if (!Number.isInteger(value) || value < 1 || value > MAX_ENTRIES)
      throw new UsageError(
        "bad-value",
        `map '${spec.name}': maxEntries ${value} is not from 1 to ${MAX_ENTRIES}`,
      );
    spec.maxEntries = value;
  },
  pinning: (spec, value) => {
    if (value !== "none" && value !== "by-name")
      throw new UsageError("bad-value", `map '${spec.name}': pinning is "none" or "by-name"`);
    spec.pinning = value;
  },
  use: (spec, value) => {
    spec.reuseFd = value.fd;
  },
  exclusiveTo: (spec, value) => {
    spec.exclusiveTo = value;
  },
  autocreate: (spec, value) => {
    spec.autocreate = value;
  },
};

const programSetters: Setters<ProgramSpec, ProgramOptions> = {
  autoload: (spec, value) => {
    spec.autoload = value;
  },
  autoattach: (spec, value) => {
    spec.autoattach = value;
  },
  target: (spec, value) => {
    spec.targetFd = value.fd;
  },
  attachTo: (spec, value) => {
    spec.attachTo = value;
  },
};

/** Sets what options name in the spec. @throws UsageError `bad-value` for names that are not there (from JavaScript) */
export function configure(skeleton: string, spec: CollectionSpec, maps: object, programs: object): void {
  for (const [name, options] of entries<MapOptions>(maps))
    set(find(spec.maps, name, `${skeleton}, maps`), options, mapSetters, `${skeleton}, map '${name}'`);
  for (const [name, options] of entries<ProgramOptions>(programs))
    set(
      find(spec.programs, name, `${skeleton}, programs`),
      options,
      programSetters,
      `${skeleton}, program '${name}'`,
    );
}

/** The types say so where a skeleton declares maps or programs; `set` checks what comes from JavaScript. */
const entries = <Options>(named: object): [string, Options][] => Object.entries(named) as [string, Options][];

/** Gives variables their values. @throws UsageError `bad-value` for a name that is not there */
export function assign(target: object, values: object, label: string): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Object.hasOwn(target, name)) throw unknown(label, name, Object.keys(target));
    if (value !== undefined) Reflect.set(target, name, value);
  }
}

function set<Spec, Options extends object>(
  spec: Spec,
  options: Options,
  setters: Setters<Spec, Options>,
  label: string,
): void {
  for (const name of Object.keys(options) as (keyof Options & string)[]) {
    if (!Object.hasOwn(setters, name)) throw unknown(label, name, Object.keys(setters));
    const value = options[name];
    if (value !== undefined) setters[name](spec, value as Exclude<Options[typeof name], undefined>);
  }
}

function find<T>(items: ReadonlyMap<string, T>, name: string, label: string): T {
  const found = items.get(name);
  if (found === undefined) throw unknown(label, name, [...items.keys()]);
  return found;
}

export const unknown = (label: string, name: string, known: readonly string[]): UsageError =>
  new UsageError(
    "bad-value",
    `${label}: there is no '${name}'; there is ${known.join(", ") || "nothing to set"}`,
  );
