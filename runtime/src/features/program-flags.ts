import { type ProgramType, programTypes } from "@tsbpfc/loader";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { type Answer, answerOf, type Feature } from "./feature.js";
import { returnZero, tryLoad, tryLoadWithLog } from "./try-load.js";

interface Row {
  readonly bit: number;
  readonly since: string;
  /** A type of program that takes it. */
  readonly type: ProgramType;
  /** What the verifier says of a program that must not have it: then it knows the flag. */
  readonly known?: string;
}

/** Flags of BPF_PROG_LOAD, `BPF_F_*` of include/uapi/linux/bpf.h. */
const rows = {
  BPF_F_STRICT_ALIGNMENT: { bit: 1 << 0, since: "4.12", type: "socket_filter" },
  BPF_F_ANY_ALIGNMENT: { bit: 1 << 1, since: "5.0", type: "socket_filter" },
  BPF_F_TEST_RND_HI32: { bit: 1 << 2, since: "5.3", type: "socket_filter" },
  BPF_F_TEST_STATE_FREQ: { bit: 1 << 3, since: "5.4", type: "socket_filter" },
  // The types that may sleep are newer, or need a function of the kernel's.
  BPF_F_SLEEPABLE: { bit: 1 << 4, since: "5.10", type: "socket_filter", known: "sleepable" },
  BPF_F_XDP_HAS_FRAGS: { bit: 1 << 5, since: "5.18", type: "xdp" },
  BPF_F_TEST_REG_INVARIANTS: { bit: 1 << 7, since: "6.8", type: "socket_filter" },
} as const satisfies Readonly<Record<string, Row>>;

export type ProgramFlag = keyof typeof rows;
export const programFlagRows: Readonly<Record<ProgramFlag, Row>> = rows;
export const programFlags = Object.keys(rows) as readonly ProgramFlag[];

/** Whether the kernel takes a flag of program load, of a type that the flag is for. */
export function programFlagFeature(flag: ProgramFlag): Feature {
  const { bit, since, type, known } = programFlagRows[flag];
  return {
    name: `program flag ${flag}`,
    since,
    probe: (): Answer => {
      const values = { prog_type: programTypes[type], prog_flags: bit };
      if (known !== undefined) {
        const { result, log } = tryLoadWithLog(returnZero, values);
        if (result >= 0) kernel().close(result);
        return log.includes(known) ? "yes" : answerOf(result, new Set([errno.EINVAL]));
      }
      const result = tryLoad(returnZero, values);
      if (result >= 0) kernel().close(result);
      return answerOf(result, new Set([errno.EINVAL]));
    },
  };
}
