import { type IntType, maximum, minimum, narrowed } from "../meaning/types.js";

/** Values at which compilers err: edges of the widths, small ones, powers of two, and any. */
export function interesting(type: IntType, below: (n: number) => number): bigint {
  switch (below(6)) {
    case 0:
      return BigInt(below(4));
    case 1:
      return narrowed(type, -BigInt(below(4)));
    case 2:
      return below(2) === 0 ? maximum(type) : minimum(type);
    case 3:
      return narrowed(type, (1n << BigInt(below(type.bits))) - BigInt(below(2)));
    case 4:
      return narrowed(type, BigInt(below(256)));
    default: {
      const bits =
        (BigInt(below(0x7fffffff)) << 33n) ^ (BigInt(below(0x7fffffff)) << 8n) ^ BigInt(below(256));
      return narrowed(type, bits);
    }
  }
}
