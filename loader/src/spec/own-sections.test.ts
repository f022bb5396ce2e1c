import { describe, expect, it } from "vitest";
import { libbpfSection } from "./own-sections.js";

describe("sections of one's own", () => {
  const own = { "on/": "tracepoint/", "on/call/": "tracepoint/syscalls/", mine: "xdp.frags", xdp: "tc" };

  it.each([
    ["on/sched/sched_switch", "tracepoint/sched/sched_switch"],
    ["on/call/sys_enter_openat", "tracepoint/syscalls/sys_enter_openat"],
    ["?on/call/x", "?tracepoint/syscalls/x"],
    ["mine", "xdp.frags"],
    ["?mine", "?xdp.frags"],
    // libbpf's own names too, as with libbpf's handlers.
    ["xdp", "tc"],
    ["xdp/devmap", "xdp/devmap"],
    ["mine/other", "mine/other"],
    ["on", "on"],
    ["kprobe/x", "kprobe/x"],
  ])("%s is %s", (section, expected) => {
    expect(libbpfSection(section, own)).toBe(expected);
  });
});
