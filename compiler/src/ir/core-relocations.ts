import type { Builder } from "./builder.js";
import type { DIMember, DIType } from "./debug-types.js";
import { InternalError } from "./internal-error.js";
import { passthrough } from "./intrinsics.js";
import type { MdNode } from "./metadata.js";
import { type IntType, i8, i32, i64 } from "./types.js";
import type { Value } from "./values.js";

/**
 * CO-RE relocations, as the BPF back end wants them after its own passes: a load of an external global whose
 * name is the relocation (`llvm.TYPE:KIND:VALUE$ACCESS`) and whose metadata is the type; the assembler makes
 * of it an instruction with VALUE and a record in `.BTF.ext`.
 *
 * clang writes `llvm.preserve.*.access.index` and lets BPFAbstractMemberAccess make these globals. That pass
 * keeps them in a static map, by name, for the life of the process: the second module with a relocation of the
 * same name gets the first one's freed global and LLVM crashes (seen with 19.1.7; a clang process compiles one
 * module only). Naming them here also gives every access its offset in one place.
 */

/** `enum bpf_core_relo_kind` (include/uapi/linux/bpf.h). */
const KIND = {
  fieldByteOffset: 0,
  fieldByteSize: 1,
  fieldExists: 2,
  fieldSigned: 3,
  fieldLeftShift: 4,
  fieldRightShift: 5,
  typeIdLocal: 6,
  typeIdTarget: 7,
  typeExists: 8,
  typeSize: 9,
  enumeratorExists: 10,
  enumeratorValue: 11,
  typeMatches: 12,
} as const;

/** A place inside a kernel type: the access string of `struct bpf_core_relo`, and what it means in our copy of the type. */
export interface AccessPath {
  /** A named struct or union, without const or typedef around it. */
  readonly root: DIType;
  /** Which of an array of roots: 0 unless the pointer is stepped. */
  readonly first: number;
  /** Member or element indexes, from the root inwards. */
  readonly indices: readonly number[];
  /** Type reached, with its aliases stripped. */
  readonly type: DIType;
  readonly offsetBits: number;
  readonly member: DIMember | null;
}

/** The start of a path: the struct itself, or element `first` of an array of it. */
export function accessPath(root: DIType, first = 0): AccessPath {
  const type = strip(root);
  return { root: type, first, indices: [], type, offsetBits: first * type.sizeBits, member: null };
}

/**
 * A path one step further: a struct's or union's member (an anonymous one is a step of its own), or an array's
 * element, by its position.
 *
 * @throws InternalError if there is no such member.
 */
export function step(path: AccessPath, index: number): AccessPath {
  const { shape } = path.type;
  const indices = [...path.indices, index];
  if (shape.kind === "array") {
    const type = strip(shape.element);
    return { ...path, indices, type, offsetBits: path.offsetBits + index * type.sizeBits, member: null };
  }
  const member = shape.kind === "struct" || shape.kind === "union" ? shape.members[index] : undefined;
  if (member === undefined)
    throw new InternalError("ir-type-mismatch", `no member ${index} in a ${shape.kind}`);
  const offsetBits = path.offsetBits + member.offsetBits;
  return { ...path, indices, type: strip(member.type), offsetBits, member };
}

/** Address of the place, its offset relocated, in the struct that `base` points to. */
export function fieldAddress(b: Builder, base: Value, path: AccessPath): Value {
  // A global of its own for each access: LLVM would load an offset once for several, keep it in a register and add it
  // to the pointer, which the verifier refuses of a context. One that is used once goes into the load or the store.
  const own = b.module.nextSequence();
  const offset = relocated(
    b,
    i64,
    path.root,
    KIND.fieldByteOffset,
    byteOffset(path),
    accessString(path),
    own,
  );
  const address = passthrough(b, b.gep(i8, base, [offset], { inbounds: false }));
  reached.set(address, { base, path });
  return address;
}

/** Where an address came from, so that a chain of accesses becomes one relocation from its start. */
const reached = new WeakMap<Value, { readonly base: Value; readonly path: AccessPath }>();

/**
 * Address of member `index` of the struct or union that `base` points to, or of an array's element. If `base`
 * is itself such an address and reached that very type, both are one relocation; the shorter one, unused then,
 * goes in optimisation.
 */
export function memberAddress(b: Builder, base: Value, index: number, type: DIType): Value {
  const origin = reached.get(base);
  const { ref } = strip(type);
  if (origin?.path.type.ref === ref) return fieldAddress(b, origin.base, step(origin.path, index));
  return fieldAddress(b, base, step(accessPath(type), index));
}

/** The path behind an address made above, for `fieldInfo`. */
export function pathOf(address: Value): AccessPath | null {
  return reached.get(address)?.path ?? null;
}

/** How to compute each fact of a field in our copy of the type; the loader does the same in the kernel's. */
const FIELD_FACTS = {
  byteOffset: { kind: KIND.fieldByteOffset, local: (path: AccessPath) => byteOffset(path) },
  byteSize: { kind: KIND.fieldByteSize, local: (path: AccessPath) => storage(path).sizeBits / 8 },
  exists: { kind: KIND.fieldExists, local: () => 1 },
  signed: { kind: KIND.fieldSigned, local: (path: AccessPath) => Number(isSigned(path.type)) },
  leftShift: { kind: KIND.fieldLeftShift, local: (path: AccessPath) => leftShift(path) },
  rightShift: { kind: KIND.fieldRightShift, local: (path: AccessPath) => 64 - width(path) },
} as const;

/**
 * A fact of a field in the running kernel, as `i32`. For a bit-field, `byteOffset` and `byteSize` are those of
 * the storage unit to load; shift left, then right (by sign) in 64 bits.
 */
export function fieldInfo(b: Builder, path: AccessPath, fact: keyof typeof FIELD_FACTS): Value {
  const { kind, local } = FIELD_FACTS[fact];
  return passthrough(b, relocated(b, i32, path.root, kind, local(path), accessString(path)));
}

const TYPE_FACTS = {
  exists: { kind: KIND.typeExists, local: () => 1 },
  size: { kind: KIND.typeSize, local: (type: DIType) => type.sizeBits / 8 },
  matches: { kind: KIND.typeMatches, local: () => 1 },
} as const;

/** A fact of a type in the running kernel, as `i32`. */
export function typeInfo(b: Builder, type: DIType, fact: keyof typeof TYPE_FACTS): Value {
  const { kind, local } = TYPE_FACTS[fact];
  return passthrough(b, relocated(b, i32, type, kind, local(type), "0"));
}

/**
 * Whether an enumerator is in the running kernel, or its value there, as `i64`.
 *
 * @throws InternalError if our copy of the enum has no such name.
 */
export function enumerator(b: Builder, type: DIType, name: string, fact: "exists" | "value"): Value {
  const stripped = strip(type);
  const values = stripped.shape.kind === "enum" ? stripped.shape.values : [];
  const index = values.findIndex((value) => value.name === name);
  const found = values[index];
  if (found === undefined) throw new InternalError("ir-type-mismatch", `no enumerator ${name}`);
  const [kind, local] = fact === "exists" ? [KIND.enumeratorExists, 1n] : [KIND.enumeratorValue, found.value];
  return passthrough(b, relocated(b, i64, stripped, kind, local, `${index}`));
}

/** A type's id in the object's own BTF (`local`) or in the kernel's (`target`), as `i64`. */
export function typeId(b: Builder, type: DIType, where: "local" | "target"): Value {
  const kind = where === "local" ? KIND.typeIdLocal : KIND.typeIdTarget;
  const name = `llvm.btf_type_id.${type.ref.slice(1)}$${kind}`;
  return passthrough(b, load(b, name, i64, type, "btf_type_id"));
}

/** The type's node is in the name, because two types may share a name; the back end reads it from the first colon on. */
function relocated(
  b: Builder,
  result: IntType,
  type: DIType,
  kind: number,
  value: number | bigint,
  access: string,
  own?: number,
): Value {
  const label = "name" in type.shape && type.shape.name !== "" ? type.shape.name : "anon";
  const apart = own === undefined ? "" : `.${own}`;
  const name = `llvm.${label}.${type.ref.slice(1)}${apart}:${kind}:${value}$${access}`;
  return load(b, name, result, type, "btf_ama");
}

function load(b: Builder, name: string, result: IntType, type: MdNode, attribute: string): Value {
  const known = b.module.named(name);
  const global =
    known ??
    b.module.global(name, result, {
      metadata: [["llvm.preserve.access.index", type]],
      attributes: [`"${attribute}"`],
    });
  return b.load(result, global, { align: result.bits / 8 });
}

const accessString = (path: AccessPath): string => [path.first, ...path.indices].join(":");

function byteOffset(path: AccessPath): number {
  return path.member?.bitField === undefined ? path.offsetBits / 8 : storage(path).offsetBits / 8;
}

const width = (path: AccessPath): number => path.member?.bitField?.widthBits ?? path.type.sizeBits;

/** BPF is little-endian here: the field's lowest bit counts from the storage unit's lowest. */
function leftShift(path: AccessPath): number {
  const unit = storage(path);
  return 64 - (path.offsetBits - unit.offsetBits) - width(path);
}

/**
 * What to load for a field: itself, or for a bit-field the smallest aligned unit, from its type's size up, that
 * holds all of it (as libbpf's bpf_core_calc_field_relo does).
 */
function storage(path: AccessPath): { readonly offsetBits: number; readonly sizeBits: number } {
  if (path.member?.bitField === undefined)
    return { offsetBits: path.offsetBits, sizeBits: path.type.sizeBits };
  const end = path.offsetBits + path.member.bitField.widthBits;
  for (let sizeBits = path.type.sizeBits; sizeBits <= 64; sizeBits *= 2) {
    const offsetBits = Math.floor(path.offsetBits / sizeBits) * sizeBits;
    if (end <= offsetBits + sizeBits) return { offsetBits, sizeBits };
  }
  throw new InternalError("ir-type-mismatch", `bit-field ${path.member.name ?? ""} does not fit 64 bits`);
}

function isSigned({ shape }: DIType): boolean {
  return (shape.kind === "int" || shape.kind === "enum") && shape.signed;
}

/** The type under const, volatile and typedef. */
function strip(type: DIType): DIType {
  let stripped = type;
  while (stripped.shape.kind === "alias" && stripped.shape.of !== null) stripped = stripped.shape.of;
  return stripped;
}
