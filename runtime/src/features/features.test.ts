import { release } from "node:os";
import { afterEach, describe, expect, test } from "vitest";
import { FakeKernel } from "../../fixtures/fake-kernel.js";
import { errno } from "../sys/errors.js";
import { setKernel } from "../sys/kernel.js";
import {
  attachCookies,
  bpfLinks,
  btfFeatures,
  type Feature,
  mapTypeFeature,
  memcgAccounting,
  mmapableArrays,
} from "./index.js";

const kinds = [
  "hash",
  "array",
  "lpm_trie",
  "queue",
  "percpu_hash",
  "prog_array",
  "perf_event_array",
  "ringbuf",
] as const;
const features: readonly Feature[] = [
  attachCookies,
  bpfLinks,
  memcgAccounting,
  mmapableArrays,
  ...Object.values(btfFeatures),
  ...kinds.map((kind) => mapTypeFeature(kind)!),
];

/** True if the running kernel is at least the release. */
function runs(since: string): boolean {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = since.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

describe.skipIf(process.getuid?.() !== 0)("on this kernel, as root", () => {
  test.each(features.filter((feature) => runs(feature.since)))(
    "$name is found, as Linux $since has it",
    (feature) => {
      expect(feature.probe()).toBe("yes");
    },
  );
});

describe("in a kernel that tests made up", () => {
  afterEach(() => setKernel(null));

  test.each([
    [errno.EINVAL, "no"],
    [errno.EPERM, "unknown"],
  ] as const)("errno %i means %s", (number, answer) => {
    const kernel = new FakeKernel();
    setKernel(kernel);
    for (const feature of features) {
      kernel.refuse = { call: kernel.calls.length, errno: number };
      expect(feature.probe(), feature.name).toBe(answer);
    }
    expect([...kernel.open]).toEqual([]);
  });
});
