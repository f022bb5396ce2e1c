import { attachTypes } from "@tsbpfc/loader";
import { Struct } from "../sys/attr.js";
import { bpf, cText } from "../sys/bpf.js";
import { SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { Attach } from "./attach.js";
import { createLink } from "./create.js";
import { Link } from "./link.js";

/** BPF_RAW_TRACEPOINT_OPEN by name. Linux 4.17. */
export const attachRawTracepoint: Attach = (program) => {
  const k = kernel();
  const label = `raw tracepoint ${program.spec.attachTo} (${program.label})`;
  const name = cText(program.spec.attachTo);
  const attr = new Struct("rawTracepoint", { name: k.address(name), prog_fd: program.fd });
  const fd = bpf(k, "BPF_RAW_TRACEPOINT_OPEN", attr.bytes);
  if (fd < 0) throw new SyscallError("bpf(BPF_RAW_TRACEPOINT_OPEN)", -fd, label);
  return new Link(fd, label);
};

/** tp_btf, fentry, fexit, fmod_ret, LSM: the target was named at load. Linux 5.5; LSM 5.7. */
export const attachTrace: Attach = (program, { cookie }) => {
  const attachType = program.spec.expectedAttachType;
  return createLink(
    {
      prog_fd: program.fd,
      target_fd: 0,
      attach_type: attachType === null ? 0 : attachTypes[attachType],
      "tracing.cookie": cookie ?? 0n,
    },
    `${program.spec.section} (${program.label})`,
    "5.5",
  );
};
