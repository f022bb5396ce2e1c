// Kernel types, and an object with many programs.
import { readFileSync } from "node:fs";
import { parseObject, readKernelBtf } from "@tsbpfc/loader";
import * as runtime from "@tsbpfc/runtime";
import { best, check, figure, ROUNDS, rounds, time } from "./measure.js";

function used(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export function kernelTypes(): void {
  const find = (): void => check(readKernelBtf().find("task_struct", ["struct"]).length === 1, "vmlinux BTF");
  const before = used();
  const btf = readKernelBtf();
  btf.find("task_struct", ["struct"]);
  figure("btf_mb", (used() - before) / 2 ** 20);
  figure("btf_ms", best(rounds(find)));
  check(btf.count > 0, "vmlinux BTF");
}

/** The first is what a program that starts feels; the best of many is what the work itself takes. */
export function load(path: string): void {
  const object = new Uint8Array(readFileSync(path));
  const times = Array.from({ length: ROUNDS }, () =>
    time(() => runtime.loadCollection(parseObject(object)).close()),
  );
  figure("first_ms", times[0] ?? Number.NaN);
  figure("load_ms", best(times));
}
