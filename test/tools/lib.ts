import { type array, type str, u32, type u64 } from "@tsbpfc/stdlib";

export class Histogram<N extends number> {
  slots: array<u64, N>;

  add(value: u64): void {
    let slot: u32 = 0;
    for (let left = value; left > 1 && slot < 31; left >>= 1) slot += 1;
    if (slot < this.slots.length) this.slots[slot] += 1;
  }
}

export function hashOf(text: str<16>): u32 {
  let hash: u32 = 5381;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === 0) break;
    hash = u32(hash * 33) ^ text[i];
  }
  return hash;
}

export enum Verdict {
  Allow = 1,
  Deny,
  Log = 10,
}
