import { closeSync } from "node:fs";
import { attachTypes } from "@tsbpfc/loader";
import { IterOutput } from "../readers/iter-output.js";
import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { tooOld } from "../sys/release.js";
import type { Attach, AttachOptions } from "./attach.js";
import { Link } from "./link.js";
import { openTarget } from "./open-target.js";

/** `union bpf_iter_link_info`: what an iterator goes through, where its kind leaves that open. */
const LINK_INFO_SIZE = 16;
/** `BPF_CGROUP_ITER_SELF_ONLY`, `_DESCENDANTS_PRE`, `_DESCENDANTS_POST`, `_ANCESTORS_UP`; `_CHILDREN` of Linux 7.0. */
const orders = {
  self: 1,
  "descendants-pre": 2,
  "descendants-post": 3,
  ancestors: 4,
  children: 5,
} as const;

export type CgroupOrder = keyof typeof orders;

/** An iterator that is attached: each round runs the program over the kernel's objects anew. */
export class IterLink extends Link {
  override output(): IterOutput {
    return new IterOutput(() => {
      const fd = bpf(kernel(), "BPF_ITER_CREATE", new Struct("iterCreate", { link_fd: this.fd }).bytes);
      if (fd < 0) throw new SyscallError("bpf(BPF_ITER_CREATE)", -fd, this.label);
      return fd;
    }, this.label);
  }
}

/**
 * `iter/task`, `iter/bpf_map_elem` …: Linux 5.8. Of a map's elements: `attach({ map })`; of one process's threads or
 * files: `{ pid }` (6.1); of a part of the cgroup tree: `{ cgroup, order }` (6.1).
 *
 * @throws UsageError, SyscallError for an iterator that wants a target and was given none
 */
export const attachIter: Attach = (program, options) => {
  const label = `iterator ${program.hook.attachTo} (${program.label})`;
  const cgroupFd = options.cgroup === undefined ? -1 : openTarget(options.cgroup, label);
  try {
    const info = linkInfo(options, cgroupFd, label);
    const k = kernel();
    const values = {
      prog_fd: program.fd,
      attach_type: attachTypes.trace_iter,
      ...(info && { iter_info: k.address(info), iter_info_len: info.length }),
    };
    const result = bpf(k, "BPF_LINK_CREATE", new Struct("linkCreate", values).bytes);
    if (result >= 0) return new IterLink(result, label);
    const hint = [tooOld("An iterator", "5.8"), childrenHint(options), advice]
      .filter((part) => part !== "")
      .join(" ");
    throw new SyscallError("bpf(BPF_LINK_CREATE)", -result, label, hint);
  } finally {
    if (cgroupFd >= 0) closeSync(cgroupFd);
  }
};

const childrenHint = ({ order }: AttachOptions): string =>
  order === "children" ? tooOld('An iterator in the order "children"', "7.0") : "";

const advice =
  "An iterator of a map's elements wants attach({ map }), one of cgroups attach({ cgroup }); others take { pid } or nothing.";

function linkInfo(options: AttachOptions, cgroupFd: number, label: string): Uint8Array | null {
  const given = (["map", "pid", "cgroup"] as const).filter((name) => options[name] !== undefined);
  if (given.length > 1)
    throw new UsageError("bad-value", `${label}: ${given.join(" and ")} cannot be given together`);
  if (given.length === 0) return null;
  const info = new Uint8Array(LINK_INFO_SIZE);
  const view = new DataView(info.buffer);
  if (options.map !== undefined) view.setUint32(0, options.map.fd, true);
  if (options.pid !== undefined) view.setUint32(4, options.pid, true);
  if (cgroupFd >= 0) {
    view.setUint32(0, orders[options.order ?? "descendants-pre"], true);
    view.setUint32(4, cgroupFd, true);
  }
  return info;
}
