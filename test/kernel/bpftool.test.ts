import { readFileSync } from "node:fs";
import { describe, expect } from "vitest";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe } from "../support/probe-source.js";
import { run } from "../support/root.js";

const example = (path: string): string =>
  readFileSync(new URL(`../../examples/${path}`, import.meta.url), "utf8");

/** The second reader of our objects: bpftool, with libbpf behind it. */
describe.each([
  {
    name: "execsnoop",
    probe: declareProbe({
      "probe.bpf.ts": example("execsnoop/execsnoop.bpf.ts"),
      "vmlinux.d.ts": example("execsnoop/vmlinux.d.ts"),
    }),
    programs: ["enter", "exit"],
    types: ["ExecEvent", "task_struct", "trace_event_raw_sys_enter"],
    quoted: "event.ppid = u32(task.real_parent.tgid)",
  },
  {
    name: "firewall",
    probe: declareProbe({ "probe.bpf.ts": example("firewall/firewall.bpf.ts") }),
    programs: ["filter"],
    types: ["Ipv4Prefix", "Ipv6Prefix", "Verdict", "xdp_md"],
    quoted: "if (ip && matches4(this.blocked4, ip)) return XdpAction.DROP;",
  },
])("bpftool and $name", ({ probe, programs, types, quoted }) => {
  const needs = { commands: ["bpftool"] };
  /** Loads the object's programs; where they are pinned. */
  const loaded = (t: Bench): string => {
    const pins = `${t.pins()}/programs`;
    run("bpftool", "prog", "loadall", t.object(probe).objectPath, pins);
    return pins;
  };

  kernelTest("loads the object's programs", needs, (t) => {
    const pins = loaded(t);
    for (const program of programs) {
      const shown = JSON.parse(run("bpftool", "-j", "prog", "show", "pinned", `${pins}/${program}`)) as {
        name: string;
      };
      expect(shown.name).toBe(program);
    }
  });

  kernelTest("prints its types", needs, (t) => {
    const dump = run("bpftool", "btf", "dump", "file", t.object(probe).objectPath);
    for (const type of types) expect(dump).toContain(`STRUCT '${type}'`);
  });

  kernelTest("quotes lines of the probe beside the instructions", needs, (t) => {
    const pins = loaded(t);
    const dumps = programs.map((program) =>
      run("bpftool", "prog", "dump", "xlated", "pinned", `${pins}/${program}`, "linum"),
    );
    expect(dumps.join("\n")).toContain(quoted);
    expect(dumps.join("\n")).toContain("file:probe.bpf.ts line_num:");
  });
});
