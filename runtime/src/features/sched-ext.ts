import { BtfError } from "@tsbpfc/loader";
import { vmlinuxBtf } from "../load/vmlinux.js";
import type { Feature } from "./feature.js";

/**
 * CPU schedulers as struct_ops (`sched_ext_ops`). Linux 6.12 with CONFIG_SCHED_CLASS_EXT. Asked of the kernel's BTF, where
 * the structs are that it takes operations in.
 */
export const schedExt: Feature = {
  name: "sched_ext",
  since: "6.12",
  probe: () => {
    try {
      return vmlinuxBtf().find("bpf_struct_ops_sched_ext_ops", ["struct"]).length > 0 ? "yes" : "no";
    } catch (error) {
      if (error instanceof BtfError && error.code === "BTF_UNREADABLE") return "no";
      throw error;
    }
  },
};
