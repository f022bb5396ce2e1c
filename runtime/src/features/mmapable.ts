import { mapTypes } from "@tsbpfc/loader";
import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { answerOf, type Feature } from "./feature.js";

/** `BPF_F_MMAPABLE`, include/uapi/linux/bpf.h. */
export const BPF_F_MMAPABLE = 0x400;

/** Arrays whose memory a process can share: live globals. */
export const mmapableArrays: Feature = {
  name: "arrays in shared memory",
  since: "5.5",
  probe: () => {
    const k = kernel();
    const attr = new Struct("mapCreate", {
      map_type: mapTypes.array,
      key_size: 4,
      value_size: 4,
      max_entries: 1,
      map_flags: BPF_F_MMAPABLE,
    });
    const result = bpf(k, "BPF_MAP_CREATE", attr.bytes);
    if (result >= 0) k.close(result);
    return answerOf(result, new Set([errno.EINVAL]));
  },
};
