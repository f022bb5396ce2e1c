import { bpfCommand, objectInfo } from "../sys/bpf.js";
import { kernel } from "../sys/kernel.js";
import { tooOld } from "../sys/release.js";
import type { MapHandle } from "./handle.js";

/** What every map has, whatever its kind. */
export abstract class BpfMap {
  constructor(readonly handle: MapHandle) {}

  get name(): string {
    return this.handle.facts.name;
  }

  /** Entries that fit; bytes of a ring buffer. */
  get maxEntries(): number {
    return this.handle.facts.maxEntries;
  }

  get fd(): number {
    return this.handle.fd;
  }

  /** Keeps the map alive at a path in a BPF file system. @throws SyscallError */
  pin(path: string): void {
    this.handle.pin(path);
  }

  /** Takes a pin away; the map lives on while something holds it. */
  unpin(path: string): void {
    kernel().removeFile(path);
  }

  /**
   * Keeps this process, and every other, from changing the map; programs still may. For good. Linux 5.2.
   *
   * @throws SyscallError EPERM or EBUSY if it is frozen, EBUSY if somebody has mapped it to write
   */
  freeze(): void {
    bpfCommand("BPF_MAP_FREEZE", "mapElement", { map_fd: this.fd }, this.handle.label, notFrozen);
  }

  /**
   * SHA-256 of a frozen array's values, 32 bytes, as the kernel computes it. Linux 6.18.
   *
   * @throws SyscallError EPERM if it is not frozen; EINVAL for other kinds
   */
  contentHash(): Uint8Array {
    const hash = new Uint8Array(SHA256);
    const given = { hash: kernel().address(hash), hash_size: SHA256 };
    const hint = tooOld("The hash of a map's contents", "6.18") || noHash;
    objectInfo(this.fd, "mapInfo", this.handle.label, given, hint);
    return hash;
  }

  close(): void {
    this.handle.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Bytes of a hash. */
const SHA256 = 32;
const noHash = "The kernel hashes arrays (BPF_MAP_TYPE_ARRAY) that are frozen.";
const notFrozen =
  "It is frozen already, or mapped by somebody who may write (an array in shared memory), or this process may not write to it.";
