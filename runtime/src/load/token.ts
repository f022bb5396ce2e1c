import { closeSync } from "node:fs";
import { openTarget } from "../links/open-target.js";
import { bpfCommand } from "../sys/bpf.js";
import { SyscallError, UsageError } from "../sys/errors.js";
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
 * The token of the BPF file system that is mounted at a path; of the first that gives one, if no path is named; none if
 * it is null.
 *
 * @throws SyscallError for the path that is named; UsageError `target-missing` if it is not there
 */
export function openToken(path: string | null | undefined): Token {
  if (path === null) return noToken;
  return path === undefined ? delegated() : tokenOf(path);
}

/**
 * What a container manager has delegated. Processes of the first user namespace are given none (kernel:
 * `bpf_token_create`), and need none.
 */
function delegated(): Token {
  const users = textOf("/proc/self/uid_map");
  if (users === "" || /^\s*0\s+0\s+4294967295\s*$/.test(users)) return noToken;
  for (const [, path = ""] of textOf("/proc/self/mounts").matchAll(/^\S+ (\S+) bpf /gm)) {
    try {
      return tokenOf(
        path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
      );
    } catch (error) {
      if (!(error instanceof SyscallError || error instanceof UsageError)) throw error;
    }
  }
  return noToken;
}

/** Empty if it is not there. */
function textOf(path: string): string {
  const bytes = kernel().readFile(path);
  return bytes ? new TextDecoder().decode(bytes) : "";
}

function tokenOf(path: string): Token {
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
