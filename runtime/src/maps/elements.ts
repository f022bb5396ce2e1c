import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import type { Command } from "../sys/commands.js";
import { errno, SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { MapHandle } from "./handle.js";

/** `BPF_ANY`, `BPF_NOEXIST`, `BPF_EXIST`: what an update does about an element that is, or is not, there. */
export const updateModes = { any: 0, create: 1, replace: 2 } as const;
export type UpdateMode = keyof typeof updateModes;

const align8 = (size: number): number => (size + 7) & ~7;

/**
 * The element commands of one map on memory made once: attribute, key, next key and value share a buffer, so that
 * none of it can be collected while the kernel reads it.
 */
export class Elements {
  readonly key: Uint8Array;
  readonly nextKey: Uint8Array;
  readonly value: Uint8Array;
  readonly keyView: DataView;
  readonly valueView: DataView;
  readonly #handle: MapHandle;
  readonly #attr: Struct<"mapElement">;
  readonly #keyAddress: bigint;
  readonly #nextKeyAddress: bigint;
  readonly #valueAddress: bigint;

  /** @param valueSize bytes of a value as the kernel copies it: of all CPUs in a per-CPU map */
  constructor(handle: MapHandle, keySize: number, valueSize: number) {
    this.#handle = handle;
    const attrSize = new Struct("mapElement").bytes.length;
    const keyAt = attrSize;
    const nextKeyAt = keyAt + align8(keySize);
    const valueAt = nextKeyAt + align8(keySize);
    const buffer = new ArrayBuffer(valueAt + align8(valueSize));
    this.key = new Uint8Array(buffer, keyAt, keySize);
    this.nextKey = new Uint8Array(buffer, nextKeyAt, keySize);
    this.value = new Uint8Array(buffer, valueAt, valueSize);
    this.keyView = new DataView(buffer, keyAt, keySize);
    this.valueView = new DataView(buffer, valueAt, valueSize);
    this.#attr = new Struct("mapElement", {}, new Uint8Array(buffer, 0, attrSize));
    const base = kernel().address(new Uint8Array(buffer));
    // Queues and stacks have no key: the kernel wants a null pointer.
    this.#keyAddress = keySize === 0 ? 0n : base + BigInt(keyAt);
    this.#nextKeyAddress = base + BigInt(nextKeyAt);
    this.#valueAddress = base + BigInt(valueAt);
  }

  /** Fills `value` for `key`; false if there is no such element. */
  lookup(): boolean {
    return this.#found("BPF_MAP_LOOKUP_ELEM", this.#keyAddress, this.#valueAddress);
  }

  /** The same, and takes it out. */
  lookupAndDelete(): boolean {
    return this.#found("BPF_MAP_LOOKUP_AND_DELETE_ELEM", this.#keyAddress, this.#valueAddress);
  }

  /** False if the mode forbids it: `create` and it is there, `replace` and it is not. */
  update(mode: UpdateMode): boolean {
    const result = this.#call("BPF_MAP_UPDATE_ELEM", this.#keyAddress, this.#valueAddress, updateModes[mode]);
    if (result >= 0) return true;
    if (mode === "create" && result === -errno.EEXIST) return false;
    if (mode === "replace" && result === -errno.ENOENT) return false;
    throw this.#error("BPF_MAP_UPDATE_ELEM", result);
  }

  delete(): boolean {
    return this.#found("BPF_MAP_DELETE_ELEM", this.#keyAddress, 0n);
  }

  /** Fills `nextKey` with the key after `key`, or the first one; false at the end. */
  next(first: boolean): boolean {
    return this.#found("BPF_MAP_GET_NEXT_KEY", first ? 0n : this.#keyAddress, this.#nextKeyAddress);
  }

  #found(command: Command, key: bigint, value: bigint): boolean {
    const result = this.#call(command, key, value, 0);
    if (result >= 0) return true;
    if (result === -errno.ENOENT) return false;
    throw this.#error(command, result);
  }

  #call(command: Command, key: bigint, value: bigint, flags: number): number {
    this.#attr.set("map_fd", this.#handle.fd);
    this.#attr.set("key", key);
    this.#attr.set("value", value);
    this.#attr.set("flags", flags);
    return bpf(kernel(), command, this.#attr.bytes);
  }

  #error(command: Command, result: number): SyscallError {
    return new SyscallError(`bpf(${command})`, -result, this.#handle.label);
  }
}
