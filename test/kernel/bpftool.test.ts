import { readdirSync, readFileSync } from "node:fs";
import type { Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
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

/** A field for each kind of map that Linux 6.1 has. */
const KINDS: readonly (readonly [type: string, options: string])[] = [
  ["HashMap<u32, u64>", "maxEntries: 8"],
  ["LruHashMap<u32, u64>", "maxEntries: 8"],
  ["PerCpuHashMap<u32, u64>", "maxEntries: 8"],
  ["LruPerCpuHashMap<u32, u64>", "maxEntries: 8"],
  ["ArrayMap<u64>", "maxEntries: 8"],
  ["PerCpuArray<Value>", "maxEntries: 8"],
  ["LpmTrie<Prefix, u64>", "maxEntries: 8"],
  ["RingBuf<Value>", "maxEntries: 4096"],
  ["UserRingBuf<Value>", "maxEntries: 4096"],
  ["PerfEventArray<Value>", ""],
  ["Queue<u64>", "maxEntries: 8"],
  ["Stack<Value>", "maxEntries: 8"],
  ["BloomFilter<u64>", "maxEntries: 8"],
  ["ProgArray<XdpMd>", "maxEntries: 8"],
  ["StackTrace", "maxEntries: 8"],
  ["CgroupArray", "maxEntries: 8"],
  ["ArrayOfMaps<HashMap<u32, u64>>", "maxEntries: 8, inner: { maxEntries: 4 }"],
  ["HashOfMaps<u64, ArrayMap<array<Inside, 3>>>", "maxEntries: 8, inner: { maxEntries: 4 }"],
  ["TaskStorage<Value>", ""],
  ["InodeStorage<Value>", ""],
  ["SkStorage<Value>", ""],
  ["AttachedCgroupStorage<Value>", ""],
  ["PerCpuAttachedCgroupStorage<Value>", ""],
  ["DevMap", "maxEntries: 8"],
  ["DevMapHash", "maxEntries: 8"],
  ["CpuMap", "maxEntries: 1"],
  ["XskMap", "maxEntries: 8"],
  ["SockMap", "maxEntries: 8"],
  ["SockHash<u64>", "maxEntries: 8"],
  ["ReuseportSockArray", "maxEntries: 8"],
];

const kinds = declareProbe({
  "probe.bpf.ts": `
import { ${KINDS.map(([type]) => type.replace(/<.*/, "")).join(", ")},
  program, map, SEC, XdpMd, XdpAction, u32, u64, be32, array } from "@tsbpfc/stdlib";
class Value { a: u32; b: u64; }
class Inside { a: u32; b: u64; }
class Prefix { prefixlen: u32; address: be32; }
@program({ license: "GPL" })
export class Kinds {
${KINDS.map(([type, options], i) => `  @map({ ${options} }) map${i}: ${type};`).join("\n")}
  @SEC("xdp") run(ctx: XdpMd): XdpAction { return XdpAction.PASS; }
}`,
});

kernelTest("bpftool creates a map of every kind", { commands: ["bpftool"] }, (t) => {
  const pins = t.pins();
  run(
    "bpftool",
    "prog",
    "loadall",
    t.object(kinds).objectPath,
    `${pins}/programs`,
    "pinmaps",
    `${pins}/maps`,
  );
  const created = readdirSync(`${pins}/maps`);
  expect(created.filter((name) => name.startsWith("map"))).toHaveLength(KINDS.length);
});

kernelTest("the runtime creates a map of every kind", {}, async (t) => {
  const { maps } =
    await t.load<Skeleton<Record<string, object>, Record<"run", SkeletonProgram>, object, object>>(kinds);
  expect(Object.keys(maps)).toHaveLength(KINDS.length);
});
