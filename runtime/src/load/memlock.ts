import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";

let done = false;

/**
 * Before Linux 5.11 maps and programs count against RLIMIT_MEMLOCK, whose default of 64 KiB or 8 MiB is soon used
 * up. Later kernels account them to the memory cgroup instead. A tiny map made under the present limit tells nothing
 * about larger ones, so the helper that came with the change is asked for: bpf_ktime_get_coarse_ns (kernel commit
 * d05512618056, 5.11).
 */
export function removeMemlockLimit(): void {
  if (done) return;
  done = true;
  if (!hasMemcgAccounting()) kernel().unlimitMemlock();
}

const BPF_PROG_TYPE_SOCKET_FILTER = 1;
const BPF_FUNC_ktime_get_coarse_ns = 160;

function hasMemcgAccounting(): boolean {
  const k = kernel();
  const insns = new Uint8Array(16);
  const view = new DataView(insns.buffer);
  view.setUint8(0, 0x85); // call
  view.setInt32(4, BPF_FUNC_ktime_get_coarse_ns, true);
  view.setUint8(8, 0x95); // exit
  const license = new TextEncoder().encode("GPL\0");
  const attr = new Struct("programLoad", {
    prog_type: BPF_PROG_TYPE_SOCKET_FILTER,
    insn_cnt: 2,
    insns: k.address(insns),
    license: k.address(license),
  });
  const fd = bpf(k, "BPF_PROG_LOAD", attr.bytes);
  if (fd >= 0) k.close(fd);
  // Without the right to load programs nothing can be said, and nothing would be gained.
  return fd >= 0 || fd === -errno.EPERM;
}
