import { type AttachType, attachTypes } from "@tsbpfc/loader";
import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { DetachableLink } from "./detachable.js";
import type { HookedProgram } from "./hook.js";

export interface ProgAttach {
  /** Descriptor of the map, cgroup or device; a copy is the caller's to make if it is to live on. */
  readonly targetFd: number;
  readonly type: AttachType;
  /** `BPF_F_ALLOW_MULTI` and its like. */
  readonly flags?: number;
  readonly label: string;
  /** Why it is no link: the release that has one. */
  readonly why: string;
  /** Runs when it is detached, whether or not that worked. */
  readonly done?: () => void;
  readonly hint?: string;
}

/**
 * BPF_PROG_ATTACH: what was there before links. It stays after this process, until it is closed.
 *
 * @throws SyscallError
 */
export function progAttach(program: HookedProgram, options: ProgAttach): DetachableLink {
  const { targetFd, type, flags = 0, label, why, done = () => {}, hint = "" } = options;
  const command = (name: "BPF_PROG_ATTACH" | "BPF_PROG_DETACH", attachFlags: number): void => {
    const attr = new Struct("programAttach", {
      target_fd: targetFd,
      attach_bpf_fd: program.fd,
      attach_type: attachTypes[type],
      attach_flags: attachFlags,
    });
    const result = bpf(kernel(), name, attr.bytes);
    if (result < 0) throw new SyscallError(`bpf(${name})`, -result, label, hint);
  };
  command("BPF_PROG_ATTACH", flags);
  return new DetachableLink(label, why, () => {
    try {
      command("BPF_PROG_DETACH", 0);
    } finally {
      done();
    }
  });
}
