import type { VerifierEvent, VerifierFrame } from "./log.js";

/** What a call may end: the pointer's kind in the verifier's states, the calls that do, and how Linux 7.3 says it. */
const endings: readonly { readonly kind: RegExp; readonly calls: RegExp; readonly note: string }[] = [
  {
    kind: /^pkt/,
    // bpf_helper_changes_pkt_data, net/core/filter.c
    calls:
      /skb_(vlan|store_bytes|change|pull_data|adjust_room)|clone_redirect|l[34]_csum_replace|xdp_adjust|msg_(pull|push|pop)_data|lwt_(push|seg6)|(store|reserve)_hdr_opt/,
    note: "packet data may have moved",
  },
  {
    kind: /^(ringbuf_mem|alloc_mem|ptr_|sock|tcp_sock|mem\()/,
    calls: /submit|discard|release|drop|destroy/,
    note: "resource release invalidated this pointer",
  },
];

const followed = /^R(\d+) invalid mem access '(?:scalar|inv)'/;
const call = /^(\d+): \(85\) call (\S+)/;
/** All registers are told again here, as they were at the branch. */
const otherBranch = /^from \d+ to \d+/;

/**
 * Which call made a number of a pointer that is followed after it. Linux 7.3 tells; before, the log shows the register
 * as a pointer for the last time, and the calls since.
 */
export function invalidation(
  reason: string,
  lines: readonly string[],
  path: readonly VerifierFrame[],
): VerifierEvent | null {
  const register = followed.exec(reason)?.[1];
  if (register === undefined) return null;
  const state = new RegExp(`\\bR${register}(?:_\\w+)?=([a-z_0-9]+\\(?)`);
  const calls: { readonly insn: number; readonly name: string }[] = [];
  for (const line of lines.toReversed()) {
    const [, insn, name] = call.exec(line) ?? [];
    if (name !== undefined) calls.push({ insn: Number(insn), name });
    const kind = state.exec(line)?.[1];
    if (kind !== undefined) {
      const ending = endings.find((ending) => ending.kind.test(kind));
      const by = ending && calls.find((call) => ending.calls.test(call.name));
      const frame = by && path.findLast((frame) => frame.insn === by.insn);
      return frame
        ? {
            ...frame,
            label: "invalidated",
            note: `R${register}: ${ending.note}; previous value was ${kind.replace("(", "")}`,
          }
        : null;
    }
    if (otherBranch.test(line)) return null;
  }
  return null;
}
