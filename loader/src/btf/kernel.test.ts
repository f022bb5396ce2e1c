import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compileFixture, hasClang } from "../../fixtures/compile.js";
import { Btf } from "./btf.js";
import { encodeBtf } from "./builder.js";
import { kernelBtfPaths, listModuleBtfs, readKernelBtf } from "./kernel.js";

const folder = mkdtempSync(join(tmpdir(), "tsbpfc-btf-"));
afterAll(() => rmSync(folder, { recursive: true }));

const base = Btf.parse(encodeBtf([{ kind: "float", name: "double", size: 8 }]));
writeFileSync(join(folder, "vmlinux"), base.bytes);
writeFileSync(join(folder, "good"), encodeBtf([{ kind: "ptr", type: 1 }]));
// As one distribution shipped a module: 24 bytes of header that describe nothing that is there.
writeFileSync(
  join(folder, "broken"),
  new Uint8Array([0x9f, 0xeb, 1, 0, 24, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0]),
);

describe("modules' BTF", () => {
  it("is listed, read on request, and a broken one is a warning", () => {
    const modules = listModuleBtfs(base, folder);
    expect(modules.map((m) => m.name)).toEqual(["broken", "good"]);
    const [broken, good] = modules.map((m) => m.read());
    expect(broken).toMatchObject({ warning: { code: "BTF_TRUNCATED" } });
    expect(good && "btf" in good && good.btf.size(2)).toBe(8);
  });

  it("is an empty list on a kernel that shows none", () => {
    expect(listModuleBtfs(base, join(folder, "nothing"))).toEqual([]);
  });
});

describe("a kernel's BTF", () => {
  it("is read from a raw file", () => {
    expect(readKernelBtf(join(folder, "vmlinux")).find("double")).toEqual([1]);
  });

  it("is looked for where libbpf looks, first in what the kernel shows", () => {
    const [first, ...rest] = kernelBtfPaths("6.1.0-56-amd64", folder);
    expect(first).toBe(join(folder, "sys/kernel/btf/vmlinux"));
    expect(rest.map((path) => path.slice(folder.length))).toEqual([
      "/boot/vmlinux-6.1.0-56-amd64",
      "/lib/modules/6.1.0-56-amd64/vmlinux-6.1.0-56-amd64",
      "/lib/modules/6.1.0-56-amd64/build/vmlinux",
      "/usr/lib/modules/6.1.0-56-amd64/kernel/vmlinux",
      "/usr/lib/debug/boot/vmlinux-6.1.0-56-amd64",
      "/usr/lib/debug/boot/vmlinux-6.1.0-56-amd64.debug",
      "/usr/lib/debug/lib/modules/6.1.0-56-amd64/vmlinux",
    ]);
  });

  it.skipIf(!hasClang)("is read from an ELF file", () => {
    const path = join(folder, "elf");
    writeFileSync(path, compileFixture("core_target"));
    expect(readKernelBtf(path).find("target", ["struct"])).toHaveLength(1);
  });
});
