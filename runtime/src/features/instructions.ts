import { programTypes } from "@tsbpfc/loader";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { type Answer, answerOf, type Feature } from "./feature.js";
import { tryLoad } from "./try-load.js";

/** One instruction: opcode, registers (source, destination), offset, immediate. */
type Insn = readonly [code: number, registers: number, offset: number, immediate: number];

const MOV64_IMM = 0xb7;
const EXIT: Insn = [0x95, 0, 0, 0];
/** `r0 = n`. */
const set = (n: number): Insn => [MOV64_IMM, 0, 0, n];

function encode(insns: readonly Insn[]): Uint8Array {
  const bytes = new Uint8Array(insns.length * 8);
  const view = new DataView(bytes.buffer);
  insns.forEach(([code, registers, offset, immediate], i) => {
    view.setUint8(i * 8, code);
    view.setUint8(i * 8 + 1, registers);
    view.setInt16(i * 8 + 2, offset, true);
    view.setInt32(i * 8 + 4, immediate, true);
  });
  return bytes;
}

function feature(name: string, since: string, insns: readonly Insn[]): Feature {
  return {
    name,
    since,
    probe: (): Answer => {
      const result = tryLoad(encode(insns), { prog_type: programTypes.socket_filter });
      if (result >= 0) kernel().close(result);
      return answerOf(result, new Set([errno.EINVAL, errno.E2BIG]));
    },
  };
}

/** `BPF_MAXINSNS`, include/uapi/linux/bpf_common.h: the most that older kernels take. */
const OLD_LIMIT = 4096;

/** Programs of more than 4,096 instructions. Linux 5.2 (kernel commit c04c0d2b968a). */
export const largeInstructions: Feature = feature("programs of over 4096 instructions", "5.2", [
  ...Array<Insn>(OLD_LIMIT).fill(set(0)),
  EXIT,
]);

/** Jumps back whose end the verifier can find. Linux 5.3 (kernel commit 2589726d12a1). */
export const boundedLoops: Feature = feature("bounded loops", "5.3", [
  set(10),
  [0x07, 0, 0, -1], // r0 += -1
  [0x55, 0, -2, 0], // if r0 != 0 goto the line before
  EXIT,
]);

/** `-mcpu=v2`: jumps if less. Linux 4.14 (kernel commit 92b31a9af73b). */
export const instructionsV2: Feature = feature("instructions of -mcpu=v2", "4.14", [
  set(0),
  [0xa5, 0, 0, 1], // if r0 < 1 goto the next
  EXIT,
]);

/** `-mcpu=v3`: comparisons of 32 bits. Linux 5.1 (kernel commit 092ed0968bb6). */
export const instructionsV3: Feature = feature("instructions of -mcpu=v3", "5.1", [
  set(0),
  [0xa6, 0, 0, 1], // if w0 < 1 goto the next
  EXIT,
]);

/** `-mcpu=v4`: moves with sign extension, signed division, long jumps. Linux 6.6 (kernel commit 8100928c8814). */
export const instructionsV4: Feature = feature("instructions of -mcpu=v4", "6.6", [
  set(0),
  [0xbf, 0, 8, 0], // r0 = (s8)r0
  EXIT,
]);
