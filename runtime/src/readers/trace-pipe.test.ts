import { expect, test } from "vitest";
import { parseTraceLine } from "./trace-pipe.js";

test("a line of trace_pipe is who, where, when and what", () => {
  expect(
    parseTraceLine("            node-4242    [001] ...21  5034.113297: bpf_trace_printk: a: b [1]"),
  ).toEqual({
    task: "node",
    pid: 4242,
    cpu: 1,
    time: 5034.113297,
    message: "a: b [1]",
  });
  expect(parseTraceLine("  kworker/0:1-x-17  (     17) [000] d..3. 12.000001: sched_switch: prev")).toEqual({
    task: "kworker/0:1-x",
    pid: 17,
    cpu: 0,
    time: 12.000001,
    message: "sched_switch: prev",
  });
  expect(parseTraceLine("           <...>-1   [000] b..21     1.5: bpf_trace_printk: ")).toMatchObject({
    task: "<...>",
    message: "",
  });
});

test("a line of another form is none", () => {
  expect(parseTraceLine("CPU:1 [LOST 24 EVENTS]")).toBeNull();
  expect(parseTraceLine("")).toBeNull();
});
