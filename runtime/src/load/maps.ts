import { type MapSpec, mapTypes } from "@tsbpfc/loader";
import { mapFlagBits } from "../features/map-flag-bits.js";
import { mmapableArrays } from "../features/map-flags.js";
import { mapArena } from "../maps/arena.js";
import { type MapFacts, MapHandle } from "../maps/handle.js";
import { Struct } from "../sys/attr.js";
import { bpf, bpfCommand, objectInfo, openPinned, reasonOf } from "../sys/bpf.js";
import { errno, SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { mapTooOld } from "./ages.js";
import { fillArena } from "./arena.js";
import { type LoadedBtf, noBtf } from "./btf.js";
import { checkLike, type Existing } from "./compatible.js";
import { isSection, mapShape } from "./map-fixups.js";
import { fillSection, shareSection } from "./section-maps.js";
import type { Token } from "./token.js";

export interface MapContext {
  readonly btf: LoadedBtf;
  readonly token: Token;
  /** Folder of maps that are pinned by name. */
  readonly pinPath: string;
  /** What the kernel knows a program by, by its name. Lives as long as the load. */
  readonly hashOf: (program: string) => Uint8Array;
}

/**
 * Makes a map, or takes the one that the spec names or that is pinned by its name; fills a section's map with its first
 * values and shares its memory. A pinned map that is new is pinned by the caller, when all else has worked.
 *
 * @throws SyscallError, UsageError for a map that is there and another one
 */
export function createMap(
  spec: MapSpec,
  context: MapContext,
): { readonly handle: MapHandle; readonly pinAt: string | null } {
  const path = spec.pinning === "by-name" ? `${context.pinPath}/${spec.name}` : null;
  const known = existing(spec, path);
  const handle = new MapHandle(known?.fd ?? create(spec, context), factsOf(spec));
  try {
    if (known !== null) checkLike(handle, spec, known);
    else if (isSection(spec)) fillSection(handle, spec);
    else if (spec.type === "arena") fillArena(handle, spec);
    if (isSection(spec)) shareSection(handle, spec);
    else if (spec.type === "arena") mapArena(handle);
    useTemplate(handle, spec, context);
  } catch (error) {
    handle.close();
    throw error;
  }
  return { handle, pinAt: known === null ? path : null };
}

/** A map that is there already: its descriptor, and what it is called. */
function existing(spec: MapSpec, path: string | null): (Existing & { readonly fd: number }) | null {
  const label = `map '${spec.name}'`;
  if (spec.reuseFd !== null) {
    const fd = kernel().duplicate(spec.reuseFd);
    if (fd < 0) throw new SyscallError("fcntl(F_DUPFD_CLOEXEC)", -fd, `the map to use as ${label}`);
    return { fd, name: `the map to use as ${label}`, remedy: "Give one that is like it." };
  }
  const fd = path === null ? null : openPinned(path, "map", label);
  return fd === null || path === null
    ? null
    : { fd, name: path, remedy: "Remove the pin, or declare the map as it is." };
}

function factsOf(spec: MapSpec): MapFacts {
  const { keySize, valueSize, maxEntries, flags } = mapShape(spec);
  return { name: spec.name, type: spec.type, keySize, valueSize, maxEntries, flags, extra: spec.extra };
}

/**
 * Later maps for a map of maps are made as its first one, with the object's BTF if the kernel still has it: until Linux
 * 6.2 a map with BTF is not like one without (kernel: `bpf_map_meta_equal`, timer_off).
 *
 * @throws SyscallError
 */
function useTemplate(handle: MapHandle, { inner }: MapSpec, { btf, token, hashOf }: MapContext): void {
  if (!inner) return;
  const id = btf.fd < 0 ? 0 : objectInfo(btf.fd, "btfInfo", "the object's BTF").number("id");
  handle.useTemplate(() => {
    const fd =
      id === 0 ? -1 : bpf(kernel(), "BPF_BTF_GET_FD_BY_ID", new Struct("getId", { btf_id: id }).bytes);
    try {
      return new MapHandle(
        create(inner, { btf: fd < 0 ? noBtf : { ...btf, fd }, token, pinPath: "", hashOf }),
        factsOf(inner),
      );
    } finally {
      if (fd >= 0) kernel().close(fd);
    }
  });
}

function create(spec: MapSpec, context: MapContext): number {
  const { token } = context;
  if (spec.legacyTail !== null)
    throw new UsageError(
      "unsupported",
      `map '${spec.name}' is defined with ${spec.legacyTail.length} bytes behind struct bpf_map_def, which mean something to another loader only: read them in spec.legacyTail, and set it to null`,
    );
  const shape = mapShape(spec);
  const inner = spec.inner ? create(spec.inner, context) : -1;
  try {
    const attr = new Struct("mapCreate", {
      map_type: mapTypes[spec.type],
      key_size: shape.keySize,
      value_size: shape.valueSize,
      max_entries: shape.maxEntries,
      map_flags: shape.flags | token.flag,
      map_token_fd: token.fd,
      map_name: kernelName(spec.name),
      map_extra: spec.extra,
    });
    if (inner >= 0) attr.set("inner_map_fd", inner);
    if (spec.exclusiveTo !== null) {
      const hash = context.hashOf(spec.exclusiveTo);
      attr.set("excl_prog_hash", kernel().address(hash));
      attr.set("excl_prog_hash_size", hash.length);
    }
    if (spec.numaNode !== null) attr.set("numa_node", spec.numaNode);
    // A section's "value" is its datasec, and its key has no type.
    const typed = isSection(spec) ? context.btf.sections : context.btf.fd >= 0;
    if (shape.withBtf && typed) {
      attr.set("btf_fd", context.btf.fd);
      attr.set("btf_key_type_id", spec.keyType);
      attr.set("btf_value_type_id", spec.valueType);
    }
    const fd =
      isSection(spec) && !spec.unshared ? createShared(attr) : bpf(kernel(), "BPF_MAP_CREATE", attr.bytes);
    if (fd < 0)
      throw new SyscallError(
        "bpf(BPF_MAP_CREATE)",
        -fd,
        `map '${spec.name}' (${spec.type}, key ${shape.keySize} bytes, value ${shape.valueSize}, ${shape.maxEntries} entries)`,
        mapTooOld(-fd, spec, shape.flags) || reasonOf("BPF_MAP_CREATE", attr.bytes),
      );
    return fd;
  } finally {
    if (inner >= 0) kernel().close(inner);
  }
}

/** With memory that this process can share; without, on kernels that cannot (before Linux 5.5). */
function createShared(attr: Struct<"mapCreate">): number {
  const flags = attr.number("map_flags");
  attr.set("map_flags", flags | mapFlagBits.BPF_F_MMAPABLE);
  const fd = bpf(kernel(), "BPF_MAP_CREATE", attr.bytes);
  if (fd !== -errno.EINVAL || mmapableArrays.probe() !== "no") return fd;
  attr.set("map_flags", flags);
  return bpf(kernel(), "BPF_MAP_CREATE", attr.bytes);
}

/** The kernel takes letters, digits, `_` and `.`, 15 of them (kernel: `bpf_obj_name_cpy`). */
export const kernelName = (name: string): string => name.replace(/[^A-Za-z0-9_.]/g, "_").slice(0, 15);

/** Slots that the object fills from the start: programs of a prog array, maps of a map of maps. */
export function fillSlots(handle: MapHandle, spec: MapSpec, fdOf: (name: string) => number | null): void {
  const k = kernel();
  for (const [slot, name] of spec.values) {
    const fd = fdOf(name);
    if (fd === null)
      throw new UsageError("bad-value", `${handle.label}: slot ${slot} wants '${name}', which is not loaded`);
    const key = new Uint8Array(new Uint32Array([slot]).buffer);
    const value = new Uint8Array(new Uint32Array([fd]).buffer);
    bpfCommand(
      "BPF_MAP_UPDATE_ELEM",
      "mapElement",
      { map_fd: handle.fd, key: k.address(key), value: k.address(value) },
      handle.label,
    );
  }
}
