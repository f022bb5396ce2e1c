import { type FieldValues, Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno, SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { tooOld } from "../sys/release.js";
import { Link } from "./link.js";

/** What to say of a link that the kernel refuses. */
export interface LinkNeeds {
  /** The first release with such a link. */
  readonly since: string;
  /** Of EINVAL on a kernel that is new enough, or on any: what else it may mean. */
  readonly otherwise?: string;
  /** Of other errors. */
  readonly advice?: (number: number) => string;
}

/** BPF_LINK_CREATE: a descriptor. @throws SyscallError */
export function createLinkFd(values: FieldValues<"linkCreate">, label: string, needs: LinkNeeds): number {
  const result = bpf(kernel(), "BPF_LINK_CREATE", new Struct("linkCreate", values).bytes);
  if (result < 0) throw new SyscallError("bpf(BPF_LINK_CREATE)", -result, label, linkHint(-result, needs));
  return result;
}

/** The same as a link. @throws SyscallError */
export function createLink(values: FieldValues<"linkCreate">, label: string, needs: LinkNeeds): Link {
  return new Link(createLinkFd(values, label, needs), label);
}

const mismatch =
  "The kernel has such links: the program was loaded for another hook (its section says which), or the target does not take it.";

/** What stands behind a refusal. EINVAL is what a kernel says to a kind of link that it does not know. */
export function linkHint(number: number, { since, otherwise = "", advice }: LinkNeeds): string {
  if (number !== errno.EINVAL) return advice?.(number) ?? "";
  const old = tooOld("Such a link", since);
  return [old, otherwise || (old === "" ? mismatch : "")].filter((part) => part !== "").join(" ");
}
