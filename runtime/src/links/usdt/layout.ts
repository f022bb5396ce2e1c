import type { Btf, BtfMember, TypeId } from "@tsbpfc/loader";
import { UsageError } from "../../sys/errors.js";

/** Where a number stands: bits from the start of its struct. */
export interface Field {
  readonly bit: number;
  readonly width: number;
}

/** `struct __bpf_usdt_arg_spec` of libbpf's usdt.bpf.h, by its members' names. */
const argumentFields = ["val_off", "arg_type", "reg_off", "arg_signed", "arg_bitshift"] as const;
/** Of libbpf 1.7 and later, for operands with an index register. */
const indexFields = ["idx_reg_off", "scale_bitshift"] as const;
/** `struct __bpf_usdt_spec`, which holds an array of the former. */
const specFields = ["usdt_cookie", "arg_cnt"] as const;

type Fields<Names extends readonly string[]> = Readonly<Record<Names[number], Field>>;

/**
 * How an object's programs read the arguments of a place. The struct has not the same layout in every libbpf (one
 * argument had 16 bytes until 1.6, and has 24 with the bit-fields of 1.7), so that the object's own BTF says it.
 */
export interface SpecLayout {
  /** Bytes of a spec. */
  readonly size: number;
  readonly spec: Fields<typeof specFields>;
  readonly arguments: {
    /** How many there is room for. */
    readonly most: number;
    /** Bits: of the first one, and from one to the next. */
    readonly at: number;
    readonly step: number;
    readonly fields: Fields<typeof argumentFields>;
    /** Null where programs cannot read operands with an index register. */
    readonly index: Fields<typeof indexFields> | null;
  };
}

/** @param type of the map `__bpf_usdt_specs`' values. @throws UsageError `unsupported` for a struct of another kind */
export function specLayout(btf: Btf, type: TypeId, label: string): SpecLayout {
  const unknown = new UsageError("unsupported", `${label}: the values are not those of libbpf's usdt.bpf.h`);
  const members = membersOf(btf, type);
  const array = members.find(({ name }) => name === "args");
  const list = array && btf.type(btf.resolve(array.type));
  const spec = fieldsOf(btf, members, specFields);
  if (!array || list?.kind !== "array" || !spec) throw unknown;
  const inner = membersOf(btf, list.type);
  const fields = fieldsOf(btf, inner, argumentFields);
  if (!fields) throw unknown;
  return {
    size: btf.size(type),
    spec,
    arguments: {
      most: list.length,
      at: array.bitOffset,
      step: btf.size(list.type) * 8,
      fields,
      index: fieldsOf(btf, inner, indexFields),
    },
  };
}

function membersOf(btf: Btf, id: TypeId): readonly BtfMember[] {
  const type = btf.type(btf.resolve(id));
  return type.kind === "struct" ? type.members : [];
}

/** Null if one of them is missing. */
function fieldsOf<const Names extends readonly string[]>(
  btf: Btf,
  members: readonly BtfMember[],
  names: Names,
): Fields<Names> | null {
  const found = members
    .filter(({ name }) => names.includes(name))
    .map(({ name, type, bitOffset, bitfieldSize }) => {
      return [name, { bit: bitOffset, width: bitfieldSize || btf.size(type) * 8 }] as const;
    });
  return found.length === names.length ? (Object.fromEntries(found) as Fields<Names>) : null;
}
