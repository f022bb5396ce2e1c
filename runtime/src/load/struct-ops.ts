import {
  type CollectionSpec,
  layoutStructOps,
  type MapSpec,
  mapTypes,
  type ProgramSpec,
  type StructOpsLayout,
} from "@tsbpfc/loader";
import { MapHandle } from "../maps/handle.js";
import { Struct } from "../sys/attr.js";
import { bpf, reasonOf } from "../sys/bpf.js";
import { errno, SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { BtfTarget } from "./attach-target.js";
import type { LoadedBtf } from "./btf.js";
import type { KernelTypes } from "./kernel-types.js";
import { kernelName } from "./maps.js";
import type { Token } from "./token.js";

/** `BPF_F_VTYPE_BTF_OBJ_FD`, include/uapi/linux/bpf.h: the value's type is a module's. Linux 6.9. */
const BPF_F_VTYPE_BTF_OBJ_FD = 1 << 15;

/** An object's struct_ops maps on the way into the kernel: maps first, then their programs, then the values. */
export class StructOpsMaps {
  readonly #layouts = new Map<MapHandle, StructOpsLayout>();
  readonly #targets = new Map<string, BtfTarget & { readonly member: number }>();
  readonly #wanted = new Set<string>();

  constructor(
    readonly spec: CollectionSpec,
    readonly btf: LoadedBtf,
    readonly types: KernelTypes,
    readonly token: Token,
  ) {
    for (const map of spec.maps.values()) {
      if (map.origin !== "struct_ops" || !map.autocreate) continue;
      for (const program of map.values.values()) this.#wanted.add(program);
    }
  }

  /** What each program is for: filled by `create`. */
  get targets(): ReadonlyMap<string, BtfTarget & { readonly member: number }> {
    return this.#targets;
  }

  /** A program of struct_ops that no created map has as a member is for nothing: the kernel would refuse it. */
  leavesOut({ name, type }: ProgramSpec): boolean {
    return type === "struct_ops" && !this.#wanted.has(name);
  }

  /** @throws SpecError for a kernel without such a struct_ops; SyscallError; UsageError */
  create(map: MapSpec): MapHandle {
    if (this.spec.btf === null || this.btf.fd < 0)
      throw new UsageError("unsupported", `struct_ops map '${map.name}' needs BTF, and Linux 5.6`);
    if (map.reuseFd !== null)
      throw new UsageError(
        "unsupported",
        `struct_ops map '${map.name}' is always a new one: its programs are`,
      );
    const layout = layoutStructOps(map, this.spec.btf, this.types.all());
    const fd = this.types.fdOf(layout.btf);
    for (const { program, member } of layout.functions)
      this.#addTarget(program, layout.structType, member, fd);
    const attr = new Struct("mapCreate", {
      map_type: mapTypes.struct_ops,
      key_size: map.keySize,
      value_size: layout.valueSize,
      max_entries: 1,
      map_flags: (fd === 0 ? map.flags : map.flags | BPF_F_VTYPE_BTF_OBJ_FD) | this.token.flag,
      map_token_fd: this.token.fd,
      map_name: kernelName(map.name),
      btf_fd: this.btf.fd,
      btf_vmlinux_value_type_id: layout.valueType,
      value_type_btf_obj_fd: fd,
    });
    const result = bpf(kernel(), "BPF_MAP_CREATE", attr.bytes);
    if (result < 0)
      throw new SyscallError(
        "bpf(BPF_MAP_CREATE)",
        -result,
        `struct_ops map '${map.name}'`,
        reasonOf("BPF_MAP_CREATE", attr.bytes) ||
          (result === -errno.EINVAL ? "struct_ops need Linux 5.6; in .struct_ops.link 6.4." : ""),
      );
    const { name, type, keySize, maxEntries, flags, extra } = map;
    const { valueSize } = layout;
    const handle = new MapHandle(result, { name, type, keySize, valueSize, maxEntries, flags, extra });
    this.#layouts.set(handle, layout);
    return handle;
  }

  /** Puts the loaded programs into the value that registering gives to the kernel. */
  fill(handle: MapHandle, fdOf: (program: string) => number): void {
    const layout = this.#layouts.get(handle);
    if (!layout) return;
    const view = new DataView(layout.contents.buffer);
    for (const { program, offset } of layout.functions)
      view.setBigUint64(offset, BigInt(fdOf(program)), true);
    handle.useFirstValue(layout.contents);
  }

  #addTarget(program: string, id: number, member: number, fd: number): void {
    const known = this.#targets.get(program);
    if (known && (known.id !== id || known.member !== member || known.fd !== fd))
      throw new UsageError(
        "bad-value",
        `program '${program}' is in two different members of struct_ops: a program is loaded for one`,
      );
    this.#targets.set(program, { id, member, fd });
  }
}
