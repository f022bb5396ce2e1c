import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import type { Command } from "../sys/commands.js";
import { errno, SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { tooOld } from "../sys/release.js";
import type { MapHandle } from "./handle.js";

/** The CPU stands in the flags' upper half (include/uapi/linux/bpf.h). */
const BPF_F_CPU = 8n;
const BPF_F_ALL_CPUS = 16n;

/** Single values of per-CPU maps, as bytes. Linux 7.0. */
export class CpuValues {
  readonly key: DataView<ArrayBuffer>;
  readonly value: DataView<ArrayBuffer>;

  constructor(readonly handle: MapHandle) {
    this.key = new DataView(new ArrayBuffer(handle.facts.keySize));
    this.value = new DataView(new ArrayBuffer(handle.facts.valueSize));
  }

  /** The value of `key` on one CPU to `value`. False if there is none. @throws SyscallError */
  lookup(cpu: number): boolean {
    const result = this.#run("BPF_MAP_LOOKUP_ELEM", onCpu(cpu));
    if (result === -errno.ENOENT) return false;
    if (result < 0) throw this.#error("BPF_MAP_LOOKUP_ELEM", -result);
    return true;
  }

  /** `value` for `key` on one CPU, or on all. @throws SyscallError */
  update(cpu: number | "all"): void {
    const result = this.#run("BPF_MAP_UPDATE_ELEM", cpu === "all" ? BPF_F_ALL_CPUS : onCpu(cpu));
    if (result < 0) throw this.#error("BPF_MAP_UPDATE_ELEM", -result);
  }

  #run(command: Command, flags: bigint): number {
    const k = kernel();
    const at = ({ buffer }: DataView<ArrayBuffer>): bigint => k.address(new Uint8Array(buffer));
    const [key, value] = [at(this.key), at(this.value)];
    const attr = new Struct("mapElement", { map_fd: this.handle.fd, key, value, flags });
    return bpf(k, command, attr.bytes);
  }

  #error(command: Command, number: number): SyscallError {
    const hint =
      number === errno.ERANGE
        ? "There is no such CPU."
        : tooOld("The value of one CPU, or one for all,", "7.0");
    return new SyscallError(`bpf(${command})`, number, this.handle.label, hint);
  }
}

const onCpu = (cpu: number): bigint => (BigInt(cpu) << 32n) | BPF_F_CPU;
