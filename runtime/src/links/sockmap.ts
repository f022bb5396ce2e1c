import { type AttachType, attachTypes } from "@tsbpfc/loader";
import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno, SyscallError, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { tooOld } from "../sys/release.js";
import type { Attach } from "./attach.js";
import { Link } from "./link.js";
import { progAttach } from "./prog-attach.js";

/** First release of each hook, where it is not that of the maps. */
const sinceTypes: Partial<Record<AttachType, string>> = { sk_msg_verdict: "4.17", sk_skb_verdict: "5.13" };

/**
 * `sk_skb/stream_parser`, `sk_skb/stream_verdict`, `sk_skb/verdict` and `sk_msg`: on the sockets in a sockmap or
 * sockhash, `attach({ map })`. A socket takes the programs when it is put into the map, and keeps them until it leaves
 * it: attach first. Linux 4.14, `sk_msg` 4.17, `sk_skb/verdict` 5.13; by BPF link 6.10.
 */
export const attachSockmap: Attach = (program, { map }) => {
  const type = program.hook.expectedAttachType;
  if (type === null)
    throw new UsageError(
      "bad-value",
      `${program.label}: section "${program.hook.section}" does not say when it runs: write "sk_skb/stream_verdict"`,
    );
  if (map === undefined)
    throw new UsageError(
      "target-missing",
      `${program.label} runs on the sockets of a map: attach({ map: skeleton.maps.sockets })`,
    );
  const label = `${program.hook.section} on a map of sockets (${program.label})`;
  const attr = new Struct("linkCreate", {
    prog_fd: program.fd,
    target_fd: map.fd,
    attach_type: attachTypes[type],
  });
  const fd = bpf(kernel(), "BPF_LINK_CREATE", attr.bytes);
  if (fd >= 0) return new Link(fd, label);
  // EINVAL: before 6.10 there are no links of this kind.
  if (fd !== -errno.EINVAL) throw new SyscallError("bpf(BPF_LINK_CREATE)", -fd, label);
  const old = tooOld("Programs on maps of sockets", sinceTypes[type] ?? "4.14");
  return progAttach(program, {
    targetFd: map.fd,
    type,
    label,
    why: "this kernel attaches to maps of sockets without a BPF link (Linux 6.10)",
    hint: old || "sk_skb/verdict and a parser exclude each other; a map has one program of each kind.",
  });
};
