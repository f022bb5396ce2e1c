import { closeSync } from "node:fs";
import { openTarget } from "../links/open-target.js";
import { bpfCommand } from "../sys/bpf.js";
import { kernel } from "../sys/kernel.js";

/** include/uapi/linux/bpf.h: the token's descriptor is in its field. Of maps, programs and BTF alike. */
const BPF_F_TOKEN_FD = 1 << 16;

/**
 * Rights of others to load, which a BPF file system delegates to a user namespace (`delegate_cmds` and its like, mount
 * options). Linux 6.9.
 */
export interface Token {
  /** 0 without a token. */
  readonly fd: number;
  /** To be added to the flags of what is made. */
  readonly flag: number;
  close(): void;
}

/** What this process may do by itself is enough. */
export const noToken: Token = { fd: 0, flag: 0, close: () => {} };

/**
 * The token of the BPF file system that is mounted at a path; without one, none.
 *
 * @throws SyscallError; UsageError `target-missing` if the path is not there
 */
export function openToken(path: string | undefined): Token {
  if (path === undefined) return noToken;
  const bpffs = openTarget(path, "a BPF token");
  let open: number;
  try {
    open = bpfCommand("BPF_TOKEN_CREATE", "tokenCreate", { bpffs_fd: bpffs }, `BPF token of ${path}`, advice);
  } finally {
    closeSync(bpffs);
  }
  return {
    fd: open,
    flag: BPF_F_TOKEN_FD,
    close: () => {
      if (open >= 0) kernel().close(open);
      open = -1;
    },
  };
}

const advice =
  "A token needs Linux 6.9, a process with CAP_BPF in a user namespace of its own, and a BPF file system of that namespace that delegates something (mount options delegate_cmds, delegate_maps, delegate_progs, delegate_attachs).";
