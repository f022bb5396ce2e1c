import type { Btf } from "../btf/btf.js";
import { BtfError } from "../btf/error.js";
import type { BtfEnumValue, BtfMember, TypeId } from "../btf/types.js";
import type { CoreKind, CoreRelocation } from "./relocation.js";

/** What a relocation is about, in one set of types: the object's own, or a candidate's. */
export type Access = FieldAccess | TypeAccess | EnumeratorAccess;

export interface FieldAccess {
  readonly about: "field";
  readonly btf: Btf;
  readonly root: TypeId;
  readonly steps: readonly Step[];
  /** Bits from the start of the root. */
  readonly bitOffset: number;
}

export interface TypeAccess {
  readonly about: "type";
  readonly btf: Btf;
  readonly root: TypeId;
}

export interface EnumeratorAccess {
  readonly about: "enumerator";
  readonly btf: Btf;
  readonly root: TypeId;
  readonly enumerator: BtfEnumValue;
}

/** One step from a type to what it holds. */
export type Step =
  | {
      readonly kind: "member";
      /** The struct or union. */
      readonly holder: TypeId;
      readonly index: number;
      readonly member: BtfMember;
    }
  /** An element of an array; the first step of every field access is one, of the root itself. */
  | { readonly kind: "element"; readonly type: TypeId; readonly index: number };

/** Which part of a type a relocation kind is about. */
export const subjects: Readonly<Record<CoreKind, Access["about"]>> = {
  field_byte_offset: "field",
  field_byte_size: "field",
  field_exists: "field",
  field_signed: "field",
  field_lshift_u64: "field",
  field_rshift_u64: "field",
  type_id_local: "type",
  type_id_target: "type",
  type_exists: "type",
  type_size: "type",
  type_matches: "type",
  enumval_exists: "enumerator",
  enumval_value: "enumerator",
};

/**
 * Follows a relocation's access string through the object's own types.
 *
 * @returns the access, or what is wrong with the string
 */
export function localAccess(btf: Btf, relocation: CoreRelocation): Access | { readonly fault: string } {
  const root = relocation.type;
  const [first, ...rest] = relocation.path;
  if (first === undefined) return { fault: "its access string is empty" };
  const about = subjects[relocation.kind];
  if (about === "type") {
    return first === 0 && rest.length === 0 ? { about, btf, root } : { fault: "its access string must be 0" };
  }
  const type = btf.resolve(root);
  if (about === "enumerator") {
    const decoded = btf.type(type);
    const values = decoded.kind === "enum" || decoded.kind === "enum64" ? decoded.values : [];
    const enumerator = rest.length === 0 ? values[first] : undefined;
    return enumerator === undefined ? { fault: "it names no enumerator" } : { about, btf, root, enumerator };
  }
  const steps: Step[] = [{ kind: "element", type, index: first }];
  let bitOffset = first * sizeOf(btf, type) * 8;
  let at = type;
  for (const index of rest) {
    const holder = btf.type(at);
    if (holder.kind === "struct" || holder.kind === "union") {
      const member = holder.members[index];
      if (member === undefined) return { fault: `${holder.kind} ${holder.name} has no member ${index}` };
      bitOffset += member.bitOffset;
      // Anonymous structs and unions are passed through: a target may nest otherwise.
      if (member.name !== "") steps.push({ kind: "member", holder: at, index, member });
      at = btf.resolve(member.type);
    } else if (holder.kind === "array") {
      const element = btf.resolve(holder.type);
      if (index >= holder.length && !isFlexible(btf, holder.length, steps.at(-1)!)) {
        return { fault: `element ${index} is outside an array of ${holder.length}` };
      }
      steps.push({ kind: "element", type: element, index });
      bitOffset += index * sizeOf(btf, element) * 8;
      at = element;
    } else {
      return { fault: `it goes into a ${holder.kind}` };
    }
  }
  return { about, btf, root, steps, bitOffset };
}

/** An array of no elements that ends its struct has as many as memory holds. */
export function isFlexible(btf: Btf, length: number, reached: Step): boolean {
  if (length > 0 || reached.kind !== "member") return false;
  const holder = btf.type(reached.holder);
  return (holder.kind === "struct" || holder.kind === "union") && reached.index === holder.members.length - 1;
}

/** The size of a type; 0 for what has none, such as a struct that is only declared. */
export function sizeOf(btf: Btf, type: TypeId): number {
  try {
    return btf.size(type);
  } catch (error) {
    if (error instanceof BtfError && error.code === "BTF_NO_SIZE") return 0;
    throw error;
  }
}

/** `struct task_struct.mm.pgd`, `enum bpf_map_type::BPF_MAP_TYPE_HASH`: for messages. */
export function describeAccess(access: Access): string {
  const { btf, root } = access;
  const kind = btf.kind(root);
  const shown = kind === "enum64" ? "enum" : kind;
  const name = `${shown} ${btf.name(root) || "(anonymous)"}`;
  if (access.about === "type") return name;
  if (access.about === "enumerator") return `${name}::${access.enumerator.name}`;
  const steps = access.steps.map((step, i) => {
    if (step.kind === "member") return `.${step.member.name}`;
    return i === 0 && step.index === 0 ? "" : `[${step.index}]`;
  });
  return `${name}${steps.join("")}`;
}
