import type { Btf } from "./btf.js";
import type { BtfType, TypeId } from "./types.js";

/**
 * What the kernel looks for, by name, in a map's value and in the structs inside it: include/linux/bpf.h,
 * `btf_field_type_name`.
 */
const KERNEL_FIELDS: ReadonlySet<string> = new Set([
  "bpf_spin_lock",
  "bpf_res_spin_lock",
  "bpf_timer",
  "bpf_wq",
  "bpf_task_work",
  "bpf_list_head",
  "bpf_list_node",
  "bpf_rb_root",
  "bpf_rb_node",
  "bpf_refcount",
]);

/**
 * Structs in which the kernel's search for such a field comes to bit-fields that do not begin on a byte. It gives up
 * there (`btf_find_struct_field`, kernel/bpf/btf.c), also in structs beside the field since Linux 6.11, and takes the
 * map for one without the field.
 */
export function structsWithHiddenFields(btf: Btf): ReadonlySet<TypeId> {
  const structs = [...btf.ids()].filter((id) => btf.kind(id) === "struct" || btf.kind(id) === "union");
  const misaligned = structs.filter((id) => membersOf(btf, id).some((m) => m.bitOffset % 8 !== 0));
  if (misaligned.length === 0) return new Set();
  const holders = structs.filter((id) =>
    [...embedded(btf, id)].some((inner) => KERNEL_FIELDS.has(btf.name(inner))),
  );
  const searched = new Set(holders.flatMap((id) => [...embedded(btf, id)]));
  return new Set(misaligned.filter((id) => searched.has(id)));
}

/** The struct without what the search gives up at; its size stays. */
export const withoutMisaligned = (type: BtfType): BtfType =>
  type.kind === "struct" || type.kind === "union"
    ? { ...type, members: type.members.filter((m) => m.bitOffset % 8 === 0) }
    : type;

function membersOf(btf: Btf, id: TypeId) {
  const type = btf.type(id);
  return type.kind === "struct" || type.kind === "union" ? type.members : [];
}

/** Types that the kernel looks through (MAX_RESOLVE_DEPTH in kernel/bpf/btf.c). */
const MOST_DIMENSIONS = 32;

/** The struct and all that lie in it, in arrays too. */
function embedded(btf: Btf, id: TypeId, found = new Set<TypeId>()): Set<TypeId> {
  if (found.has(id)) return found;
  found.add(id);
  for (const member of membersOf(btf, id)) {
    let inner = btf.resolve(member.type);
    let type = btf.type(inner);
    // Damaged BTF has arrays of themselves.
    for (let depth = 0; type.kind === "array" && depth < MOST_DIMENSIONS; depth++) {
      inner = btf.resolve(type.type);
      type = btf.type(inner);
    }
    if (type.kind === "struct" || type.kind === "union") embedded(btf, inner, found);
  }
  return found;
}
