import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { attachCookies, type Skeleton, type SkeletonProgram } from "@tsbpfc/runtime";
import { expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";
import { run } from "../support/root.js";
import { until } from "../support/until.js";

const ticks = declareProbe({
  "probe.bpf.ts": probe(
    `  hits: u64 = 0; number: i32 = 0; far: u64 = 0; letter: u8 = 0; constant: i64 = 0; again: i32 = 0;
  @SEC("usdt") first(ctx: PtRegs, number: i32, far: u64, letter: u8, constant: i64): i32 {
    this.hits += 1; this.number = number; this.far = far; this.letter = letter; this.constant = constant;
    return 0;
  }
  @SEC("usdt") second(ctx: PtRegs, number: i32): i32 { this.again = number * 2; return 0; }
  signed: i32 = 0; unsigned: u32 = 0; wide: i64 = 0; byte: u8 = 0;
  @SEC("usdt") third(ctx: PtRegs, signed: i32, unsigned: u32, wide: i64, byte: u8): i32 {
    this.signed = signed; this.unsigned = unsigned; this.wide = wide; this.byte = byte;
    return 0;
  }`,
    { imports: "PtRegs," },
  ),
});

type Ticks = Skeleton<
  object,
  Record<"first" | "second" | "third", SkeletonProgram>,
  object,
  Record<"number" | "letter" | "again" | "signed" | "unsigned" | "byte", number> &
    Record<"hits" | "far" | "constant" | "wide", bigint>
>;

kernelTest(
  "a static probe's arguments are given: of registers, memory, arrays and constants, in their widths and signs",
  { needs: [attachCookies], commands: ["gcc"] },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), `${t.prefix}-`));
    t.defer(() => rmSync(folder, { recursive: true, force: true }));
    const binary = join(folder, "target");
    const source = fileURLToPath(new URL("../../runtime/fixtures/usdt-target.c", import.meta.url));
    run("gcc", "-O2", source, "-o", binary);
    const loaded = await t.load<Ticks>(ticks);
    const target = t.spawn(binary, []);
    const { first, second, third } = loaded.programs;
    for (const program of [first, second]) program.attach({ binary, usdt: "tsbpfc:tick", pid: target.pid });
    third.attach({ binary, usdt: "tsbpfc:indexed", pid: target.pid });
    // Its probe fires once for each line that it reads.
    await target.says("ready");
    target.write("A\n");
    await until(() => loaded.globals.again !== 0 && loaded.globals.hits > 0n && loaded.globals.byte !== 0);
    const { hits, number, far, letter, constant, again } = loaded.globals;
    expect({ hits, number, far, letter, constant, again }).toEqual({
      hits: 1n,
      number: -5,
      far: 1n << 40n,
      letter: "A".charCodeAt(0) | 0x80,
      constant: -7n,
      again: -10,
    });
    const { signed, unsigned, wide, byte } = loaded.globals;
    expect({ signed, unsigned, wide, byte }).toEqual({ signed: -30, unsigned: 20, wide: -70n, byte: 20 });
  },
);
