import type { ProgramHandle } from "../programs/handle.js";
import { errno } from "../sys/errors.js";
import type { AttachOptions } from "./attach.js";
import { Link } from "./link.js";

/** include/uapi/linux/bpf.h: of attachments that have an order (kernel: kernel/bpf/mprog.c). */
const BPF_F_BEFORE = 1 << 3;
const BPF_F_AFTER = 1 << 4;
const BPF_F_ID = 1 << 5;
const BPF_F_LINK = 1 << 13;

/** What stands at the same hook: a link or a program that is open, or the number of one, as `attached` gives them. */
export type Neighbour = Link | ProgramHandle | { readonly linkId: number } | { readonly programId: number };

/** A program's place among those of the same hook; of cgroups, beside links only. Last if it is not said. */
export type Anchor = "first" | "last" | { readonly before: Neighbour } | { readonly after: Neighbour };

export interface AnchorValues {
  readonly flags: number;
  /** Descriptor or number of the neighbour: one field of the attribute. */
  readonly relative: number;
  /** 0: whatever it is. */
  readonly revision: bigint;
}

/** `flags`, `relative_fd` (or `relative_id`) and `expected_revision` of an attachment that has an order. */
export function anchorValues({
  anchor,
  revision = 0n,
}: Pick<AttachOptions, "anchor" | "revision">): AnchorValues {
  if (anchor === undefined) return { flags: 0, relative: 0, revision };
  if (anchor === "first") return { flags: BPF_F_BEFORE, relative: 0, revision };
  if (anchor === "last") return { flags: BPF_F_AFTER, relative: 0, revision };
  const [side, other] =
    "before" in anchor ? ([BPF_F_BEFORE, anchor.before] as const) : ([BPF_F_AFTER, anchor.after] as const);
  const [kind, relative] = neighbour(other);
  return { flags: side | kind, relative, revision };
}

function neighbour(other: Neighbour): readonly [flags: number, relative: number] {
  if (other instanceof Link) return [BPF_F_LINK, other.fd];
  if ("linkId" in other) return [BPF_F_LINK | BPF_F_ID, other.linkId];
  if ("programId" in other) return [BPF_F_ID, other.programId];
  return [0, other.fd];
}

/** Whether the options say more than that a program is attached. */
export const isPlaced = ({ anchor, revision }: Pick<AttachOptions, "anchor" | "revision">): boolean =>
  anchor !== undefined || revision !== undefined;

const errors: Readonly<Record<number, string>> = {
  [errno.ESTALE]: "The hook has changed since: ask for its revision again (attached).",
  [errno.ENOENT]: "What it is to stand beside is not at this hook.",
  [errno.ERANGE]: "The hook has no such place, or holds 64 programs already.",
  [errno.EEXIST]: "This program is at the hook already.",
};

/** What the kernel means by the errors of a place. */
export const anchorAdvice = (number: number): string => errors[number] ?? "";
