import { entry } from "./entry.js";

/** 6xxx: objects that a program owns. */
export const objects = {
  graphNode: entry("TSB6001", (root: string, node: string, fields: readonly string[]) => ({
    what: `${root} cannot tell by which field these objects hang in it${fields.length > 1 ? `: ${fields.join(" and ")} are each a ${node}` : ""}.`,
    why: `The kernel finds an object from its ${node}, whose place in a class of the probe's own it is told by name.`,
    instead: `Give the class one ${node}, or name the field: \`${root}<Job, "node">\`.`,
  })),
  kptrAssigned: entry("TSB6002", () => ({
    what: "A kptr is not assigned to.",
    why: "What was in it would be lost without being released; the verifier lets only an exchange change it.",
    instead: "Write `const old = bpf_kptr_xchg(value.field, object)`, and release what it gives.",
  })),
  kptrExpected: entry("TSB6003", (actual: string) => ({
    what: `${actual} is not a field that an object can be kept in.`,
    why: "bpf_kptr_xchg changes a pointer that the map's BTF marks as owning what it leads to.",
    instead: "Declare the field as `kptr<T>` or `percpuKptr<T>` in the class of a map's value.",
  })),
  objectClass: entry("TSB6004", (type: string) => ({
    what: `${type} cannot be allocated.`,
    why: "The kernel lays an object out by the BTF of a class of the probe's own (kernel: bpf_obj_new_impl).",
    instead: "Give a class with fields: `bpf_obj_new(Job)`.",
  })),
  lockMissing: entry("TSB6005", (root: string) => ({
    what: `There is no SpinLock beside this ${root}.`,
    why: "The kernel makes no list or tree without the lock that is held around each of its calls (kernel: btf_check_and_fixup_fields).",
    instead: "Put a `lock: SpinLock` into the same class, and use withLock().",
  })),
  orderCaptures: entry("TSB6006", (name: string) => ({
    what: `'${name}' is a variable of the function around, which the order of a tree cannot see.`,
    why: "The kernel gives the function two objects to compare, and nothing else.",
    instead: "Keep what decides in the objects, or in a global.",
  })),
  objectNotHere: entry("TSB6007", (name: string, object: string, section: string, type: string) => ({
    what: `'${name}' holds a ${object}, and @SEC("${section}") is a program of type ${type}.`,
    why: "Such programs run where locks and timers are taken, too; the kernel lets them use no map and no global that has one, a list or a tree (kernel: check_map_prog_compatibility).",
    instead:
      "Attach to the same place by tp_btf or fentry, or keep it in a map of another program's; count with atomic.add().",
  })),
  referenceLeaked: entry("TSB6010", (from: string, line: number, by: string) => ({
    what: `What ${from} gave in line ${line} is not given back on this way.`,
    why: "It would never be freed; the verifier rejects a program that ends with a reference of its own.",
    instead: `Give it to ${by} before.`,
  })),
  referenceGone: entry("TSB6011", (from: string, line: number) => ({
    what: `What ${from} gave in line ${line} is not the program's any more.`,
    why: "It was released, or hangs in a list or tree whose lock was let go: another may free it at any time, and the verifier rejects the use.",
    instead: "Use it before; or take a reference of its own first (bpf_refcount_acquire, bpf_task_acquire).",
  })),
} as const;
