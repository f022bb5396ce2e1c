import type { Btf } from "../btf/btf.js";
import type { TypeId } from "../btf/types.js";
import { type Access, type FieldAccess, sizeOf } from "./access.js";
import type { CoreKind } from "./relocation.js";

/** A relocation's value by one set of types. */
export interface CoreValue {
  readonly value: bigint;
  /** What a load or store of the field accesses; null where the value is no plain field's offset. */
  readonly field: { readonly btf: Btf; readonly type: TypeId; readonly size: number } | null;
  /** Whether the compiler is sure to have put the local value into the instruction. */
  readonly exact: boolean;
}

/** A kind's value; `fault` says why there can be none. */
type Valued = CoreValue | { readonly fault: string };

/** What a kind yields where the kernel has no such thing; null: the instruction is poisoned. */
export const missingValues: Readonly<Record<CoreKind, bigint | null>> = {
  field_byte_offset: null,
  field_byte_size: null,
  field_exists: 0n,
  field_signed: null,
  field_lshift_u64: null,
  field_rshift_u64: null,
  type_id_local: null,
  // Zero rather than poison, as libbpf and the kernel do for all that ask about a type.
  type_id_target: 0n,
  type_exists: 0n,
  type_size: 0n,
  type_matches: 0n,
  enumval_exists: 0n,
  enumval_value: null,
};

/** The value of a relocation for an access that exists. Lays down what bpf_core_calc_relo does. */
export function accessValue(kind: CoreKind, access: Access, endian: "little" | "big"): Valued {
  const plain = (value: bigint | number, exact = true): CoreValue => ({
    value: BigInt(value),
    field: null,
    exact,
  });
  switch (access.about) {
    case "type":
      if (kind === "type_size") return plain(sizeOf(access.btf, access.root));
      return kind === "type_id_local" || kind === "type_id_target" ? plain(access.root, false) : plain(1);
    case "enumerator":
      return plain(kind === "enumval_value" ? access.enumerator.value : 1n);
    case "field":
      return kind === "field_exists" ? plain(1) : fieldValue(kind, access, endian);
  }
}

function fieldValue(kind: CoreKind, access: FieldAccess, endian: "little" | "big"): Valued {
  const { btf, bitOffset } = access;
  const last = access.steps.at(-1)!;
  if (last.kind === "element") {
    const size = sizeOf(btf, last.type);
    if (bitOffset % 8 !== 0) return { fault: "it does not start at a byte" };
    if (kind === "field_byte_offset") {
      return { value: BigInt(bitOffset / 8), field: { btf, type: last.type, size }, exact: true };
    }
    if (kind === "field_byte_size") return { value: BigInt(size), field: null, exact: true };
    // Signedness and shifts of an element: of the element's own type, as of a member.
  }
  const type = btf.resolve(last.kind === "element" ? last.type : last.member.type);
  const width = last.kind === "member" ? last.member.bitfieldSize : 0;
  const unit =
    width > 0 ? storage(sizeOf(btf, type), bitOffset, width) : plainUnit(sizeOf(btf, type), bitOffset);
  if (unit === null) {
    return { fault: width > 0 ? "its bit-field spans more than 8 bytes" : "it does not start at a byte" };
  }
  const bits = width > 0 ? width : unit.size * 8;
  const exact = width === 0;
  switch (kind) {
    case "field_byte_offset":
      return { value: BigInt(unit.offset), field: exact ? { btf, type, size: unit.size } : null, exact };
    case "field_byte_size":
      return { value: BigInt(unit.size), field: null, exact };
    case "field_signed":
      return { value: isSigned(btf, type) ? 1n : 0n, field: null, exact: true };
    case "field_lshift_u64": {
      // Moves the field's top bit to bit 63 of a register into which its storage was loaded.
      const before = bitOffset - unit.offset * 8;
      const shift = endian === "little" ? 64 - (before + bits) : (8 - unit.size) * 8 + before;
      return { value: BigInt(shift), field: null, exact: false };
    }
    case "field_rshift_u64":
      return { value: BigInt(64 - bits), field: null, exact: true };
    default:
      return { fault: `${kind} is not about a field` };
  }
}

interface Unit {
  readonly offset: number;
  readonly size: number;
}

function plainUnit(size: number, bitOffset: number): Unit | null {
  return bitOffset % 8 === 0 ? { offset: bitOffset / 8, size } : null;
}

/** The smallest aligned integer, from the field's own type up to 8 bytes, that holds a bit-field whole. */
function storage(typeSize: number, bitOffset: number, width: number): Unit | null {
  for (let size = Math.max(typeSize, 1); size <= 8; size *= 2) {
    const offset = Math.floor(bitOffset / 8 / size) * size;
    if (bitOffset + width <= (offset + size) * 8) return { offset, size };
  }
  return null;
}

function isSigned(btf: Btf, id: TypeId): boolean {
  const type = btf.type(id);
  return type.kind === "int" ? type.encoding === "signed" : "signed" in type && type.signed;
}
