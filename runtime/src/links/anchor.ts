import type { ProgramHandle } from "../programs/handle.js";
import { Link } from "./link.js";

const BPF_F_BEFORE = 1 << 3;
const BPF_F_AFTER = 1 << 4;
const BPF_F_LINK = 1 << 13;

/** A program's place among those of the same hook. Last if it is not said. */
export type Anchor =
  | "first"
  | "last"
  | { readonly before: Link | ProgramHandle }
  | { readonly after: Link | ProgramHandle };

/** `flags` and `relative_fd` of an attachment that has an order (include/uapi/linux/bpf.h). */
export function anchorValues(anchor: Anchor | undefined): {
  readonly flags: number;
  readonly relativeFd: number;
} {
  if (anchor === undefined) return { flags: 0, relativeFd: 0 };
  if (anchor === "first") return { flags: BPF_F_BEFORE, relativeFd: 0 };
  if (anchor === "last") return { flags: BPF_F_AFTER, relativeFd: 0 };
  const [side, other] =
    "before" in anchor ? ([BPF_F_BEFORE, anchor.before] as const) : ([BPF_F_AFTER, anchor.after] as const);
  return { flags: side | (other instanceof Link ? BPF_F_LINK : 0), relativeFd: other.fd };
}
