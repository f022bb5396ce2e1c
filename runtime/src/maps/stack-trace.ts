import type { Codec } from "../codec.js";
import { arrayIndex } from "./array.js";
import type { MapHandle } from "./handle.js";
import { KeyedMap } from "./keyed.js";

/** Addresses, the innermost first, up to the first zero. */
const addresses = (bytes: number): Codec<readonly bigint[]> => ({
  size: bytes,
  read: (view, at) => {
    const found: bigint[] = [];
    for (let i = at; i + 8 <= at + bytes; i += 8) {
      const address = view.getBigUint64(i, true);
      if (address === 0n) break;
      found.push(address);
    }
    return found;
  },
  write: () => {
    throw new TypeError("call stacks are written by programs");
  },
});

/** BPF_MAP_TYPE_STACK_TRACE: call stacks by the number that `bpf_get_stackid` gave. Linux 4.6. */
export class StackTrace extends KeyedMap<number, readonly bigint[]> {
  constructor(handle: MapHandle) {
    super(handle, arrayIndex, addresses(handle.facts.valueSize));
  }
}
