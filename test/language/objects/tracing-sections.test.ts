import { describe, expect, it } from "vitest";
import { compileFiles, probe } from "../../support/probe.js";

/** What the compiler says of one program. */
function said(section: string, parameters: string, body: string, kernel: string): readonly string[] {
  const imports = "TracingCtx, RawTracepoint, PtRegs, bpf_session_cookie, bpf_session_is_return,";
  const source = probe(`  n: u64 = 0;\n  @SEC("${section}") run(${parameters}): i32 { ${body} return 0; }`, {
    imports,
  });
  const { diagnostics } = compileFiles({ "probe.bpf.ts": source }, { kernel });
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}

describe("sections of tracing", () => {
  const session = "if (bpf_session_is_return(ctx)) this.n = bpf_session_cookie(ctx).value;";
  it.each([
    ["kprobe.session/vfs_*", "ctx: PtRegs, file: u64", session, "6.9", "6.10"],
    ["fsession/vfs_read", "ctx: TracingCtx", session, "6.19", "7.0"],
    ["fsession.s/vfs_read", "ctx: TracingCtx", session, "6.19", "7.0"],
    ["raw_tp.s/sys_enter", "ctx: RawTracepoint, regs: u64", "this.n = regs;", "7.0", "7.1"],
    ["tp_btf.s/sys_enter", "ctx: TracingCtx, regs: u64", "this.n = regs;", "7.0", "7.1"],
    ["tracepoint.s/syscalls/sys_enter_kill", 'ctx: Tracepoint<"syscalls/sys_enter_kill">', "", "7.0", "7.1"],
    ["fentry.multi/vfs_*", "ctx: TracingCtx, file: u64", "this.n = file;", "7.1", "7.2"],
    ["fexit.multi.s/vfs_*", "ctx: TracingCtx, file: u64", "this.n = file;", "7.1", "7.2"],
    ["fsession.multi/vfs_*", "ctx: TracingCtx, file: u64", session, "7.1", "7.2"],
  ])(
    "%s (%s): refused before its release, compiled from it on",
    (section, parameters, body, before, since) => {
      expect(said(section, parameters, body, since)).toEqual([]);
      const old = said(section, parameters, body, before);
      expect(old).not.toEqual([]);
      for (const text of old) expect(text).toContain(`needs Linux ${since}`);
    },
  );

  it("have the context of their kind, and twelve arguments at most", () => {
    expect(said("fentry.multi/vfs_*", "ctx: PtRegs", "", "7.3")).toHaveLength(1);
    const many = Array.from({ length: 13 }, (_, i) => `a${i}: u64`).join(", ");
    expect(said("fentry.multi/vfs_*", `ctx: TracingCtx, ${many}`, "", "7.3")).toEqual([
      expect.stringContaining("12"),
    ]);
  });
});
