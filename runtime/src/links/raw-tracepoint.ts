import { attachTypes } from "@tsbpfc/loader";
import { functionOf } from "../load/attach-target.js";
import type { Program } from "../programs/program.js";
import { Struct } from "../sys/attr.js";
import { bpf, cText } from "../sys/bpf.js";
import { errno, SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { Attach } from "./attach.js";
import { Link } from "./link.js";

/** BPF_RAW_TRACEPOINT_OPEN by name. Linux 4.17; a cookie 6.9. */
export const attachRawTracepoint: Attach = (program, { cookie }) => {
  const k = kernel();
  const label = `raw tracepoint ${program.spec.attachTo} (${program.label})`;
  const name = cText(program.spec.attachTo);
  const attr = new Struct("rawTracepoint", {
    name: k.address(name),
    prog_fd: program.fd,
    cookie: cookie ?? 0n,
  });
  const fd = bpf(k, "BPF_RAW_TRACEPOINT_OPEN", attr.bytes);
  if (fd < 0) throw new SyscallError("bpf(BPF_RAW_TRACEPOINT_OPEN)", -fd, label);
  return new Link(fd, label);
};

/**
 * tp_btf, fentry, fexit, fmod_ret, LSM: the target was named at load (Linux 5.5; LSM 5.7). freplace: likewise, or
 * another program's function of the same type, `attach({ target, symbol })` (5.10).
 */
export const attachTrace: Attach = (program, { cookie, target, symbol }) => {
  const attachType = program.spec.expectedAttachType;
  const label = `${program.spec.section} (${program.label})`;
  const values = {
    prog_fd: program.fd,
    target_fd: target?.fd ?? 0,
    attach_type: attachType === null ? 0 : attachTypes[attachType],
    "tracing.target_btf_id":
      target === undefined ? 0 : functionOf(target.fd, symbol ?? program.spec.attachTo, label),
    "tracing.cookie": cookie ?? 0n,
  } as const;
  const result = bpf(kernel(), "BPF_LINK_CREATE", new Struct("linkCreate", values).bytes);
  if (result >= 0) return new Link(result, label);
  if (result === -errno.EINVAL && cookie === undefined && target === undefined)
    return openTrace(program, label);
  const since = cookie === undefined ? "5.10" : "6.0 for a cookie";
  throw new SyscallError(
    "bpf(BPF_LINK_CREATE)",
    -result,
    label,
    result === -errno.EINVAL
      ? `Such a link needs Linux ${since}, and a function of the type that the program was loaded for.`
      : "",
  );
};

/** As before Linux 5.18: the same command as for raw tracepoints, without a name. */
function openTrace(program: Program, label: string): Link {
  const attr = new Struct("rawTracepoint", { prog_fd: program.fd });
  const fd = bpf(kernel(), "BPF_RAW_TRACEPOINT_OPEN", attr.bytes);
  if (fd < 0) throw new SyscallError("bpf(BPF_RAW_TRACEPOINT_OPEN)", -fd, label);
  return new Link(fd, label);
}
