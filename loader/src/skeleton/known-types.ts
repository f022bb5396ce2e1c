import type { ByteOrder } from "./shape.js";

/** Typedefs that fix an integer's byte order, as the kernel's headers and the dialect name them. */
export const byteOrders: Readonly<Record<string, ByteOrder>> = {
  be16: "big",
  be32: "big",
  be64: "big",
  __be16: "big",
  __be32: "big",
  __be64: "big",
  __le16: "little",
  __le32: "little",
  __le64: "little",
};

/**
 * Structs in a map's value that belong to the kernel: user space reads them as zero, and what it writes to them is
 * ignored (kernel: `btf_parse_fields`, `bpf_obj_memcpy`, `check_and_init_map_value`). Skeletons leave them out.
 */
export const kernelStructs: ReadonlySet<string> = new Set([
  "bpf_spin_lock",
  "bpf_res_spin_lock",
  "bpf_timer",
  "bpf_wq",
  "bpf_task_work",
  "bpf_refcount",
  "bpf_list_head",
  "bpf_list_node",
  "bpf_rb_root",
  "bpf_rb_node",
]);

/** Type tags of pointers that are the kernel's own likewise; a `uptr` is user space's to give (Linux 6.13). */
export const kernelPointers: ReadonlySet<string> = new Set(["kptr", "kptr_untrusted", "percpu_kptr"]);
