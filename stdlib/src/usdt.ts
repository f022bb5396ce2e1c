import type { PtRegs } from "./contexts.js";
import { bpf_get_attach_cookie } from "./helpers.generated.js";
import { cast, readKernel, readUser } from "./intrinsics.js";
import type { ArrayMap } from "./maps.js";
import { type array, i64, type ptr, type u8, type u16, u32, u64, type user } from "./types.js";

/**
 * Where one argument of a static probe is: `struct __bpf_usdt_arg_spec` of libbpf's usdt.bpf.h, whose names a loader
 * knows. The offsets of its members are those of libbpf before 1.7, whose loader writes 32 bits of `arg_type`.
 */
export class UsdtArgumentSpec {
  /** The constant, or what is added to the registers. */
  val_off: u64;
  /** 0: a constant; 1: in a register; 2: in memory, by a register; 3: by an index register, too. */
  arg_type: u8;
  /** What the index is shifted by. */
  scale_bitshift: u8;
  /** Bytes from the start of `struct pt_regs`. */
  idx_reg_off: u16;
  reg_off: u16;
  arg_signed: u8;
  /** Bits that the argument has less than 64. */
  arg_bitshift: u8;
}

/** A place of a static probe, filled in by the loader: `struct __bpf_usdt_spec`. */
export class UsdtSpec {
  args: array<UsdtArgumentSpec, 12>;
  usdt_cookie: u64;
  arg_cnt: u16;
}

/** An argument of a static probe, in 64 bits; 0 if this place of it has none. The cookie names the place. Linux 5.15. */
export function usdtArgument(specs: ArrayMap<UsdtSpec>, ctx: PtRegs, index: u32): u64 {
  const spec = specs.lookup(u32(bpf_get_attach_cookie(ctx)));
  if (!spec || index >= 12 || index >= spec.arg_cnt) return 0;
  const at = spec.args[index];
  let value: u64 = at.val_off;
  if (at.arg_type !== 0) {
    const base: u64 = readKernel(cast<ptr<u64>>(u64(ctx) + at.reg_off));
    if (at.arg_type === 1) value = base;
    else {
      value += base;
      if (at.arg_type === 3) {
        const scaled: u64 = readKernel(cast<ptr<u64>>(u64(ctx) + at.idx_reg_off));
        value += scaled << at.scale_bitshift;
      }
      value = readUser(cast<user<u64>>(value));
    }
  }
  value <<= at.arg_bitshift;
  return at.arg_signed !== 0 ? u64(i64(value) >> at.arg_bitshift) : value >> at.arg_bitshift;
}
