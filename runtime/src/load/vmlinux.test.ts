import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { kernel } from "../sys/kernel.js";
import { vmlinuxBtf } from "./vmlinux.js";

const path = "/sys/kernel/btf/vmlinux";

test.skipIf(!existsSync(path))("the kernel's types are indexed once for all that hold them", () => {
  const first = vmlinuxBtf();
  expect(vmlinuxBtf()).toBe(first);
  expect(Buffer.compare(first.bytes, readFileSync(path))).toBe(0);
});

test("what is not there or cannot be mapped is read another way", () => {
  expect(kernel().mapFile("/no/such/file")).toBeNull();
  // Its length is 0, whatever it holds.
  expect(kernel().mapFile("/proc/self/status")).toBeNull();
  const mapped = kernel().mapFile(process.execPath);
  expect([...(mapped?.subarray(0, 4) ?? [])]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
});
