import { readFileSync } from "node:fs";
import type { Feature, Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
import { expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";

/** The verifier finds a variable of the kernel's by its name among the kernel's symbols (CONFIG_KALLSYMS_ALL). */
const namedVariables: Feature = {
  name: "addresses of variables",
  since: "5.10",
  probe: () => (/ runqueues$/m.test(readFileSync("/proc/kallsyms", "latin1")) ? "yes" : "no"),
};

type Queues = Skeleton<
  object,
  Record<"run", SkeletonProgram>,
  object,
  { own: number; first: number; beyond: number; missing: number }
>;

const queues = declareProbe({
  "probe.bpf.ts": probe(
    `  own: u32 = 99; first: u32 = 99; beyond: u32 = 99; missing: u32 = 99;
  @SEC("xdp") run(ctx: XdpMd): XdpAction {
    this.own = u32(bpf_this_cpu_ptr<rq>(runqueues).cpu) - bpf_get_smp_processor_id();
    const first = bpf_per_cpu_ptr<rq>(runqueues, 0);
    if (first) this.first = u32(first.cpu);
    this.beyond = bpf_per_cpu_ptr<rq>(runqueues, 100000) ? 1 : 0;
    this.missing = no_such_queues ? 1 : 0;
    return XdpAction.PASS;
  }`,
    {
      imports: "bpf_this_cpu_ptr, bpf_per_cpu_ptr, bpf_get_smp_processor_id,",
      before: `import type { rq } from "./vmlinux";
declare const runqueues: rq;
declare const no_such_queues: rq | null;`,
    },
  ),
  "vmlinux.d.ts": `import type { i32 } from "@tsbpfc/stdlib";\nexport interface rq { readonly cpu: i32; }`,
});

kernelTest(
  "a per-CPU variable of the kernel's is read on any processor; a weak one that is not there is null",
  { needs: [namedVariables] },
  async (t) => {
    const reading = await t.load<Queues>(queues);
    reading.programs.run.testRun({ data: new Uint8Array(64) });
    const { own, first, beyond, missing } = reading.globals;
    expect({ own, first, beyond, missing }).toEqual({ own: 0, first: 0, beyond: 0, missing: 0 });
  },
);
