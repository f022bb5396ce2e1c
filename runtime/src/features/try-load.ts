import { type FieldValues, Struct } from "../sys/attr.js";
import { bpf, cText } from "../sys/bpf.js";
import { kernel } from "../sys/kernel.js";

/** `return 0`. */
export const returnZero: Uint8Array = Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);

/** Loads a few instructions, without BTF: a descriptor, or a negative errno. */
export function tryLoad(insns: Uint8Array, values: FieldValues<"programLoad">): number {
  const k = kernel();
  const license = cText("GPL");
  const attr = new Struct("programLoad", {
    ...values,
    insn_cnt: insns.length / 8,
    insns: k.address(insns),
    license: k.address(license),
  });
  return bpf(k, "BPF_PROG_LOAD", attr.bytes);
}

const LOG = 4096;

/** The same, and what the verifier said. */
export function tryLoadWithLog(
  insns: Uint8Array,
  values: FieldValues<"programLoad">,
): { readonly result: number; readonly log: string } {
  const bytes = Buffer.alloc(LOG);
  const room = { log_level: 1, log_size: LOG, log_buf: kernel().address(bytes) };
  const result = tryLoad(insns, { ...values, ...room });
  const end = bytes.indexOf(0);
  return { result, log: bytes.toString("utf8", 0, end < 0 ? LOG : end) };
}
