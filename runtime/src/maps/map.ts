import type { MapType } from "@tsbpfc/loader";
import type { Codec } from "../codec.js";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { MapHandle } from "./handle.js";

/** What every kind of map can do. Several objects may stand on one handle; closing one closes all. */
export abstract class BpfMap {
  constructor(readonly handle: MapHandle) {}

  get name(): string {
    return this.handle.facts.name;
  }

  get type(): MapType {
    return this.handle.facts.type;
  }

  /** @throws UsageError `closed` */
  get fd(): number {
    return this.handle.fd;
  }

  /** Linux 4.13. @throws SyscallError */
  info(): ReturnType<MapHandle["info"]> {
    return this.handle.info();
  }

  /** Keeps the map alive at a path in a BPF file system. Linux 4.4. @throws SyscallError */
  pin(path: string): void {
    this.handle.pin(path);
  }

  /** Takes a pin away; the map lives on while this process, a program or another pin holds it. */
  unpin(path: string): void {
    kernel().removeFile(path);
  }

  close(): void {
    this.handle.close();
  }
}

/** @throws UsageError `bad-size`: reading with another size would take bytes that are not there */
export function checkSize(handle: MapHandle, what: "key" | "value", codec: Codec<unknown>): void {
  const size = what === "key" ? handle.facts.keySize : handle.facts.valueSize;
  if (codec.size !== size)
    throw new UsageError("bad-size", `${handle.label}: its ${what} has ${size} bytes, but the codec ${codec.size}. Generate the skeleton again from this object.`);
}
