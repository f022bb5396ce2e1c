import { release } from "node:os";
import {
  attachCookies,
  bpfLinks,
  bpfLsm,
  btfFeatures,
  type Feature,
  fentry,
  kprobeMulti,
  kprobes,
  mapTypeFeature,
  memcgAccounting,
  mmapableArrays,
  netfilterLinks,
  netkitLinks,
  numberIterators,
  structOps,
  structOpsLinks,
  tcxLinks,
  uprobeMulti,
  xdpLinks,
} from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelRow } from "../lab/kernels.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast, labKernel } from "../support/needs.js";

const kinds = [
  "hash",
  "array",
  "lpm_trie",
  "queue",
  "percpu_hash",
  "prog_array",
  "perf_event_array",
  "ringbuf",
  "bloom_filter",
  "user_ringbuf",
  "sk_storage",
  "inode_storage",
  "task_storage",
  "cgrp_storage",
] as const;
const features: readonly Feature[] = [
  attachCookies,
  bpfLinks,
  bpfLsm,
  fentry,
  kprobeMulti,
  kprobes,
  memcgAccounting,
  mmapableArrays,
  numberIterators,
  tcxLinks,
  uprobeMulti,
  netfilterLinks,
  netkitLinks,
  structOps,
  structOpsLinks,
  xdpLinks,
  ...Object.values(btfFeatures),
  ...kinds.map((kind) => mapTypeFeature(kind)!),
];

describe("a kernel's features", () => {
  for (const { name, since, probe } of features)
    kernelTest(`${name}: since Linux ${since}`, {}, () => {
      const answer = probe();
      if (name in kernelRow(labKernel).lacks) {
        // Another machine's kernel may have what is missing here.
        if (labKernel !== "host") expect(answer).not.toBe("yes");
      } else expect(answer).toBe(isAtLeast(release(), since) ? "yes" : "no");
    });
});
