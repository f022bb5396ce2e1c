import type { Codec } from "../codec.js";
import { SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { arrayIndex } from "./array.js";
import type { MapHandle } from "./handle.js";
import { KeyedMap, type SetOptions } from "./keyed.js";
import { BpfMap } from "./map.js";

/** Whose value: something that is open in this process. */
export interface OpenOwner {
  readonly fd: number;
}
/** A file or folder by its path. */
export interface NamedOwner {
  readonly path: string;
}
/** A process by its number. */
export interface ProcessOwner {
  readonly pid: number;
}

type Owner = OpenOwner | NamedOwner | ProcessOwner;

/** Values that belong to objects of the kernel, and go with them. From here, owners are named one at a time. */
class StorageMap<O extends Owner, V> extends BpfMap {
  /** The kernel's key is a descriptor of the owner. */
  readonly #values: KeyedMap<number, V>;

  constructor(handle: MapHandle, values: Codec<V>) {
    super(handle);
    this.#values = new KeyedMap(handle, arrayIndex, values);
  }

  /** The owner's value, or undefined. @throws SyscallError for an owner that is not there */
  get(owner: O): V | undefined {
    return this.#with(owner, (fd) => this.#values.get(fd));
  }

  has(owner: O): boolean {
    return this.#with(owner, (fd) => this.#values.has(fd));
  }

  set(owner: O, value: V, options: SetOptions = {}): this {
    this.#with(owner, (fd) => this.#values.set(fd, value, options));
    return this;
  }

  /** False if there was none. */
  delete(owner: O): boolean {
    return this.#with(owner, (fd) => this.#values.delete(fd));
  }

  #with<R>(owner: O, act: (fd: number) => R): R {
    if ("fd" in owner) return act(owner.fd);
    const k = kernel();
    const fd = "pid" in owner ? k.pidfdOpen(owner.pid) : k.openFile(owner.path);
    if (fd < 0)
      throw new SyscallError(
        "pid" in owner ? "pidfd_open" : "open",
        -fd,
        `${this.handle.label}, ${"pid" in owner ? `process ${owner.pid}` : owner.path}`,
      );
    try {
      return act(fd);
    } finally {
      k.close(fd);
    }
  }
}

/** BPF_MAP_TYPE_TASK_STORAGE: of a process's main thread, or of what a pidfd names. Linux 5.11. */
export class TaskStorage<V> extends StorageMap<ProcessOwner | OpenOwner, V> {}
/** BPF_MAP_TYPE_INODE_STORAGE: of a file. Linux 5.10. */
export class InodeStorage<V> extends StorageMap<NamedOwner | OpenOwner, V> {}
/** BPF_MAP_TYPE_CGRP_STORAGE: of a cgroup (version 2), by its folder. Linux 6.2. */
export class CgroupStorage<V> extends StorageMap<NamedOwner | OpenOwner, V> {}
/** BPF_MAP_TYPE_SK_STORAGE: of a socket that this process has open. Linux 5.2. */
export class SkStorage<V> extends StorageMap<OpenOwner, V> {}
