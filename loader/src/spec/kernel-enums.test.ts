import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readKernelBtf } from "../btf/kernel.js";
import { attachTypeName, attachTypes, mapTypeName, mapTypes, programTypes } from "./kernel-enums.js";

describe.skipIf(!existsSync("/sys/kernel/btf/vmlinux"))("against the running kernel", () => {
  const tables = [
    ["bpf_map_type", "BPF_MAP_TYPE_", mapTypes],
    ["bpf_prog_type", "BPF_PROG_TYPE_", programTypes],
    ["bpf_attach_type", "BPF_", attachTypes],
  ] as const;

  it.each(tables)(
    "the table of %s has every enumerator of the kernel's, with its number",
    (name, prefix, table) => {
      const btf = readKernelBtf();
      const type = btf.type(btf.find(name, ["enum"])[0]!);
      if (type.kind !== "enum") throw new Error(`${name} is a ${type.kind}`);
      const numbers = new Map<string, number>(Object.entries(table));
      const known = new Set(numbers.values());
      for (const { name: enumerator, value } of type.values) {
        if (enumerator.startsWith("__")) continue;
        const key = enumerator.slice(prefix.length).toLowerCase();
        // Aliases (…_DEPRECATED) share a number with the name that libbpf prints.
        expect(numbers.get(key) ?? (known.has(Number(value)) && Number(value)), key).toBe(Number(value));
      }
    },
  );
});

describe("names of numbers", () => {
  it("finds a type by its number and tells an unknown one", () => {
    expect([mapTypeName(27), mapTypeName(9999), attachTypeName(37)]).toEqual(["ringbuf", null, "xdp"]);
  });
});
