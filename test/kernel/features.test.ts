import { release } from "node:os";
import { mapTypes, type ProgramType, programTypes } from "@tsbpfc/loader";
import {
  allFeatures,
  boundedLoops,
  type Feature,
  type HelperName,
  helperFeature,
  instructionsV2,
  instructionsV3,
  largeInstructions,
  mapTypeFeature,
  programTypeFeature,
  structOps,
} from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { helpers } from "../../runtime/src/features/helpers.generated.js";
import { kernelRow } from "../lab/kernels.js";
import { hasOneWay, mayCallHelper, usable } from "../support/callable.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast, labKernel } from "../support/needs.js";
import { run } from "../support/root.js";

const features: readonly Feature[] = [
  ...allFeatures,
  helperFeature("xdp", "bpf_redirect_map"),
  helperFeature("socket_filter", "bpf_ringbuf_output"),
  helperFeature("tracepoint", "bpf_get_branch_snapshot"),
  helperFeature("syscall", "bpf_user_ringbuf_drain"),
];

/** What bpftool calls the same thing. */
const misc: Readonly<Record<string, Feature>> = {
  have_large_insn_limit: largeInstructions,
  have_bounded_loops: boundedLoops,
  have_v2_isa_extension: instructionsV2,
  have_v3_isa_extension: instructionsV3,
};

describe("a second reader", () => {
  kernelTest(
    "bpftool finds the same types of programs and maps, and instructions",
    { commands: ["bpftool"] },
    () => {
      const told = JSON.parse(run("bpftool", "-j", "feature", "probe")) as Readonly<
        Record<"program_types" | "map_types" | "misc", Readonly<Record<string, boolean>>>
      >;
      const answers = (features: Readonly<Record<string, Feature | undefined>>): Record<string, boolean> =>
        Object.fromEntries(
          Object.entries(features).flatMap(([name, feature]) => {
            const answer = feature?.probe();
            return answer === "yes" || answer === "no" ? [[name, answer === "yes"]] : [];
          }),
        );
      const named = <T extends string>(
        of: Readonly<Record<T, number>>,
        what: string,
        feature: (type: T) => Feature | undefined,
      ) =>
        answers(
          Object.fromEntries(
            (Object.keys(of) as T[]).map((type) => [`have_${type}_${what}_type`, feature(type)]),
          ),
        );
      // What it knows: it may be older than the kernel. Its libbpf loads a tracing program as fentry, which is a probe of its own here.
      const { have_tracing_prog_type: _, ...programs } = told.program_types;
      const ours = named(programTypes, "prog", programTypeFeature);
      const maps = {
        ...named(mapTypes, "map", mapTypeFeature),
        ...answers({ have_struct_ops_map_type: structOps }),
      };
      const both = (a: Readonly<Record<string, boolean>>, b: Readonly<Record<string, boolean>>) =>
        Object.fromEntries(Object.entries(a).filter(([name]) => name in b));
      expect(both(programs, ours)).toEqual(both(ours, programs));
      expect(Object.keys(both(programs, ours)).length).toBeGreaterThan(25);
      expect(both(told.map_types, maps)).toEqual(both(maps, told.map_types));
      expect(Object.keys(both(told.map_types, maps))).toEqual(Object.keys(told.map_types));
      expect(told.misc).toEqual(answers(misc));
    },
  );
});

/** Asked of bpftool once: it loads thousands of programs. */
let told: Readonly<Record<string, readonly string[]>> | null = null;
function bpftoolHelpers(type: ProgramType): readonly string[] {
  told ??= (JSON.parse(run("bpftool", "-j", "feature", "probe", "full")) as { helpers: typeof told }).helpers;
  return told?.[`${type}_available_helpers`] ?? [];
}

/** What a cgroup's program may call where it is to be attached; bpftool names no place, or another. */
const byPlace: Partial<Record<ProgramType, RegExp>> = {
  cgroup_device: /^bpf_[gs]et_retval$/,
  cgroup_sysctl: /^bpf_[gs]et_retval$/,
  cgroup_sockopt: /^bpf_[gs]etsockopt$/,
};
/** Types that bpftool 7.1 does not load, for want of a target, or does not know; and one that no kernel of the lab has. */
const notAsked: ReadonlySet<ProgramType> = new Set([
  "tracing",
  "lsm",
  "ext",
  "struct_ops",
  "netfilter",
  "lirc_mode2",
]);

describe("helpers by type of program", () => {
  const ours = (type: ProgramType): string[] =>
    (Object.keys(helpers) as HelperName[])
      .filter((name) => helperFeature(type, name).probe() === "yes")
      .sort();
  for (const type of Object.keys(programTypes) as ProgramType[]) {
    const feature = programTypeFeature(type);
    if (!feature) continue;
    // Since then verifiers say it in other words, which bpftool 7.1 takes for a yes.
    if (!isAtLeast(release(), "6.10") && !notAsked.has(type))
      kernelTest(`${type}: bpftool finds the same`, { commands: ["bpftool"], needs: [feature] }, () => {
        const compared = (name: string): boolean => byPlace[type]?.test(name) !== true;
        expect(ours(type).filter(compared)).toEqual(bpftoolHelpers(type).filter(compared).sort());
      });

    // Of types with several attach types, what one of them may call is not what another may.
    if (hasOneWay(type))
      kernelTest(`${type}: the verifier's own words say the same`, { needs: [feature] }, () => {
        const ways = usable(type);
        const expected = Object.entries(helpers).filter(([, [id]]) => mayCallHelper(type, ways, id));
        expect(ours(type)).toEqual(expected.map(([name]) => name).sort());
      });
  }
});

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
