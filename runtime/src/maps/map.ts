import { kernel } from "../sys/kernel.js";
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

  close(): void {
    this.handle.close();
  }
}
