import { mapTypes, newMap } from "@tsbpfc/loader";
import { Struct } from "../sys/attr.js";
import { bpf, bpfCommand } from "../sys/bpf.js";
import { SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { mapTooOld } from "./ages.js";
import type { Token } from "./token.js";

/** `struct bpf_insn_array_value`, which begins with the instruction as the program is given: `orig_off`. */
const VALUE_SIZE = 16;
const instructions = newMap(".jumptables", "insn_array", { keySize: 4, valueSize: VALUE_SIZE });

/** The maps of a program's jump tables, which the verifier wants filled and frozen. Linux 6.19. */
export class JumpTableMaps {
  /** By their targets: a table that is used twice is one map. */
  readonly #fds = new Map<string, number>();

  constructor(
    readonly token: Token,
    readonly label: string,
  ) {}

  /** The map of a table. @throws SyscallError */
  fdOf(targets: readonly number[]): number {
    const key = targets.join();
    const known = this.#fds.get(key);
    if (known !== undefined) return known;
    const fd = this.#create(targets.length);
    this.#fds.set(key, fd);
    const k = kernel();
    const index = new Uint32Array(1);
    const value = new Uint32Array(VALUE_SIZE / 4);
    const at = { key: new Uint8Array(index.buffer), value: new Uint8Array(value.buffer) };
    for (const [i, target] of targets.entries()) {
      index[0] = i;
      value[0] = target;
      const element = { map_fd: fd, key: k.address(at.key), value: k.address(at.value) };
      bpfCommand("BPF_MAP_UPDATE_ELEM", "mapElement", element, this.#table);
    }
    bpfCommand("BPF_MAP_FREEZE", "mapElement", { map_fd: fd }, this.#table);
    return fd;
  }

  close(): void {
    for (const fd of this.#fds.values()) kernel().close(fd);
    this.#fds.clear();
  }

  get #table(): string {
    return `a jump table of ${this.label}`;
  }

  #create(entries: number): number {
    const attr = new Struct("mapCreate", {
      map_type: mapTypes[instructions.type],
      key_size: instructions.keySize,
      value_size: VALUE_SIZE,
      max_entries: entries,
      map_flags: this.token.flag,
      map_token_fd: this.token.fd,
      map_name: instructions.name,
    });
    const fd = bpf(kernel(), "BPF_MAP_CREATE", attr.bytes);
    if (fd < 0)
      throw new SyscallError("bpf(BPF_MAP_CREATE)", -fd, this.#table, mapTooOld(-fd, instructions, 0));
    return fd;
  }
}
