import { type MapType, mapTypeName } from "@tsbpfc/loader";
import { fdinfoNumber, objectInfo, pinObject } from "../sys/bpf.js";
import { UsageError } from "../sys/errors.js";
import { kernel, type Mapping } from "../sys/kernel.js";

/** What a map is, once it is in the kernel. */
export interface MapFacts {
  readonly name: string;
  readonly type: MapType;
  /** Bytes. */
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** `map_extra`: what the kind makes of it. */
  readonly extra: bigint;
}

/** What the kernel tells of a map. */
export interface MapInfo {
  readonly id: number;
  /** As the kernel keeps it: 15 bytes at most. */
  readonly name: string;
  /** Null for a kind that is newer than this version of tsbpfc. */
  readonly type: MapType | null;
  /** Bytes. */
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  /** `BPF_F_*` bits. */
  readonly flags: number;
  /** `map_extra`. Linux 5.16, else 0. */
  readonly extra: bigint;
  /** Number of its BTF (`btfById`), and the types in that; 0 without. Linux 4.18. */
  readonly btf: { readonly id: number; readonly keyType: number; readonly valueType: number };
  /** Bytes of memory that it takes; null if /proc does not tell. Linux 4.10. */
  readonly memory: number | null;
  /** Whether this side of the system may no longer write (`freeze`); null if /proc does not tell. Linux 5.2. */
  readonly frozen: boolean | null;
}

/** A map in the kernel: its descriptor, and memory that is shared with it. Closing frees what is not pinned. */
export class MapHandle {
  #fd: number;
  #memory: Mapping | null = null;
  #view: DataView | null = null;
  #apart = false;
  #template: (() => MapHandle) | null = null;
  #firstValue: Uint8Array | null = null;
  #onClose: (() => void)[] = [];

  constructor(
    fd: number,
    readonly facts: MapFacts,
  ) {
    this.#fd = fd;
  }

  /** @throws UsageError `closed` */
  get fd(): number {
    if (this.#fd < 0) throw new UsageError("closed", `${this.label} is closed`);
    return this.#fd;
  }

  get closed(): boolean {
    return this.#fd < 0;
  }

  get label(): string {
    return `map '${this.facts.name}'`;
  }

  /**
   * The map's own memory, of a section of globals and of a shared array; null for other maps, and after closing.
   * Linux 5.5.
   *
   * @throws UsageError `unsupported` on older kernels
   */
  get memory(): DataView | null {
    if (this.#apart)
      throw new UsageError(
        "unsupported",
        `${this.label}: a running program's globals are shared by Linux 5.5 and later (BPF_F_MMAPABLE); this kernel is older`,
      );
    return this.#view;
  }

  /**
   * A new map such as this map of maps holds, which is the caller's to close.
   *
   * @throws UsageError `unsupported` for a map that was not declared in a loaded object; SyscallError
   */
  createInner(): MapHandle {
    if (!this.#template)
      throw new UsageError(
        "unsupported",
        `${this.label}: only the loader knows what its inner maps are like; make one otherwise, and set it`,
      );
    return this.#template();
  }

  useTemplate(template: () => MapHandle): void {
    this.#template = template;
  }

  /** What registers a struct_ops map: its value, with the programs' descriptors; null for other maps. */
  get firstValue(): Uint8Array | null {
    return this.#firstValue;
  }

  useFirstValue(value: Uint8Array): void {
    this.#firstValue = value;
  }

  /** The same with its address in this process. */
  get mapping(): Mapping | null {
    return this.#memory;
  }

  useMemory(mapping: Mapping): void {
    this.#memory = mapping;
    this.#view = new DataView(mapping.buffer);
  }

  /** A section of globals on a kernel that does not share maps' memory. */
  cannotShare(): void {
    this.#apart = true;
  }

  /** Runs when the map is closed, before its descriptor goes. */
  onClose(action: () => void): void {
    this.#onClose.push(action);
  }

  /** `struct bpf_map_info`: the kernel's own word. Linux 4.13. */
  info(): MapInfo {
    const info = objectInfo(this.fd, "mapInfo", this.label);
    const frozen = fdinfoNumber(this.fd, "frozen");
    return {
      id: info.number("id"),
      name: info.text("name"),
      type: mapTypeName(info.number("type")),
      keySize: info.number("key_size"),
      valueSize: info.number("value_size"),
      maxEntries: info.number("max_entries"),
      flags: info.number("map_flags"),
      extra: info.bigint("map_extra"),
      btf: {
        id: info.number("btf_id"),
        keyType: info.number("btf_key_type_id"),
        valueType: info.number("btf_value_type_id"),
      },
      memory: fdinfoNumber(this.fd, "memlock"),
      frozen: frozen === null ? null : frozen !== 0,
    };
  }

  /** Keeps the map alive at a path in a BPF file system. @throws SyscallError */
  pin(path: string): void {
    pinObject(this.fd, path, this.label);
  }

  close(): void {
    if (this.#fd < 0) return;
    for (const action of this.#onClose) action();
    this.#onClose = [];
    this.#memory?.unmap();
    this.#memory = null;
    this.#view = null;
    kernel().close(this.#fd);
    this.#fd = -1;
  }
}
