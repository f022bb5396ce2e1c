import { tooOld } from "../sys/release.js";
import type { LinkKind } from "./info.js";

/** What can be done to a link that is there: the first release, or why no kernel can. */
interface Operations {
  readonly update: string | { readonly never: string };
  readonly detach: string | { readonly never: string };
}

const closing: Operations["detach"] = { never: "it ends when its last descriptor and pin are gone" };
const fixed: Operations = {
  update: { never: "close it, and attach the other program" },
  detach: closing,
};
const both = (update: string, detach = update): Operations => ({ update, detach });

/** By kind, from the `bpf_link_ops` of each (`update_prog`, `update_map`, `detach`). */
const operations: Partial<Record<LinkKind, Operations>> = {
  raw_tracepoint: fixed,
  tracing: fixed,
  cgroup: both("5.7", "5.9"),
  iter: { update: "5.8", detach: closing },
  netns: both("5.8", "5.9"),
  xdp: both("5.9"),
  perf_event: fixed,
  kprobe_multi: fixed,
  struct_ops: both("6.4", "6.11"),
  netfilter: { ...fixed, detach: "6.4" },
  tcx: both("6.6"),
  uprobe_multi: fixed,
  netkit: both("6.7"),
  sockmap: both("6.10"),
  tracing_multi: fixed,
};

/** What to say when the kernel refuses: why links of this kind cannot, or since when they can. Empty if neither is known. */
export function refusedOperation(kind: LinkKind | null, operation: keyof Operations): string {
  const found = kind && operations[kind]?.[operation];
  if (!found) return "";
  const what = operation === "update" ? "updated" : "detached";
  if (typeof found === "object") return `Links of kind ${kind} cannot be ${what}: ${found.never}.`;
  return tooOld(`That a link of kind ${kind} is ${what}`, found);
}
