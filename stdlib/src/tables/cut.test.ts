import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cutLibrary } from "./cut.js";

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
const files = readdirSync(new URL("..", import.meta.url)).filter((file) => file.endsWith(".ts"));
const code = new Set(files.filter((file) => !file.endsWith(".d.ts")));
const cut = (...mentioned: readonly string[]): ReadonlyMap<string, string> =>
  cutLibrary({ index: "index.d.ts", core: "core.d.ts", code, read }, new Set(mentioned));
const words = (text: string): readonly string[] => text.match(/[A-Za-z_$][\w$]*/g) ?? [];
const declared = (text = ""): readonly string[] =>
  [...text.matchAll(/^(?:export )?declare (?:const|function|abstract class|enum|namespace) (\w+)/gm)].map(
    ([, name = ""]) => name,
  );

describe("the standard library cut to what a program mentions", () => {
  it("keeps the helpers that are mentioned, their imports and types", () => {
    const text = cut("bpf_ktime_get_ns", "bpf_get_current_comm").get("helpers.generated.d.ts") ?? "";
    expect([...declared(text)].sort()).toEqual(["bpf_get_current_comm", "bpf_ktime_get_ns"]);
    expect(text).toContain("type Memory =");
    expect(text).toContain('import type { u64 } from "./types.js";');
    expect(text).not.toContain("/**");
  });

  it("keeps what a declaration refers to in other modules, and nothing else of them", () => {
    const texts = cut("HashMap");
    expect(declared(texts.get("maps.d.ts"))).toContain("Keyed");
    expect(declared(texts.get("maps.d.ts"))).not.toContain("RingBuf");
    expect(texts.get("types.d.ts")).toContain("export type u32 =");
    expect(texts.get("types.d.ts")).not.toContain("export type be64 =");
  });

  it("leaves out modules of which nothing is asked for, from the index too", () => {
    const texts = cut("HashMap");
    expect(texts.has("kfuncs.d.ts")).toBe(false);
    expect(texts.get("index.d.ts")?.split("\n").sort()).toEqual([
      'export * from "./maps.js";',
      'export * from "./types.js";',
    ]);
  });

  it("leaves modules written in the dialect as they are, lines and all", () => {
    const texts = cut("Packet");
    expect(texts.get("packet.ts")).toBe(read("packet.ts"));
    expect(texts.get("contexts.d.ts")).toContain("class XdpMd");
    expect(texts.has("usdt.ts")).toBe(false);
  });

  it("has what the compiler itself takes for a static probe", () => {
    expect(cut("SEC", "usdt").get("usdt.ts")).toBe(read("usdt.ts"));
  });

  it("keeps the sections that are mentioned, with their contexts", () => {
    const texts = cut(...words('@SEC("sk_skb/stream_parser")'));
    expect(texts.get("sections.d.ts")).toContain('"sk_skb/stream_parser": Fn<SkBuff>');
    expect(texts.get("sections.d.ts")).not.toContain('"cgroup/dev"');
    expect(texts.get("contexts.d.ts")).not.toContain("interface SkLookup");
  });

  it("keeps the system calls that are mentioned", () => {
    const text = cut(...words('SEC Tracepoint<"syscalls/sys_enter_execve">')).get("syscalls.generated.d.ts");
    expect(text?.match(/"syscalls\/\w+"/g)).toEqual(['"syscalls/sys_enter_execve"']);
  });

  it("keeps the events that are mentioned, with their structs", () => {
    const text = cut(...words('SEC("tp/sched/sched_wakeup")')).get("tracepoints.generated.d.ts");
    expect(text?.match(/"\w+\/\w+"/g)).toEqual(['"sched/sched_wakeup"']);
    expect(text?.match(/interface trace_event_raw_\w+/g)).toEqual([
      "interface trace_event_raw_sched_wakeup_template",
    ]);
  });

  it("keeps every declaration where everything is mentioned", () => {
    const texts = cut(...files.flatMap((file) => words(read(file))));
    expect([...texts.keys()].sort()).toEqual([...files].sort());
    for (const file of files)
      expect([file, ...declared(texts.get(file))].sort()).toEqual([file, ...declared(read(file))].sort());
  });
});
