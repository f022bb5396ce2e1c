import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { trimDeclarations } from "./trim.js";

const generated = (name: string): string =>
  readFileSync(new URL(`../${name}.generated.d.ts`, import.meta.url), "utf8");
const only = (file: string, ...names: readonly string[]): string =>
  trimDeclarations(generated(file), (name) => names.includes(name));

describe("trimming a generated declaration file", () => {
  it("keeps the helpers that are mentioned, their imports and types", () => {
    const text = only("helpers", "bpf_ktime_get_ns", "bpf_get_current_comm");
    expect(text.match(/bpf_\w+/g)).toEqual(
      ["bpf_ktime_get_ns", "bpf_get_current_comm"].sort((a, b) => text.indexOf(a) - text.indexOf(b)),
    );
    expect(text).toContain("type Memory =");
    expect(text).not.toContain("/**");
  });

  it("keeps the events that are mentioned", () => {
    const text = only("syscalls", "syscalls/sys_enter_execve");
    expect(text.match(/"syscalls\/\w+"/g)).toEqual(['"syscalls/sys_enter_execve"']);
    expect(text).toContain("interface SyscallExit");
  });

  it("keeps the structs of the events that are mentioned", () => {
    const text = only("tracepoints", "sched/sched_wakeup");
    expect(text.match(/"\w+\/\w+"/g)).toEqual(['"sched/sched_wakeup"']);
    expect(text.match(/interface trace_event_raw_\w+/g)).toEqual([
      "interface trace_event_raw_sched_wakeup_template",
    ]);
  });

  it("keeps the constants that are mentioned", () => {
    expect(only("constants", "ETH_P_IP").match(/const \w+/g)).toEqual(["const ETH_P_IP"]);
  });

  it("changes nothing but comments where everything is mentioned", () => {
    const text = generated("helpers");
    const declarations = (t: string): number => t.split("export declare").length;
    expect(declarations(trimDeclarations(text, () => true))).toBe(declarations(text));
  });
});
