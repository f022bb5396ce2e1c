import { mkdirSync, mkdtempSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bpfLsm, type Feature, fentry, kprobeMulti, kprobes, type Skeleton } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, type ProbeSource, probe } from "../support/probe-source.js";

type Counter = Skeleton<object, Record<"hook", never>, { targetPid: number }, { calls: bigint }>;

/** A program that counts the calls of one process. */
const counter = (section: string, context: string): ProbeSource =>
  declareProbe({
    "probe.bpf.ts": probe(
      `  readonly targetPid: u32 = 0;
  calls: u64 = 0;
  @SEC("${section}")
  hook(ctx: ${context}): i32 {
    if (u32(bpf_get_current_pid_tgid() >> 32) === this.targetPid) this.calls += 1;
    return 0;
  }`,
      { imports: `${context},` },
    ),
  });

/** A folder with a file, of this test's own. */
function fileOf(t: Bench): { readonly folder: string; readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), `${t.prefix}-`));
  t.defer(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "file");
  writeFileSync(file, "");
  return { folder, file };
}

describe("a program counts this process's calls of a kernel function", () => {
  const hooks: readonly { section: string; context: string; needs: readonly Feature[] }[] = [
    { section: "kprobe/vfs_unlink", context: "PtRegs", needs: [kprobes] },
    { section: "kretprobe/vfs_unlink", context: "PtRegs", needs: [kprobes] },
    { section: "fentry/vfs_unlink", context: "TracingCtx", needs: [fentry] },
    { section: "fexit/vfs_unlink", context: "TracingCtx", needs: [fentry] },
  ];
  for (const { section, context, needs } of hooks) {
    const source = counter(section, context);
    kernelTest(
      `by ${section}: none before it is attached, each after, none when it is detached`,
      { needs },
      async (t) => {
        const { folder, file } = fileOf(t);
        const again = join(folder, "again");
        const last = join(folder, "last");
        for (const path of [again, last]) writeFileSync(path, "");
        const hooked = await t.load<Counter>(source, { rodata: { targetPid: process.pid } });
        expect(hooked.globals.calls).toBe(0n);
        hooked.attach();
        unlinkSync(file);
        unlinkSync(again);
        expect(hooked.globals.calls).toBe(2n);
        hooked.detach();
        unlinkSync(last);
        expect(hooked.globals.calls).toBe(2n);
      },
    );
  }

  const many = counter("kprobe.multi/vfs_*dir", "PtRegs");
  kernelTest(
    "by kprobe.multi/vfs_*dir: of all functions with such names",
    { needs: [kprobeMulti] },
    async (t) => {
      const { folder } = fileOf(t);
      const hooked = await t.load<Counter>(many, { rodata: { targetPid: process.pid } });
      hooked.attach();
      mkdirSync(join(folder, "made"));
      expect(hooked.globals.calls).toBe(1n);
      rmdirSync(join(folder, "made"));
      expect(hooked.globals.calls).toBe(2n);
    },
  );
});

describe("an LSM program", () => {
  const guard = declareProbe({
    "probe.bpf.ts": probe(
      `  readonly targetPid: u32 = 0;
  refused: u64 = 0;
  @SEC("lsm/inode_unlink")
  guard(ctx: LsmCtx): i32 {
    if (u32(bpf_get_current_pid_tgid() >> 32) !== this.targetPid) return 0;
    this.refused += 1;
    return -1;
  }`,
      { imports: "LsmCtx," },
    ),
  });
  type Guard = Skeleton<object, Record<"guard", never>, { targetPid: number }, { refused: bigint }>;

  kernelTest(
    "keeps one process from removing a file with EPERM, and lets others",
    { needs: [bpfLsm] },
    async (t) => {
      const { folder, file } = fileOf(t);
      const others = join(folder, "others");
      writeFileSync(others, "");
      const guarded = await t.load<Guard>(guard, { rodata: { targetPid: process.pid } });
      guarded.attach();
      expect(() => unlinkSync(file)).toThrow(expect.objectContaining({ code: "EPERM" }));
      expect(await t.spawn("rm", [others]).exited).toBe(0);
      expect(guarded.globals.refused).toBe(1n);
      guarded.detach();
      unlinkSync(file);
    },
  );
});
