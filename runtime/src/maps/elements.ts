import { layouts } from "../sys/attr.generated.js";
import { Struct } from "../sys/attr.js";
import { prepared } from "../sys/bpf.js";
import type { Command } from "../sys/commands.js";
import { errno, SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { MapHandle } from "./handle.js";

/** Flags of an update, include/uapi/linux/bpf.h. */
export const UpdateFlag = { any: 0, noExist: 1, exist: 2, lock: 4 } as const;

/**
 * A map's elements as bytes. One key, one value and one attribute buffer serve every call: nothing is allocated on
 * the way to the kernel. The buffers are plain ArrayBuffers, which V8 does not move.
 */
export class Elements {
  readonly key: DataView;
  readonly value: DataView;
  readonly #next: Uint8Array;
  readonly #keyBytes: Uint8Array;
  readonly #lookup: ElementCommand;
  readonly #lookupAndDelete: ElementCommand;
  readonly #update: ElementCommand;
  readonly #delete: ElementCommand;
  readonly #firstKey: ElementCommand;
  readonly #nextKey: ElementCommand;

  constructor(
    readonly handle: MapHandle,
    /** Bytes of one value; for per-CPU kinds, of the values of all CPUs. */
    valueSize: number,
  ) {
    const k = kernel();
    const keySize = Math.max(1, handle.facts.keySize);
    this.#keyBytes = new Uint8Array(new ArrayBuffer(keySize));
    this.#next = new Uint8Array(new ArrayBuffer(keySize));
    const bytes = new Uint8Array(new ArrayBuffer(Math.max(1, valueSize)));
    this.key = new DataView(this.#keyBytes.buffer);
    this.value = new DataView(bytes.buffer);
    const key = handle.facts.keySize === 0 ? 0n : k.address(this.#keyBytes);
    const next_key = k.address(this.#next);
    const element = new Struct("mapElement", { key, value: k.address(bytes) });
    this.#lookup = new ElementCommand(handle, "BPF_MAP_LOOKUP_ELEM", element);
    this.#lookupAndDelete = new ElementCommand(handle, "BPF_MAP_LOOKUP_AND_DELETE_ELEM", element);
    this.#update = new ElementCommand(handle, "BPF_MAP_UPDATE_ELEM", element);
    // A delete has no value, and the kernel refuses fields after a command's last (CHECK_ATTR).
    this.#delete = new ElementCommand(handle, "BPF_MAP_DELETE_ELEM", new Struct("mapElement", { key }));
    this.#firstKey = new ElementCommand(
      handle,
      "BPF_MAP_GET_NEXT_KEY",
      new Struct("mapElement", { next_key }),
    );
    this.#nextKey = new ElementCommand(
      handle,
      "BPF_MAP_GET_NEXT_KEY",
      new Struct("mapElement", { key, next_key }),
    );
  }

  /** @throws UsageError `bad-size` */
  setBytes(what: "key" | "value", bytes: Uint8Array): void {
    const view = this[what];
    if (bytes.length !== view.byteLength)
      throw new UsageError(
        "bad-size",
        `${this.handle.label} has a ${what} of ${view.byteLength} bytes, not ${bytes.length}`,
      );
    new Uint8Array(view.buffer).set(bytes);
  }

  /** The element of `key` to `value`. False if there is none. @throws SyscallError */
  lookup(flags = 0): boolean {
    return this.#lookup.found(flags);
  }

  /** The same, and removes it: hash kinds (Linux 5.14), queues and stacks (4.20). */
  lookupAndDelete(flags = 0): boolean {
    return this.#lookupAndDelete.found(flags);
  }

  /** `value` for `key`. @throws SyscallError: E2BIG for a full map, EEXIST and ENOENT as the flags ask */
  update(flags: number): void {
    this.#update.must(flags);
  }

  /** False if there was none. */
  delete(): boolean {
    return this.#delete.found(0);
  }

  /** The first key to `key`. False for an empty map. */
  firstKey(): boolean {
    return this.#moved(this.#firstKey);
  }

  /** The key after `key`, to `key`. A key that is gone meanwhile starts again from the first (kernel: hash maps). */
  nextKey(): boolean {
    return this.#moved(this.#nextKey);
  }

  #moved(command: ElementCommand): boolean {
    if (!command.found(0)) return false;
    this.#keyBytes.set(this.#next);
    return true;
  }
}

const { map_fd, flags: flagsField } = layouts.mapElement.fields;

/** One command on one attribute, of which only the descriptor and the flags change: what a call costs matters here. */
class ElementCommand {
  readonly #attr: DataView;
  readonly #call: () => number;

  constructor(
    readonly handle: MapHandle,
    readonly command: Command,
    attr: Struct<"mapElement">,
  ) {
    this.#attr = new DataView(attr.bytes.buffer);
    this.#call = prepared(command, attr.bytes);
  }

  /** False for ENOENT. @throws SyscallError */
  found(flags: number): boolean {
    const result = this.#run(flags);
    if (result >= 0) return true;
    if (result === -errno.ENOENT) return false;
    throw this.#error(result);
  }

  /** @throws SyscallError */
  must(flags: number): void {
    const result = this.#run(flags);
    if (result < 0) throw this.#error(result);
  }

  #run(flags: number): number {
    this.#attr.setUint32(map_fd[0], this.handle.fd, true);
    // The flags' upper half is never used.
    this.#attr.setUint32(flagsField[0], flags, true);
    return this.#call();
  }

  #error(result: number): SyscallError {
    return new SyscallError(`bpf(${this.command})`, -result, this.handle.label);
  }
}
