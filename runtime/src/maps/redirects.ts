import type { Codec } from "../codec.js";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { arrayIndex } from "./array.js";
import type { MapHandle } from "./handle.js";
import { KeyedMap } from "./keyed.js";
import { SlotMap } from "./slots.js";

/** A program that runs on what was redirected: set by its descriptor, told by its id. */
export interface SecondProgram {
  readonly fd?: number;
  readonly id?: number;
}

/** Where a packet goes. */
export interface Device {
  /** Index of the interface. */
  readonly ifindex: number;
  /** Of section `xdp/devmap`; the map's value must have 8 bytes. Linux 5.8. */
  readonly program?: SecondProgram;
}

/** How a packet goes to another CPU. */
export interface CpuQueue {
  /** Packets that may wait for the CPU, up to 16384. */
  readonly queueSize: number;
  /** Of section `xdp/cpumap`; the map's value must have 8 bytes. Linux 5.9. */
  readonly program?: SecondProgram;
}

interface Target {
  readonly number: number;
  readonly program: SecondProgram | undefined;
}

/** `struct bpf_devmap_val` and `struct bpf_cpumap_val`: a number, and a program if there is room for it. */
const target = <T>(bytes: number, from: (value: T) => Target, to: (read: Target) => T): Codec<T> => ({
  size: bytes,
  read: (view, at) => {
    const id = bytes >= 8 ? view.getUint32(at + 4, true) : 0;
    return to({ number: view.getUint32(at, true), program: id === 0 ? undefined : { id } });
  },
  write: (view, at, value) => {
    const { number, program } = from(value);
    if (program !== undefined && (bytes < 8 || program.fd === undefined))
      throw new UsageError(
        "bad-value",
        bytes < 8
          ? "a program needs a map whose value has 8 bytes"
          : "the program is given by its fd: a loaded program",
      );
    view.setUint32(at, number, true);
    // 0 would be a descriptor.
    if (bytes >= 8) view.setInt32(at + 4, program?.fd ?? -1, true);
  },
});

const device = (bytes: number): Codec<Device> =>
  target(
    bytes,
    ({ ifindex, program }) => ({ number: ifindex, program }),
    ({ number, program }) => ({ ifindex: number, ...(program && { program }) }),
  );
const cpuQueue = (bytes: number): Codec<CpuQueue> =>
  target(
    bytes,
    ({ queueSize, program }) => ({ number: queueSize, program }),
    ({ number, program }) => ({ queueSize: number, ...(program && { program }) }),
  );

/** Interfaces by a number. */
class Devices extends KeyedMap<number, Device> {
  constructor(handle: MapHandle) {
    super(handle, arrayIndex, device(handle.facts.valueSize));
  }

  /** The same by the interface's name. @throws UsageError `target-missing` */
  setInterface(key: number, name: string, program?: SecondProgram): this {
    const ifindex = kernel().interfaceIndex(name);
    if (ifindex === 0)
      throw new UsageError("target-missing", `${this.handle.label}: there is no network interface '${name}'`);
    return this.set(key, { ifindex, ...(program && { program }) });
  }
}

/** BPF_MAP_TYPE_DEVMAP: interfaces by place. Linux 4.14. */
export class DevMap extends Devices {}
/** BPF_MAP_TYPE_DEVMAP_HASH: interfaces by any number. Linux 5.4. */
export class DevMapHash extends Devices {}

/** BPF_MAP_TYPE_CPUMAP: queues by CPU. Linux 4.15. */
export class CpuMap extends KeyedMap<number, CpuQueue> {
  constructor(handle: MapHandle) {
    super(handle, arrayIndex, cpuQueue(handle.facts.valueSize));
  }
}

/** BPF_MAP_TYPE_XSKMAP: AF_XDP sockets by queue. The kernel does not tell what is in it. Linux 4.18. */
export class XskMap extends SlotMap {
  /** @throws SyscallError for what is no AF_XDP socket; UsageError `bad-value` for no such place */
  set(queue: number, socket: { readonly fd: number }): this {
    this.slots.set(queue, socket.fd);
    return this;
  }
}
