import { type ProgramType, programTypes } from "@tsbpfc/loader";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { type Answer, answerOf, type Feature } from "./feature.js";
import { tryLoad } from "./try-load.js";

/** Whether a program that calls a helper, with nothing but its context, is taken. */
function takesCall(type: ProgramType, helper: number): Answer {
  const insns = new Uint8Array(16);
  const view = new DataView(insns.buffer);
  view.setUint8(0, 0x85); // call
  view.setInt32(4, helper, true);
  view.setUint8(8, 0x95); // exit
  const result = tryLoad(insns, { prog_type: programTypes[type] });
  if (result >= 0) kernel().close(result);
  return answerOf(result, new Set([errno.EINVAL]));
}

const BPF_FUNC_ktime_get_coarse_ns = 160;
const BPF_FUNC_get_attach_cookie = 174;

/**
 * Memory of maps and programs is accounted to the memory cgroup, not to RLIMIT_MEMLOCK. A tiny map made under the
 * present limit tells nothing about larger ones, so the helper that came with the change is asked for:
 * bpf_ktime_get_coarse_ns (kernel commit d05512618056).
 */
export const memcgAccounting: Feature = {
  name: "memory cgroup accounting",
  since: "5.11",
  probe: () => takesCall("socket_filter", BPF_FUNC_ktime_get_coarse_ns),
};

/** `bpf_get_attach_cookie`, and links of perf events. */
export const attachCookies: Feature = {
  name: "attach cookies",
  since: "5.15",
  probe: () => takesCall("tracepoint", BPF_FUNC_get_attach_cookie),
};
