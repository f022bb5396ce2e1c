import { describe, expect, it } from "vitest";
import { matchSection, sections } from "./sections.js";

describe("the table of sections", () => {
  it("has libbpf 1.8's 116 rows, each prefix once", () => {
    expect(sections).toHaveLength(116);
    expect(new Set(sections.map((s) => s.prefix)).size).toBe(116);
  });

  it.each([
    ["xdp", "xdp", "xdp", ""],
    ["xdp/devmap", "xdp", "xdp_devmap", ""],
    ["tp/syscalls/sys_enter_execve", "tracepoint", null, "syscalls/sys_enter_execve"],
    ["kprobe/do_unlinkat", "kprobe", null, "do_unlinkat"],
    ["uretprobe//bin/bash:readline", "kprobe", null, "/bin/bash:readline"],
    ["uprobe.s", "kprobe", null, ""],
    ["fentry.s/do_unlinkat", "tracing", "trace_fentry", "do_unlinkat"],
    ["kprobe.session/tcp_*", "kprobe", "trace_kprobe_session", "tcp_*"],
    ["cgroup/connect4", "cgroup_sock_addr", "cgroup_inet4_connect", ""],
    ["sk_reuseport/migrate", "sk_reuseport", "sk_reuseport_select_or_migrate", ""],
    ["tcx/egress", "sched_cls", "tcx_egress", ""],
    ["struct_ops/init", "struct_ops", null, "init"],
    ["iter/task", "tracing", "trace_iter", "task"],
  ])("reads %s", (section, type, attachType, attachTo) => {
    const match = matchSection(section)!;
    expect([match.def.type, match.def.attachType, match.attachTo]).toEqual([type, attachType, attachTo]);
  });

  it("reads a leading question mark as: do not load by itself", () => {
    expect(matchSection("?lsm/file_open")).toMatchObject({
      autoload: false,
      name: "lsm/file_open",
      attachTo: "file_open",
    });
  });

  it.each(["socket/2", "sk_lookup/", "xdpx", "kprobes/x", "cgroup", "", "?", "tc/x", "XDP"])(
    "knows no section %j, as libbpf",
    (name) => {
      expect(matchSection(name)).toBeNull();
    },
  );
});
