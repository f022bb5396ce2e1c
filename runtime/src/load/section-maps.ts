import type { MapSpec } from "@tsbpfc/loader";
import { mmapableArrays } from "../features/map-flags.js";
import type { MapHandle } from "../maps/handle.js";
import { bpfCommand } from "../sys/bpf.js";
import { SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";

const zeroes = Buffer.alloc(64 * 1024);

/** A map begins as zeroes: a large `.bss` costs no more than this look at it. */
function isZero(bytes: Uint8Array): boolean {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < all.length; at += zeroes.length) {
    const part = all.subarray(at, at + zeroes.length);
    if (part.compare(zeroes, 0, part.length) !== 0) return false;
  }
  return true;
}

const isConstant = ({ origin }: MapSpec): boolean => origin === "rodata" || origin === "kconfig";

/** First values of `.data`, `.rodata`, `.bss`; constants are frozen, so that the verifier may rely on them. */
export function fillSection(handle: MapHandle, spec: MapSpec): void {
  const k = kernel();
  const contents = spec.contents;
  if (contents && !isZero(contents)) {
    const key = new Uint8Array(4);
    const value = contents.slice();
    bpfCommand(
      "BPF_MAP_UPDATE_ELEM",
      "mapElement",
      { map_fd: handle.fd, key: k.address(key), value: k.address(value) },
      handle.label,
    );
  }
  if (isConstant(spec)) bpfCommand("BPF_MAP_FREEZE", "mapElement", { map_fd: handle.fd }, handle.label);
}

/** Lets this process share a section's memory, where the kernel can. */
export function shareSection(handle: MapHandle, spec: MapSpec): void {
  if (spec.unshared) return;
  const mapped = kernel().mmap(handle.fd, spec.valueSize, !isConstant(spec), 0);
  if (typeof mapped !== "number") handle.useMemory(mapped);
  // Asked for only now: where mapping works, nothing is probed.
  else if (mmapableArrays.probe() === "no") handle.cannotShare();
  else throw new SyscallError("mmap", -mapped, handle.label);
}
