import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileFixture, hasClang } from "../../fixtures/compile.js";
import { readKernelBtf } from "../btf/kernel.js";
import { Instructions } from "../insn/insn.js";
import { parseObject } from "../spec/parse.js";
import { applyCore } from "./apply.js";

const bpffs = "/sys/fs/bpf";
const canLoad =
  hasClang &&
  process.getuid?.() === 0 &&
  spawnSync("bpftool", ["version"]).status === 0 &&
  existsSync("/sys/kernel/btf/vmlinux");

describe.skipIf(!canLoad)("on the running kernel", () => {
  it("every instruction is patched to what libbpf patches it to", () => {
    const bytes = compileFixture("kernel_types");
    const patched = libbpfPatches(bytes);
    const spec = parseObject(bytes);
    const kernel = readKernelBtf();
    let compared = 0;
    for (const program of spec.programs.values()) {
      const insns = new Instructions(applyCore(program, spec.btf!, [kernel]), "little");
      for (const { insn, value } of patched.get(program.name) ?? []) {
        const cls = insns.code(insn) & 7;
        const found = insns.isLdImm64(insn)
          ? insns.imm64(insn)
          : BigInt(cls >= 1 && cls <= 3 ? insns.off(insn) : insns.imm(insn));
        expect([program.name, insn, found]).toEqual([program.name, insn, value]);
        compared++;
      }
      expect(patched.get(program.name)).toHaveLength(program.coreRelocations.length);
    }
    expect(compared).toBeGreaterThan(25);
  });
});

/** What libbpf says that it puts into each instruction, by program; the programs are unloaded again. */
function libbpfPatches(object: Uint8Array): Map<string, { insn: number; value: bigint }[]> {
  const folder = mkdtempSync(join(tmpdir(), "tsbpfc-libbpf-"));
  const pins = join(bpffs, `tsbpfc-core-${process.pid}`);
  try {
    writeFileSync(join(folder, "x.o"), object);
    const { stderr, stdout } = spawnSync("bpftool", ["-d", "prog", "loadall", join(folder, "x.o"), pins], {
      encoding: "utf8",
    });
    const found = new Map<string, { insn: number; value: bigint }[]>();
    const line = /prog '(\w+)': relo #\d+: patched insn #(\d+) \([^)]*\) \w+ \S+ -> (\d+)/g;
    for (const [, program, insn, value] of `${stdout}${stderr}`.matchAll(line)) {
      const list = found.get(program!) ?? [];
      list.push({ insn: Number(insn), value: BigInt(value!) });
      found.set(program!, list);
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true });
    rmSync(pins, { recursive: true, force: true });
  }
}
