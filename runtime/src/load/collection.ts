import { endianness } from "node:os";
import type { CollectionSpec } from "@tsbpfc/loader";
import type { MapHandle } from "../maps/handle.js";
import { Program } from "../programs/program.js";
import { pinObject } from "../sys/bpf.js";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { loadBtf, noBtf } from "./btf.js";
import { kconfigContents } from "./kconfig.js";
import { coreTypes, kernelTypes } from "./kernel-types.js";
import { readKallsyms } from "./ksyms.js";
import { lazily } from "./lazily.js";
import { createMap, fillSlots } from "./maps.js";
import { removeMemlockLimit } from "./memlock.js";
import type { LoadOptions } from "./options.js";
import { ProgramHashes } from "./program-hashes.js";
import { loadProgram, type ProgramContext } from "./programs.js";
import { StructOpsMaps } from "./struct-ops.js";
import { openToken, type Token } from "./token.js";

const hostEndian = endianness() === "LE" ? "little" : "big";

/** An object in the kernel: its maps and programs. Closing frees what is not pinned or attached. */
export class Collection {
  /** Kept for what is made later, such as inner maps. */
  readonly #token: Token;

  constructor(
    readonly maps: ReadonlyMap<string, MapHandle>,
    readonly programs: ReadonlyMap<string, Program>,
    token: Token,
  ) {
    this.#token = token;
  }

  close(): void {
    for (const program of this.programs.values()) program.close();
    for (const map of this.maps.values()) map.close();
    this.#token.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * Loads an object: all of it, or nothing. Whatever fails, every descriptor made on the way is closed and nothing is
 * left pinned.
 *
 * @throws VerifierError, SyscallError, UsageError; CoreError for a kernel whose types do not fit
 */
export function loadCollection(spec: CollectionSpec, options: LoadOptions = {}): Collection {
  if (spec.endian !== hostEndian)
    throw new UsageError(
      "unsupported",
      `the object is in ${spec.endian} endian, and this machine is not: compile it for this machine`,
    );
  removeMemlockLimit();
  const undo: (() => void)[] = [];
  try {
    return load(spec, options, undo);
  } catch (error) {
    for (const action of undo.reverse()) action();
    throw error;
  }
}

function load(spec: CollectionSpec, options: LoadOptions, undo: (() => void)[]): Collection {
  const { pinPath = "/sys/fs/bpf", verifierLog = null } = options;
  const token = openToken(options.tokenPath);
  undo.push(token.close);
  const btf = spec.btf ? loadBtf(spec.btf, token) : noBtf;
  // The kernel keeps what it needs of the BTF; the descriptor is ours to close either way.
  const closeBtf = (): void => {
    if (btf.fd >= 0) kernel().close(btf.fd);
  };
  const types = kernelTypes();
  undo.push(closeBtf, types.close);

  const structOps = new StructOpsMaps(spec, btf, types, token);
  const maps = new Map<string, MapHandle>();
  const kallsyms = lazily(readKallsyms);
  const context: ProgramContext = {
    spec,
    btf,
    token,
    kernelTypes: types,
    coreTypes: coreTypes(options.kernelBtf, types),
    structOps: structOps.targets,
    address: (name) => kallsyms()(name),
    mapFd: (name) => fdOf(maps, name),
    log: verifierLog,
  };
  const hashes = new ProgramHashes(context);
  const pins: { readonly handle: MapHandle; readonly path: string }[] = [];
  for (const [name, map] of spec.maps) {
    if (!map.autocreate) continue;
    if (map.origin === "struct_ops") {
      const handle = structOps.create(map);
      undo.push(() => handle.close());
      maps.set(name, handle);
      continue;
    }
    const filled =
      map.origin === "kconfig" ? { ...map, contents: kconfigContents(spec, options.kconfig) } : map;
    const { handle, pinAt } = createMap(filled, {
      btf,
      token,
      pinPath,
      hashOf: (program) => hashes.of(program),
    });
    undo.push(() => handle.close());
    maps.set(name, handle);
    if (pinAt !== null) pins.push({ handle, path: pinAt });
  }

  const programs = new Map<string, Program>();
  const object = { spec, maps };
  for (const [name, program] of spec.programs) {
    if (!program.autoload || structOps.leavesOut(program)) continue;
    const { fd, log } = loadProgram(program, context);
    const loaded = new Program(fd, program, log, object);
    undo.push(() => loaded.close());
    programs.set(name, loaded);
  }
  for (const [name, handle] of maps) {
    const map = spec.maps.get(name);
    if (map?.origin === "struct_ops") structOps.fill(handle, (target) => fdOfProgram(programs, target));
    else if (map)
      fillSlots(handle, map, (target) => programs.get(target)?.fd ?? maps.get(target)?.fd ?? null);
  }
  for (const { handle, path } of pins) {
    pinObject(handle.fd, path, handle.label);
    undo.push(() => kernel().removeFile(path));
  }
  types.close();
  closeBtf();
  return new Collection(maps, programs, token);
}

function fdOf(maps: ReadonlyMap<string, MapHandle>, name: string): number {
  const map = maps.get(name);
  if (!map) throw new UsageError("bad-value", `there is no map '${name}' in the object`);
  return map.fd;
}

function fdOfProgram(programs: ReadonlyMap<string, Program>, name: string): number {
  const program = programs.get(name);
  if (!program)
    throw new UsageError(
      "bad-value",
      `struct_ops wants program '${name}', which is not loaded: set its autoload`,
    );
  return program.fd;
}
