import type { OwnSections } from "@tsbpfc/loader";
import type { AttachOptions } from "../links/attach.js";
import type { LoadOptions } from "../load/options.js";
import type { MapHandle } from "../maps/handle.js";
import type { BpfMap } from "../maps/map.js";

/** A global variable: where it is, and how it is written there. */
export interface VariableDefinition {
  readonly section: string;
  /** Bytes from the section's start. */
  readonly offset: number;
  readonly codec: AnyCodec;
}

/** A member of a struct_ops variable: a program's name where there is no codec. */
export interface StructOpsMemberDefinition {
  readonly offset: number;
  readonly codec: AnyCodec | null;
}

/** A codec of whatever type. */
export interface AnyCodec {
  readonly size: number;
  read(view: DataView, at: number): unknown;
  write(view: DataView, at: number, value: never): void;
}

/** What a generated skeleton says of its object. */
export interface SkeletonDefinition<Maps, Programs> {
  readonly name: string;
  readonly maps: { readonly [M in keyof Maps]: (handle: MapHandle) => Maps[M] & BpfMap };
  readonly programs: readonly (keyof Programs & string)[];
  /** What sections of programs stand for that libbpf does not know. */
  readonly sections?: OwnSections;
  readonly rodata: Readonly<Record<string, VariableDefinition>>;
  readonly globals: Readonly<Record<string, VariableDefinition>>;
  readonly structOps?: Readonly<Record<string, Readonly<Record<string, StructOpsMemberDefinition>>>>;
}

export interface MapOptions {
  /** Entries; bytes of a ring buffer. */
  readonly maxEntries?: number;
  /** `none`: a private map, although the probe pins it by name. */
  readonly pinning?: "none" | "by-name";
  /** A map to use in the place of a new one, if it is like it, such as one that another object made. It stays open. */
  readonly use?: { readonly fd: number };
  /**
   * Name of the program that alone may use the map: others are refused, whoever loads them. The kernel knows it by its
   * instructions. Linux 6.18.
   */
  readonly exclusiveTo?: string;
  /** False leaves the map out: no loaded program may use it. True creates a struct of a section that begins with `?`. */
  readonly autocreate?: boolean;
}

export interface ProgramOptions {
  /** False leaves the program out of `load` and `attach`. */
  readonly autoload?: boolean;
  /** False leaves the program to its own `attach()`: that of the skeleton passes it by. */
  readonly autoattach?: boolean;
  /** A loaded program whose function this one takes the place of (`freplace`), or traces (fentry, fexit). */
  readonly target?: { readonly fd: number };
  /** What the section's name leaves out or says otherwise: the function, tracepoint or hook. */
  readonly attachTo?: string;
}

/**
 * `Named` if there is any name to set. An empty object type would take every property without a word
 * (TypeScript has no excess property check for it).
 */
export type IfAny<Names, Named> = [keyof Names] extends [never] ? { readonly [name: string]: never } : Named;

/** What can be set before loading. */
export interface OpenOptions<Maps, Programs, Rodata, Globals, StructOps = object> extends LoadOptions {
  /** Constants of the program, `readonly` in the probe. */
  readonly rodata?: IfAny<Rodata, Partial<Rodata>>;
  /** First values of the other globals. */
  readonly globals?: IfAny<Globals, Partial<Globals>>;
  /** Members of structs of struct_ops: values, and programs by name (null: none). */
  readonly structOps?: IfAny<StructOps, { readonly [M in keyof StructOps]?: Partial<StructOps[M]> }>;
  readonly maps?: IfAny<Maps, { readonly [M in keyof Maps]?: MapOptions }>;
  readonly programs?: IfAny<Programs, { readonly [P in keyof Programs]?: ProgramOptions }>;
}

/** Where to attach programs whose section leaves it open. */
export type AttachTargets<Programs> = IfAny<Programs, { readonly [P in keyof Programs]?: AttachOptions }>;
