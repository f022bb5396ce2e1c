import { afterEach, describe, expect, test } from "vitest";
import { FakeKernel } from "../../fixtures/fake-kernel.js";
import { errno } from "../sys/errors.js";
import { setKernel } from "../sys/kernel.js";
import { allFeatures, type Feature, helperFeature, kprobes, numberIterators, schedExt } from "./index.js";

const features: readonly Feature[] = [
  ...allFeatures,
  helperFeature("xdp", "bpf_redirect_map"),
  helperFeature("socket_filter", "bpf_ringbuf_output"),
  helperFeature("tracepoint", "bpf_get_branch_snapshot"),
  helperFeature("syscall", "bpf_user_ringbuf_drain"),
];

/** What is read from files, or found in the kernel's BTF, and asked by no command. */
const elsewhere: ReadonlySet<Feature> = new Set([kprobes, numberIterators, schedExt]);

describe("in a kernel that tests made up", () => {
  afterEach(() => setKernel(null));

  test.each([
    [errno.EINVAL, "no"],
    [errno.EPERM, "unknown"],
  ] as const)("errno %i means %s", (number, answer) => {
    const kernel = new FakeKernel();
    setKernel(kernel);
    for (const feature of features.filter((each) => !elsewhere.has(each))) {
      kernel.refuse = { call: kernel.calls.length, errno: number };
      expect(feature.probe(), feature.name).toBe(answer);
    }
    expect([...kernel.open]).toEqual([]);
  });

  test.each([
    ["/sys/bus/event_source/devices/kprobe/type", "yes"],
    ["/sys/bus/event_source/devices", "no"],
    ["/nothing", "unknown"],
  ])("kprobes, where %s is there: %s", (there, answer) => {
    const kernel = new FakeKernel();
    kernel.fileExists = (path) => `${there}/`.startsWith(`${path}/`);
    setKernel(kernel);
    expect(kprobes.probe()).toBe(answer);
  });
});
