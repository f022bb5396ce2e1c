import type { ProgramType } from "@tsbpfc/loader";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { type Answer, answerOf, type Feature } from "./feature.js";
import { helpers } from "./helpers.generated.js";
import { helperValues } from "./program-types.js";
import { returnZero, tryLoadWithLog } from "./try-load.js";

/** The kernel's helper functions: `bpf_get_current_pid_tgid` and the like. */
export type HelperName = keyof typeof helpers;

/** Instructions that call a helper with whatever the registers hold: the context, and nothing else. */
function callOf(helper: number): Uint8Array {
  const insns = new Uint8Array(8 + returnZero.length);
  const view = new DataView(insns.buffer);
  view.setUint8(0, 0x85); // call
  view.setInt32(4, helper, true);
  // Some types may not return what a helper gives.
  insns.set(returnZero, 8);
  return insns;
}

/** What verifiers say of a helper that they do not know, or not for the type: before Linux 4.16, before 6.10, and since. */
const refused = /invalid func |unknown func |cannot use helper /;

/**
 * Whether programs of a type may call a helper; of those that may sleep only, if it waits (`bpf_copy_from_user`). What
 * else the verifier finds wrong, it has found the helper: the arguments are none. `since` is the helper's first release;
 * a type may have got it later.
 */
export function helperFeature(type: ProgramType, name: HelperName): Feature {
  const [helper, since] = helpers[name];
  return {
    name: `${name} in programs of type ${type}`,
    since,
    probe: (): Answer => {
      const values = helperValues(type);
      if (values === null) return "no";
      const { result, log } = tryLoadWithLog(callOf(helper), values);
      if (result >= 0) kernel().close(result);
      // Without a word of the verifier's it is the type that the kernel refuses, or this process.
      if (log === "") return answerOf(result, new Set([errno.EINVAL]));
      return refused.test(log) ? "no" : "yes";
    },
  };
}

/**
 * Memory of maps and programs is accounted to the memory cgroup, not to RLIMIT_MEMLOCK. A tiny map made under the
 * present limit tells nothing about larger ones, so the helper that came with the change is asked for:
 * bpf_ktime_get_coarse_ns (kernel commit d05512618056).
 */
export const memcgAccounting: Feature = {
  name: "memory cgroup accounting",
  since: "5.11",
  probe: () => helperFeature("socket_filter", "bpf_ktime_get_coarse_ns").probe(),
};

/** `bpf_get_attach_cookie`, and links of perf events. */
export const attachCookies: Feature = {
  name: "attach cookies",
  since: "5.15",
  probe: () => helperFeature("tracepoint", "bpf_get_attach_cookie").probe(),
};
