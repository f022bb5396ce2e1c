import type { Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";

type Loaded = Skeleton<object, Record<string, SkeletonProgram>, object, { sum: bigint }>;

const iterators = declareProbe({
  "probe.bpf.ts": probe(
    `  sum: u64 = 0;
  @SEC("iter/cgroup") cgroup(ctx: IterCgroup): i32 { if (ctx.cgroup) this.sum += u64(ctx.cgroup.level + 1); return 0; }
  @SEC("iter/ksym") symbol(ctx: IterKsym): i32 { if (ctx.ksym) this.sum += ctx.ksym.name[0]; return 0; }
  @SEC("iter/tcp") tcp(ctx: IterTcp): i32 { if (ctx.sk_common) this.sum += ctx.sk_common.skc_num; return 0; }
  @SEC("iter/udp") udp(ctx: IterUdp): i32 {
    if (ctx.udp_sk) this.sum += ctx.udp_sk.inet.sk.sk_protocol + ctx.bucket;
    return 0;
  }`,
    { imports: "IterCgroup, IterKsym, IterTcp, IterUdp," },
  ),
});

const netfilter = declareProbe({
  "probe.bpf.ts": probe(
    `  sum: u64 = 0;
  @SEC("netfilter") seen(ctx: NetfilterCtx): i32 {
    this.sum += ctx.state.hook + ctx.skb.len;
    if (ctx.state.in) this.sum += u64(ctx.state.in.ifindex);
    return 1;
  }`,
    { imports: "NetfilterCtx," },
  ),
});

describe("contexts without type arguments have what most programs look at", () => {
  kernelTest("of iterators", {}, async (t) => {
    const loaded = await t.load<Loaded>(iterators);
    expect(Object.values(loaded.programs).map(({ spec }) => spec.section)).toHaveLength(4);
  });

  kernelTest("of netfilter", {}, async (t) => {
    expect((await t.load<Loaded>(netfilter)).globals.sum).toBe(0n);
  });
});
