import { allBtfFeatures, type Btf, type BtfFeatures, loadableBtf } from "@tsbpfc/loader";
import { btfFeatures, probeBtfFeatures } from "../features/btf.js";
import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno, SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { Token } from "./token.js";

/** An object's BTF in the kernel. */
export interface LoadedBtf {
  /** -1 on a kernel that takes none. */
  readonly fd: number;
  /** Whether programs may name their functions in it (func_info, Linux 5.0). */
  readonly functions: boolean;
  /** Whether sections' maps may name their datasec in it (Linux 5.2). */
  readonly sections: boolean;
}

export const noBtf: LoadedBtf = { fd: -1, functions: false, sections: false };

/**
 * Gives the object's BTF to the kernel (Linux 4.18). Kinds that the kernel is too old for are replaced by ones that
 * it knows, and before 4.18 the object goes without. A kernel that knows them all and still refuses is an error.
 *
 * @throws SyscallError, with the kernel's log of what it refuses
 */
export function loadBtf(btf: Btf, token: Token): LoadedBtf {
  const bytes = loadableBtf(btf, allBtfFeatures);
  const fd = load(bytes, token);
  if (fd >= 0) return loaded(fd, allBtfFeatures);
  return (
    (fd === -errno.EINVAL ? forOlderKernel(btf, token) : null) ?? withLog(bytes, allBtfFeatures, fd, token)
  );
}

/** Null if the kernel's age is not the reason. */
function forOlderKernel(btf: Btf, token: Token): LoadedBtf | null {
  if (btfFeatures.btf.probe() === "no") return noBtf;
  const features = probeBtfFeatures();
  if (Object.values(features).every((has) => has)) return null;
  const bytes = loadableBtf(btf, features);
  const fd = load(bytes, token);
  return fd >= 0 ? loaded(fd, features) : withLog(bytes, features, fd, token);
}

const loaded = (fd: number, features: BtfFeatures): LoadedBtf => ({
  fd,
  functions: features.func,
  sections: features.datasec,
});

/** Tries once more, for the kernel's reason. */
function withLog(bytes: Uint8Array, features: BtfFeatures, first: number, token: Token): LoadedBtf {
  const log = new Uint8Array(64 * 1024);
  const fd = load(bytes, token, log);
  if (fd >= 0) return loaded(fd, features);
  const text = new TextDecoder().decode(log.subarray(0, Math.max(0, log.indexOf(0)))).trim();
  throw new SyscallError(
    "bpf(BPF_BTF_LOAD)",
    -first,
    "the object's BTF",
    text === "" ? "" : `The kernel says: ${text.split("\n").at(-1)}`,
  );
}

function load(bytes: Uint8Array, token: Token, log?: Uint8Array): number {
  const k = kernel();
  const attr = new Struct("btfLoad", {
    btf: k.address(bytes),
    btf_size: bytes.length,
    btf_flags: token.flag,
    btf_token_fd: token.fd,
  });
  if (log) {
    attr.set("btf_log_buf", k.address(log));
    attr.set("btf_log_size", log.length);
    attr.set("btf_log_level", 1);
  }
  return bpf(k, "BPF_BTF_LOAD", attr.bytes);
}
