import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Built, build } from "../support/probe.js";
import { has, isRoot, run } from "../support/root.js";

const example = (path: string): string =>
  readFileSync(new URL(`../../examples/${path}`, import.meta.url), "utf8");

/** The second reader of our objects: bpftool, with libbpf behind it. */
describe.skipIf(!isRoot || !has("bpftool")).each([
  {
    name: "execsnoop",
    files: {
      "probe.bpf.ts": example("execsnoop/execsnoop.bpf.ts"),
      "vmlinux.d.ts": example("execsnoop/vmlinux.d.ts"),
    },
    programs: ["enter", "exit"],
    types: ["ExecEvent", "task_struct", "trace_event_raw_sys_enter"],
    quoted: "event.ppid = u32(task.real_parent.tgid)",
  },
  {
    name: "firewall",
    files: { "probe.bpf.ts": example("firewall/firewall.bpf.ts") },
    programs: ["filter"],
    types: ["Ipv4Prefix", "Ipv6Prefix", "Verdict", "xdp_md"],
    quoted: "if (ip && matches4(this.blocked4, ip)) return XdpAction.DROP;",
  },
])("bpftool and $name", ({ name, files, programs, types, quoted }) => {
  const pins = `/sys/fs/bpf/tsbpfc-test-${name}-${process.pid}`;
  let built: Built;
  beforeAll(() => {
    built = build(files);
    if (spawnSync("mountpoint", ["-q", "/sys/fs/bpf"]).status !== 0) {
      mkdirSync("/sys/fs/bpf", { recursive: true });
      run("mount", "-t", "bpf", "bpf", "/sys/fs/bpf");
    }
    run("bpftool", "prog", "loadall", built.objectPath, pins);
  });
  afterAll(() => {
    rmSync(pins, { recursive: true, force: true });
    built.remove();
  });

  it("loads the object's programs", () => {
    for (const program of programs) {
      const shown = JSON.parse(run("bpftool", "-j", "prog", "show", "pinned", `${pins}/${program}`)) as {
        name: string;
      };
      expect(shown.name).toBe(program);
    }
  });

  it("prints its types", () => {
    const dump = run("bpftool", "btf", "dump", "file", built.objectPath);
    for (const type of types) expect(dump).toContain(`STRUCT '${type}'`);
  });

  it("quotes lines of the probe beside the instructions", () => {
    const dumps = programs.map((program) =>
      run("bpftool", "prog", "dump", "xlated", "pinned", `${pins}/${program}`, "linum"),
    );
    expect(dumps.join("\n")).toContain(quoted);
    expect(dumps.join("\n")).toContain("file:probe.bpf.ts line_num:");
  });
});
