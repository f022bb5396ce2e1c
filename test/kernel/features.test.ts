import { release } from "node:os";
import { type MapType, mapTypes, type ProgramType, programTypes } from "@tsbpfc/loader";
import {
  attachCookies,
  bpfLinks,
  bpfLsm,
  btfFeatures,
  type Feature,
  fentry,
  helperFeature,
  kprobeMulti,
  kprobeSession,
  kprobes,
  linkTypeFeature,
  linkTypes,
  mapTypeFeature,
  memcgAccounting,
  mmapableArrays,
  modifyReturn,
  numberIterators,
  programTypeFeature,
  structOps,
  structOpsLinks,
} from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelRow } from "../lab/kernels.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast, labKernel } from "../support/needs.js";

const features: readonly Feature[] = [
  attachCookies,
  bpfLinks,
  bpfLsm,
  fentry,
  kprobeMulti,
  kprobeSession,
  modifyReturn,
  kprobes,
  memcgAccounting,
  mmapableArrays,
  numberIterators,
  structOps,
  structOpsLinks,
  ...Object.values(btfFeatures),
  ...linkTypes.map(linkTypeFeature),
  ...(Object.keys(mapTypes) as MapType[]).flatMap((kind) => mapTypeFeature(kind) ?? []),
  ...(Object.keys(programTypes) as ProgramType[]).flatMap((type) => programTypeFeature(type) ?? []),
  helperFeature("xdp", "bpf_redirect_map"),
  helperFeature("socket_filter", "bpf_ringbuf_output"),
  helperFeature("tracepoint", "bpf_get_branch_snapshot"),
  helperFeature("syscall", "bpf_user_ringbuf_drain"),
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
