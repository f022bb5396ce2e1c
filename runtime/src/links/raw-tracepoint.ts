import { attachTypes } from "@tsbpfc/loader";
import { functionOf } from "../load/attach-target.js";
import { Struct } from "../sys/attr.js";
import { bpf, cText } from "../sys/bpf.js";
import { errno, SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { tooOld } from "../sys/release.js";
import type { Attach } from "./attach.js";
import { linkHint } from "./create.js";
import type { HookedProgram } from "./hook.js";
import { Link } from "./link.js";

/** BPF_RAW_TRACEPOINT_OPEN by name. Linux 4.17; a cookie 6.10. */
export const attachRawTracepoint: Attach = (program, { cookie }) => {
  const k = kernel();
  const label = `raw tracepoint ${program.hook.attachTo} (${program.label})`;
  const name = cText(program.hook.attachTo);
  const attr = new Struct("rawTracepoint", {
    name: k.address(name),
    prog_fd: program.fd,
    cookie: cookie ?? 0n,
  });
  const fd = bpf(k, "BPF_RAW_TRACEPOINT_OPEN", attr.bytes);
  if (fd >= 0) return new Link(fd, label);
  throw new SyscallError("bpf(BPF_RAW_TRACEPOINT_OPEN)", -fd, label, rawHint(-fd, cookie !== undefined));
};

function rawHint(number: number, withCookie: boolean): string {
  if (number === errno.ENOENT) return "This kernel has no such tracepoint.";
  // A kernel that does not know the field of a cookie wants it to be zero (E2BIG of a longer attribute, or EINVAL).
  if (number !== errno.EINVAL && number !== errno.E2BIG) return "";
  return tooOld("A raw tracepoint", "4.17") || (withCookie ? tooOld("A cookie there", "6.10") : "");
}

/**
 * tp_btf, fentry, fexit, fmod_ret, LSM: the target was named at load (Linux 5.5; LSM 5.7). freplace: likewise, or
 * another program's function of the same type, `attach({ target, symbol })` (5.10).
 */
export const attachTrace: Attach = (program, { cookie, target, symbol }) => {
  const attachType = program.hook.expectedAttachType;
  const label = `${program.hook.section} (${program.label})`;
  const values = {
    prog_fd: program.fd,
    target_fd: target?.fd ?? 0,
    attach_type: attachType === null ? 0 : attachTypes[attachType],
    "tracing.target_btf_id":
      target === undefined ? 0 : functionOf(target.fd, symbol ?? program.hook.attachTo, label),
    "tracing.cookie": cookie ?? 0n,
  } as const;
  const result = bpf(kernel(), "BPF_LINK_CREATE", new Struct("linkCreate", values).bytes);
  if (result >= 0) return new Link(result, label);
  if (result === -errno.EINVAL && cookie === undefined && target === undefined)
    return openTrace(program, label);
  const hint = linkHint(-result, {
    since: cookie === undefined ? "5.10" : "6.0",
    otherwise: "It wants a function of the type that the program was loaded for.",
  });
  throw new SyscallError("bpf(BPF_LINK_CREATE)", -result, label, hint);
};

/** As before Linux 5.18: the same command as for raw tracepoints, without a name. */
function openTrace(program: HookedProgram, label: string): Link {
  const attr = new Struct("rawTracepoint", { prog_fd: program.fd });
  const fd = bpf(kernel(), "BPF_RAW_TRACEPOINT_OPEN", attr.bytes);
  if (fd >= 0) return new Link(fd, label);
  const since = program.hook.type === "tracing" ? "5.5" : program.hook.type === "ext" ? "5.6" : "5.7";
  throw new SyscallError("bpf(BPF_RAW_TRACEPOINT_OPEN)", -fd, label, linkHint(-fd, { since }));
}
