import { mapTypes } from "@tsbpfc/loader";
import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { commands } from "../sys/commands.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { type Answer, answerOf, type Feature } from "./feature.js";

const refusals: ReadonlySet<number> = new Set([errno.EINVAL, errno.E2BIG]);

/** No descriptor: a kernel that knows the command says so. */
const NOTHING = -1;
const known = (result: number): Answer => (result === -errno.EBADF ? "yes" : answerOf(result, refusals));

/** A descriptor that was made for the question. */
function made(result: number): Answer {
  if (result >= 0) kernel().close(result);
  return answerOf(result, refusals);
}

const array = { map_type: mapTypes.array, key_size: 4, value_size: 4, max_entries: 1 } as const;

/** What programs print, and the kernel says of them: BPF_PROG_STREAM_READ_BY_FD. Linux 6.17. */
export const programStreams: Feature = {
  name: "streams of programs",
  since: "6.17",
  probe: () =>
    known(
      bpf(
        kernel(),
        "BPF_PROG_STREAM_READ_BY_FD",
        new Struct("streamRead", { prog_fd: NOTHING, stream_id: 1 }).bytes,
      ),
    ),
};

/** struct_ops maps of programs that are not theirs: BPF_PROG_ASSOC_STRUCT_OPS. Linux 7.0. */
export const structOpsAssociations: Feature = {
  name: "struct_ops maps of other programs",
  since: "7.0",
  probe: () =>
    known(
      bpf(
        kernel(),
        "BPF_PROG_ASSOC_STRUCT_OPS",
        new Struct("assocStructOps", { prog_fd: NOTHING, map_fd: NOTHING }).bytes,
      ),
    ),
};

/** `struct bpf_common_attr`, by which the kernel says why it makes no map: BPF_COMMON_ATTRS. Linux 7.2. */
export const creationLogs: Feature = {
  name: "logs of map creation",
  since: "7.2",
  probe: () =>
    made(
      kernel().bpf(commands.BPF_MAP_CREATE, new Struct("mapCreate", array).bytes, new Struct("common").bytes),
    ),
};

/** Bytes of a SHA-256. */
const HASH = 32;

/** Maps that one program alone may use: `excl_prog_hash` of BPF_MAP_CREATE. Linux 6.18. */
export const exclusiveMaps: Feature = {
  name: "maps of one program",
  since: "6.18",
  probe: () => {
    const hash = kernel().address(new Uint8Array(HASH));
    const attr = new Struct("mapCreate", { ...array, excl_prog_hash: hash, excl_prog_hash_size: HASH });
    return made(bpf(kernel(), "BPF_MAP_CREATE", attr.bytes));
  },
};
