import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import {
  type Feature,
  fentry,
  fsession,
  kprobeSession,
  kprobes,
  type Skeleton,
  type SkeletonProgram,
  sleepableTracepoints,
  tracingMulti,
  uprobeSession,
} from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";

// Arguments after the context: what the kernel passed, by the types that the probe declares.

/** `kill(2)` on x86-64, and a signal that does nothing to a process that runs. */
const KILL = 62;
const SIGCONT = 18;
/** `mkdir(2)`, likewise. */
const MKDIR = 83;

const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
const getpgid = koffi.load("libc.so.6").func("int getpgid(int pid)");

type Seen = Skeleton<
  object,
  Record<"hook", SkeletonProgram>,
  { targetPid: number },
  { calls: number; first: bigint; second: bigint; text: string }
>;

interface Hook {
  readonly section: string;
  readonly parameters: string;
  /** Statements that set `this.first`, `this.second`, `this.text`; `this.calls` counts. */
  readonly body: string;
  readonly imports?: string;
  readonly kernel?: string;
  readonly needs: readonly Feature[];
  readonly act: (t: Bench) => string | undefined;
  readonly expected: { first?: bigint; second?: bigint };
}

const signal = (): undefined => {
  process.kill(process.pid, SIGCONT);
};
/**
 * Has the kernel look up a path, and gives it. `filename_lookup` has the same parameters from Linux 6.1 to 7.3 (their
 * BTF), and is called from another file than its own (fs/stat.c), so that no compiler makes it part of its callers.
 */
function lookUp(): string {
  const path = `/proc/${process.pid}/status`;
  statSync(path);
  return path;
}

/** Tracepoints of system calls: only sleepable programs may bring user memory in. */
function sleepableHooks(): readonly Hook[] {
  const folder = "/sys/fs/bpf";
  const body = (path: string, mode: string): string => `const path = zeroed<str<16>>();
    bpf_copy_from_user(path, ${path}, ${folder.length + 1});
    bpf_probe_read_kernel_str(this.text, path); this.first = i64(${mode});`;
  const shared = {
    imports: "TracingCtx, RawTracepoint, zeroed, bpf_copy_from_user, bpf_probe_read_kernel_str,",
    needs: [sleepableTracepoints],
    act: () => {
      expect(() => mkdirSync(folder, 0o700)).toThrow(/EEXIST/);
      return folder;
    },
    expected: { first: 0o700n },
  };
  const raw = `if (id !== ${MKDIR}) return 0; ${body("regs.di", "regs.si")}`;
  return [
    {
      ...shared,
      section: "tp_btf.s/sys_enter",
      parameters: "ctx: TracingCtx, regs: pt_regs, id: i64",
      kernel: "pt_regs",
      body: raw,
    },
    {
      ...shared,
      section: "raw_tp.s/sys_enter",
      parameters: "ctx: RawTracepoint, regs: pt_regs, id: i64",
      kernel: "pt_regs",
      body: raw,
    },
    {
      ...shared,
      section: "tracepoint.s/syscalls/sys_enter_mkdir",
      parameters: 'ctx: Tracepoint<"syscalls/sys_enter_mkdir">',
      body: body("ctx.pathname", "ctx.mode"),
    },
  ];
}

const pid = BigInt(process.pid);
const hooks: readonly Hook[] = [
  {
    section: "raw_tp/sys_enter",
    parameters: "ctx: RawTracepoint, regs: pt_regs, id: i64",
    body: `if (id !== ${KILL}) return 0; this.first = i64(regs.di); this.second = i64(regs.si);`,
    imports: "RawTracepoint,",
    kernel: "pt_regs",
    needs: [],
    act: signal,
    expected: { first: pid, second: BigInt(SIGCONT) },
  },
  {
    section: "tp_btf/sys_enter",
    parameters: "ctx: TracingCtx, regs: pt_regs, id: i64",
    body: `if (id !== ${KILL}) return 0; this.first = i64(regs.di); this.second = i64(regs.si);`,
    imports: "TracingCtx,",
    kernel: "pt_regs",
    needs: [],
    act: signal,
    expected: { first: pid, second: BigInt(SIGCONT) },
  },
  {
    section: "tracepoint/signal/signal_generate",
    parameters: 'ctx: Tracepoint<"signal/signal_generate">',
    // Reads of one field around calls: each has to be a load at its place in the context.
    body: `if (ctx.sig < 40) bpf_ktime_get_ns();
    if (ctx.sig === 2 || ctx.sig === ${SIGCONT}) bpf_ktime_get_ns();
    this.first = ctx.pid; this.second = ctx.sig;`,
    imports: "",
    needs: [],
    act: signal,
    expected: { first: pid, second: BigInt(SIGCONT) },
  },
  {
    // Texts and arrays of an event are read by the kernel: a context is read at fixed places only.
    section: "tracepoint/task/task_rename",
    parameters: 'ctx: Tracepoint<"task/task_rename">',
    body: `this.first = ctx.newcomm[2];
    this.second = ctx.newcomm === "renamed" ? 1 : 0;
    const name = zeroed<str<16>>();
    copy(name, ctx.newcomm);
    bpf_probe_read_kernel_str(this.text, name);`,
    imports: "bpf_probe_read_kernel_str, zeroed,",
    needs: [],
    act: (t) => {
      const name = readFileSync("/proc/self/comm", "utf8");
      t.defer(() => writeFileSync("/proc/self/comm", name));
      writeFileSync("/proc/self/comm", "renamed");
      return "renamed";
    },
    expected: { first: BigInt("n".charCodeAt(0)), second: 1n },
  },
  {
    // One class of the kernel's for many events; a text that lies behind the fields.
    section: "tracepoint/cgroup/cgroup_mkdir",
    parameters: 'ctx: Tracepoint<"cgroup/cgroup_mkdir">',
    body: `this.first = ctx.level;
    bpf_probe_read_kernel_str(this.text, cast<ptr<u8>>(u64(ctx) + (ctx.__data_loc_path & 0xffff)));`,
    imports: "bpf_probe_read_kernel_str, cast,",
    needs: [],
    act: (t) => `/${basename(t.cgroup().path)}`,
    expected: { first: 1n },
  },
  {
    section: "ksyscall/kill",
    parameters: "ctx: PtRegs, pid: i32, sig: i32",
    body: "this.first = pid; this.second = sig;",
    imports: "PtRegs,",
    needs: [kprobes],
    act: signal,
    expected: { first: pid, second: BigInt(SIGCONT) },
  },
  {
    section: "kretsyscall/kill",
    parameters: "ctx: PtRegs, ret: i64",
    body: "this.first = ret;",
    imports: "PtRegs,",
    needs: [kprobes],
    act: () => {
      // Beyond the largest pid there can be: ESRCH.
      expect(() => process.kill(0x7fff_fff0, 0)).toThrow(/ESRCH/);
      return undefined;
    },
    expected: { first: -3n },
  },
  {
    section: "kprobe/filename_lookup",
    parameters: "ctx: PtRegs, dfd: i32, name: filename",
    body: "this.first = dfd; bpf_probe_read_kernel_str(this.text, name.name);",
    imports: "PtRegs, bpf_probe_read_kernel_str,",
    kernel: "filename",
    needs: [kprobes],
    act: lookUp,
    expected: { first: -100n },
  },
  {
    section: "fentry/filename_lookup",
    parameters: "ctx: TracingCtx, dfd: i32, name: filename",
    body: "this.first = dfd; bpf_probe_read_kernel_str(this.text, name.name);",
    imports: "TracingCtx, bpf_probe_read_kernel_str,",
    kernel: "filename",
    needs: [fentry],
    act: lookUp,
    expected: { first: -100n },
  },
  {
    section: "fexit/filename_lookup",
    parameters: "ctx: TracingCtx, dfd: i32, name: filename, flags: u32, found: path, root: path, ret: i32",
    body: "this.first = dfd; this.second = ret; bpf_probe_read_kernel_str(this.text, name.name);",
    imports: "TracingCtx, bpf_probe_read_kernel_str,",
    kernel: "filename, path",
    needs: [fentry],
    act: lookUp,
    expected: { first: -100n, second: 0n },
  },
  {
    section: "fsession/filename_lookup",
    parameters: "ctx: TracingCtx, dfd: i32, name: filename, flags: u32, found: path, root: path, ret: i32",
    body: `const kept = bpf_session_cookie(ctx);
    if (!bpf_session_is_return(ctx)) { kept.value = u64(dfd); return 0; }
    this.first = i64(kept.value); this.second = ret; bpf_probe_read_kernel_str(this.text, name.name);`,
    imports: "TracingCtx, bpf_session_cookie, bpf_session_is_return, bpf_probe_read_kernel_str,",
    kernel: "filename, path",
    needs: [fsession],
    act: lookUp,
    expected: { first: -100n, second: 0n },
  },
  {
    section: "fentry.multi/filename_lookup",
    parameters: "ctx: TracingCtx, dfd: i32, name: filename",
    body: "this.first = dfd; bpf_probe_read_kernel_str(this.text, name.name);",
    imports: "TracingCtx, bpf_probe_read_kernel_str,",
    kernel: "filename",
    needs: [tracingMulti],
    act: lookUp,
    expected: { first: -100n },
  },
  {
    section: "fexit.multi/filename_look*",
    parameters: "ctx: TracingCtx, dfd: i32, { name }: filename",
    body: `let ret: u64 = 1;
    this.first = dfd; this.second = bpf_get_func_ret(ctx, addr(ret)) === 0 ? i32(ret) : -1;
    bpf_probe_read_kernel_str(this.text, name);`,
    imports: "TracingCtx, addr, bpf_get_func_ret, bpf_probe_read_kernel_str,",
    kernel: "filename",
    needs: [tracingMulti],
    act: lookUp,
    expected: { first: -100n, second: 0n },
  },
  {
    section: "kprobe.session/filename_lookup",
    parameters: "ctx: PtRegs, dfd: i32",
    body: `const kept = bpf_session_cookie(ctx);
    if (!bpf_session_is_return(ctx)) { kept.value = u64(dfd); return 0; }
    this.first = i64(kept.value);`,
    imports: "PtRegs, bpf_session_cookie, bpf_session_is_return,",
    needs: [kprobeSession],
    act: () => void lookUp(),
    expected: { first: -100n },
  },
  {
    section: "uprobe.session/libc.so.6:getpgid",
    parameters: "ctx: PtRegs, pid: i32",
    body: `const kept = bpf_session_cookie(ctx);
    if (!bpf_session_is_return(ctx)) { kept.value = u64(pid); return 0; }
    this.first = i64(kept.value);`,
    imports: "PtRegs, bpf_session_cookie, bpf_session_is_return,",
    needs: [uprobeSession],
    act: () => void getpgid(process.pid),
    expected: { first: pid },
  },
  ...sleepableHooks(),
];

describe("a program is given the arguments of its hook", () => {
  for (const { section, parameters, body, imports = "", kernel, needs, act, expected } of hooks) {
    const source = declareProbe({
      "probe.bpf.ts": probe(
        `  readonly targetPid: u32 = 0;
  calls: u32 = 0; first: i64 = 0; second: i64 = 0; text: str<128> = "";
  @SEC("${section}")
  hook(${parameters}): i32 {
    if (u32(bpf_get_current_pid_tgid() >> 32) !== this.targetPid) return 0;
    ${body}
    this.calls += 1;
    return 0;
  }`,
        {
          imports,
          before: kernel === undefined ? "" : `import type { ${kernel} } from "./vmlinux";`,
        },
      ),
    });
    kernelTest(`by ${section} (${parameters})`, { needs }, async (t) => {
      const seen = await t.load<Seen>(source, { rodata: { targetPid: process.pid } });
      seen.attach();
      const text = act(t);
      seen.detach();
      const { calls, first, second } = seen.globals;
      expect({ calls, first, second }).toEqual({ calls: 1, first: 0n, second: 0n, ...expected });
      if (text !== undefined) expect(seen.globals.text).toBe(text);
    });
  }
});
