import { allBtfFeatures, type Btf, loadableBtf } from "@tsbpfc/loader";
import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";

/**
 * Gives the object's BTF to the kernel. Linux 4.18.
 *
 * @throws SyscallError, with the kernel's log of what it refuses
 */
export function loadBtf(btf: Btf): number {
  const k = kernel();
  const bytes = loadableBtf(btf, allBtfFeatures);
  const load = (log: Uint8Array | null): number => {
    const attr = new Struct("btfLoad", { btf: k.address(bytes), btf_size: bytes.length });
    if (log) {
      attr.set("btf_log_buf", k.address(log));
      attr.set("btf_log_size", log.length);
      attr.set("btf_log_level", 1);
    }
    return bpf(k, "BPF_BTF_LOAD", attr.bytes);
  };
  const fd = load(null);
  if (fd >= 0) return fd;
  const log = new Uint8Array(64 * 1024);
  const retried = load(log);
  if (retried >= 0) return retried;
  const text = new TextDecoder().decode(log.subarray(0, Math.max(0, log.indexOf(0)))).trim();
  throw new SyscallError(
    "bpf(BPF_BTF_LOAD)",
    -fd,
    "the object's BTF",
    text === "" ? "" : `The kernel says: ${text.split("\n").at(-1)}`,
  );
}
