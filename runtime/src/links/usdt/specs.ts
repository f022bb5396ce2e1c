import type { MapHandle } from "../../maps/handle.js";
import { bpfCommand } from "../../sys/bpf.js";
import { UsageError } from "../../sys/errors.js";
import { kernel } from "../../sys/kernel.js";
import type { UsdtArgument } from "./arguments.js";

/** libbpf's usdt.bpf.h: `struct __bpf_usdt_spec`, 12 arguments, the cookie, and how many arguments there are. */
const SPEC = 208;
const ARGUMENT = 16;
const COOKIE = 192;
const COUNT = 200;
/** `enum __bpf_usdt_arg_type`. */
const kinds = { constant: 0, register: 1, memory: 2 } as const;

/** A probe's arguments as programs that include usdt.bpf.h read them. */
export function encodeSpec(args: readonly UsdtArgument[], cookie: bigint): Uint8Array {
  const bytes = new Uint8Array(SPEC);
  const view = new DataView(bytes.buffer);
  for (const [i, argument] of args.entries()) {
    const at = i * ARGUMENT;
    const { kind } = argument;
    const value = kind === "constant" ? argument.value : kind === "memory" ? argument.offset : 0n;
    view.setBigUint64(at, BigInt.asUintN(64, value), true);
    view.setUint32(at + 8, kinds[kind], true);
    view.setInt16(at + 12, kind === "constant" ? 0 : argument.register, true);
    view.setUint8(at + 14, argument.signed ? 1 : 0);
    view.setUint8(at + 15, 64 - argument.size * 8);
  }
  view.setBigUint64(COOKIE, BigInt.asUintN(64, cookie), true);
  view.setInt16(COUNT, args.length, true);
  return bytes;
}

/** The map `__bpf_usdt_specs` of an object: what its programs find by the cookie of each place. */
export class UsdtSpecs {
  /** How many places use each number. */
  readonly #users: number[] = [];
  readonly #texts: string[] = [];

  constructor(readonly map: MapHandle) {
    if (map.facts.valueSize !== SPEC)
      throw new UsageError(
        "unsupported",
        `${map.label} has values of ${map.facts.valueSize} bytes instead of ${SPEC}: this usdt.bpf.h is not known`,
      );
  }

  /** Number of a spec, the same for the same one. To be released. @throws SyscallError, UsageError */
  take(args: readonly UsdtArgument[], cookie: bigint): number {
    const bytes = encodeSpec(args, cookie);
    const text = Buffer.from(bytes).toString("latin1");
    const free = this.#users.indexOf(0);
    const known = this.#texts.findIndex((other, id) => other === text && (this.#users[id] ?? 0) > 0);
    const id = known >= 0 ? known : free >= 0 ? free : this.#users.length;
    if (id >= this.map.facts.maxEntries)
      throw new UsageError(
        "bad-size",
        `${this.map.label} has room for ${this.map.facts.maxEntries} probes: compile with a larger BPF_USDT_MAX_SPEC_CNT`,
      );
    if (known < 0) this.#write(id, bytes);
    this.#texts[id] = text;
    this.#users[id] = (this.#users[id] ?? 0) + 1;
    return id;
  }

  release(id: number): void {
    this.#users[id] = Math.max(0, (this.#users[id] ?? 0) - 1);
  }

  #write(id: number, bytes: Uint8Array): void {
    const k = kernel();
    const key = k.address(new Uint8Array(Int32Array.of(id).buffer));
    const value = k.address(bytes);
    bpfCommand("BPF_MAP_UPDATE_ELEM", "mapElement", { map_fd: this.map.fd, key, value }, this.map.label);
  }
}

const known = new WeakMap<MapHandle, UsdtSpecs>();

/** One for each loaded object. */
export function specsOf(map: MapHandle): UsdtSpecs {
  const specs = known.get(map) ?? new UsdtSpecs(map);
  known.set(map, specs);
  return specs;
}
