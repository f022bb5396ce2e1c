import type { PtRegs } from "./contexts.js";
import { bpf_get_attach_cookie } from "./helpers.generated.js";
import { cast, readKernel, readUser } from "./intrinsics.js";
import type { ArrayMap } from "./maps.js";
import { type array, i64, type ptr, type u8, type u16, u32, u64, type user } from "./types.js";

/** Where one argument of a static probe is: `struct __bpf_usdt_arg_spec` of libbpf's usdt.bpf.h. */
export class UsdtArgumentSpec {
  /** The constant, or what is added to the register. */
  value: u64;
  /** 0: a constant; 1: in a register; 2: in memory, by a register. */
  kind: u32;
  /** Bytes from the start of `struct pt_regs`. */
  register: u16;
  signed: u8;
  /** Bits that the argument has less than 64. */
  narrower: u8;
}

/** A place of a static probe, filled in by the loader: `struct __bpf_usdt_spec`. */
export class UsdtSpec {
  args: array<UsdtArgumentSpec, 12>;
  cookie: u64;
  count: u16;
}

/** An argument of a static probe, in 64 bits; 0 if this place of it has none. The cookie names the place. Linux 5.15. */
export function usdtArgument(specs: ArrayMap<UsdtSpec>, ctx: PtRegs, index: u32): u64 {
  const spec = specs.lookup(u32(bpf_get_attach_cookie(ctx)));
  if (!spec || index >= 12 || index >= spec.count) return 0;
  const at = spec.args[index];
  let value: u64 = at.value;
  if (at.kind !== 0) {
    const register: u64 = readKernel(cast<ptr<u64>>(u64(ctx) + at.register));
    value = at.kind === 1 ? register : readUser(cast<user<u64>>(register + value));
  }
  value <<= at.narrower;
  return at.signed !== 0 ? u64(i64(value) >> at.narrower) : value >> at.narrower;
}
