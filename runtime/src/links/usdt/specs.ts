import { endianness } from "node:os";
import { writeBits } from "../../codecs/bits.js";
import type { MapHandle } from "../../maps/handle.js";
import type { LoadedObject } from "../../programs/program.js";
import { bpfCommand } from "../../sys/bpf.js";
import { UsageError } from "../../sys/errors.js";
import { kernel } from "../../sys/kernel.js";
import type { UsdtArgument } from "./arguments.js";
import { type Field, type SpecLayout, specLayout } from "./layout.js";

const MAP = "__bpf_usdt_specs";
const bigEndian = endianness() === "BE";
/** `enum __bpf_usdt_arg_type`. */
const kinds = { constant: 0, register: 1, memory: 2, indexed: 3 } as const;

/**
 * A probe's arguments as programs that include usdt.bpf.h read them.
 *
 * @throws UsageError `unsupported` for arguments that these programs cannot read
 */
export function encodeSpec(
  layout: SpecLayout,
  args: readonly UsdtArgument[],
  cookie: bigint,
  label: string,
): Uint8Array {
  const { most, at, step, fields, index } = layout.arguments;
  if (args.length > most)
    throw new UsageError("unsupported", `${label}: it has ${args.length} arguments, more than ${most}`);
  const bytes = new Uint8Array(layout.size);
  const view = new DataView(bytes.buffer);
  const put = ({ bit, width }: Field, value: bigint, from = 0): void =>
    writeBits(view, 0, from + bit, width, false, bigEndian, BigInt.asUintN(width, value), label);
  for (const [i, argument] of args.entries()) {
    const from = at + i * step;
    put(fields.arg_type, BigInt(kinds[argument.kind]), from);
    put(fields.val_off, argument.kind === "constant" ? argument.value : (argument.offset ?? 0n), from);
    if (argument.kind !== "constant") put(fields.reg_off, BigInt(argument.register), from);
    put(fields.arg_signed, argument.signed ? 1n : 0n, from);
    put(fields.arg_bitshift, BigInt(64 - argument.size * 8), from);
    if (argument.kind !== "indexed") continue;
    if (!index)
      throw new UsageError(
        "unsupported",
        `${label}: its argument ${i} has an index register, which programs read by the usdt.bpf.h of libbpf 1.7 and later: compile the object with that`,
      );
    put(index.idx_reg_off, BigInt(argument.index), from);
    put(index.scale_bitshift, BigInt(argument.shift), from);
  }
  put(layout.spec.usdt_cookie, cookie);
  put(layout.spec.arg_cnt, BigInt(args.length));
  return bytes;
}

/** The map `__bpf_usdt_specs` of an object: what its programs find by the cookie of each place. */
export class UsdtSpecs {
  /** How many places use each number. */
  readonly #users: number[] = [];
  readonly #texts: string[] = [];

  constructor(
    readonly map: MapHandle,
    readonly layout: SpecLayout,
  ) {}

  /** Number of a spec, the same for the same one. To be released. @throws SyscallError, UsageError */
  take(args: readonly UsdtArgument[], cookie: bigint, label: string): number {
    const bytes = encodeSpec(this.layout, args, cookie, label);
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

const known = new WeakMap<LoadedObject, UsdtSpecs>();

/** One for each loaded object; null if it has no such map. @throws UsageError `unsupported` */
export function specsOf(object: LoadedObject | null): UsdtSpecs | null {
  const map = object?.maps.get(MAP);
  const type = object?.spec.maps.get(MAP)?.valueType ?? 0;
  if (!object || !map) return null;
  const found = known.get(object);
  if (found) return found;
  if (!object.spec.btf || type === 0)
    throw new UsageError("unsupported", `${map.label}: the object does not say what its values are`);
  const specs = new UsdtSpecs(map, specLayout(object.spec.btf, type, map.label));
  known.set(object, specs);
  return specs;
}
