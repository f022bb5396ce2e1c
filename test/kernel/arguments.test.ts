import { closeSync, mkdtempSync, openSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bpfLsm, type Feature, fentry, kprobes, type RingBuf, type Skeleton } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, type ProbeSource, probe } from "../support/probe-source.js";

const AT_FDCWD = -100;
const ENOENT = 2;
const EACCES = 13;

interface Call {
  dfd: number;
  ret: bigint;
  name: string;
}
type Recorder = Skeleton<{ calls: RingBuf<Call> }, Record<"hook", never>, { targetPid: number }, object>;

const types = `
import type { ptr, u8, u32 } from "@tsbpfc/stdlib";
export interface filename { readonly name: ptr<u8>; }
export interface file { readonly f_flags: u32; }
`;

/** A program of one process that records what `fill` puts into a \`Call\`. */
const recorder = (section: string, parameters: string, fill: string): ProbeSource =>
  declareProbe({
    "probe.bpf.ts": probe(
      `  readonly targetPid: u32 = 0;
  @map({ maxEntries: 4096 }) calls: RingBuf<Call>;
  @SEC("${section}")
  hook(${parameters}): i32 {
    if (u32(bpf_get_current_pid_tgid() >> 32) !== this.targetPid) return 0;
    const call = this.calls.reserve();
    if (!call) return 0;
    ${fill}
    this.calls.submit(call);
    return 0;
  }`,
      {
        imports: "PtRegs, TracingCtx, bpf_probe_read_kernel_str, bpf_probe_read_user_str,",
        before: `import type { filename } from "./vmlinux";
export class Call { dfd: i32; ret: i64; name: str<64>; }`,
      },
    ),
    "vmlinux.d.ts": types,
  });

/** The path of a new file, and one where nothing is. */
function paths(t: Bench): { readonly there: string; readonly missing: string } {
  const folder = mkdtempSync(join(tmpdir(), "arguments-"));
  t.defer(() => rmSync(folder, { recursive: true, force: true }));
  const there = join(folder, "there");
  writeFileSync(there, "");
  return { there, missing: join(folder, "missing") };
}

describe("a program has the arguments of the function it is attached to", () => {
  const name = "bpf_probe_read_kernel_str(call.name, name.name);";
  const hooks: readonly {
    section: string;
    parameters: string;
    fill: string;
    needs: readonly Feature[];
    gives: (path: string, ret: number) => Partial<Call>;
  }[] = [
    {
      section: "kprobe/do_unlinkat",
      parameters: "ctx: PtRegs, dfd: i32, name: filename",
      fill: `call.dfd = dfd; call.ret = 0; ${name}`,
      needs: [kprobes],
      gives: (path) => ({ dfd: AT_FDCWD, name: path }),
    },
    {
      section: "kretprobe/do_unlinkat",
      parameters: "ctx: PtRegs, ret: i32",
      fill: "call.dfd = 0; call.ret = ret; call.name[0] = 0;",
      needs: [kprobes],
      gives: (_, ret) => ({ ret: BigInt(ret) }),
    },
    {
      section: "ksyscall/unlink",
      parameters: "ctx: PtRegs, path: ptr<u8>",
      fill: "call.dfd = 0; call.ret = 0; bpf_probe_read_user_str(call.name, path);",
      needs: [kprobes],
      gives: (path) => ({ name: path }),
    },
    {
      section: "fentry/do_unlinkat",
      parameters: "ctx: TracingCtx, dfd: i32, name: filename",
      fill: `call.dfd = dfd; call.ret = 0; ${name}`,
      needs: [fentry],
      gives: (path) => ({ dfd: AT_FDCWD, name: path }),
    },
    {
      section: "fexit/do_unlinkat",
      parameters: "ctx: TracingCtx, dfd: i32, name: filename, ret: i32",
      fill: "call.dfd = dfd; call.ret = ret; call.name[0] = 0;",
      needs: [fentry],
      gives: (_, ret) => ({ dfd: AT_FDCWD, ret: BigInt(ret) }),
    },
  ];
  for (const { section, parameters, fill, needs, gives } of hooks) {
    const source = recorder(section, parameters, fill);
    kernelTest(section, { needs }, async (t) => {
      const { there, missing } = paths(t);
      const recording = await t.load<Recorder>(source, { rodata: { targetPid: process.pid } });
      recording.attach();
      unlinkSync(there);
      expect(() => unlinkSync(missing)).toThrow("ENOENT");
      const calls: Call[] = [];
      recording.maps.calls.consume((call) => calls.push(call));
      expect(calls).toMatchObject([gives(there, 0), gives(missing, -ENOENT)]);
    });
  }
});

describe("an LSM program", () => {
  const noAppending = declareProbe({
    "probe.bpf.ts": probe(
      `  readonly targetPid: u32 = 0;
  @SEC("lsm/file_open")
  guard(ctx: LsmCtx, file: file, ret: i32): i32 {
    if (ret !== 0) return ret;
    if (u32(bpf_get_current_pid_tgid() >> 32) !== this.targetPid) return 0;
    return (file.f_flags & 0x400) !== 0 ? -${EACCES} : 0;
  }`,
      { imports: "LsmCtx,", before: 'import type { file } from "./vmlinux";' },
    ),
    "vmlinux.d.ts": types,
  });
  type Guard = Skeleton<object, Record<"guard", never>, { targetPid: number }, object>;

  kernelTest(
    "refuses to open files for appending by what the file's flags say, and no others",
    { needs: [bpfLsm] },
    async (t) => {
      const { there } = paths(t);
      const guarded = await t.load<Guard>(noAppending, { rodata: { targetPid: process.pid } });
      guarded.attach();
      expect(() => openSync(there, "a")).toThrow("EACCES");
      closeSync(openSync(there, "r+"));
      guarded.detach();
      closeSync(openSync(there, "a"));
    },
  );
});
