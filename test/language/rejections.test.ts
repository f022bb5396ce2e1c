import { parseObject } from "@tsbpfc/loader";
import { type Feature, fentry, loadCollection, VerifierError } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { labKernel } from "../support/needs.js";
import { declareProbe, probe } from "../support/probe-source.js";

interface Mistake {
  /** What the compiler cannot tell, and the verifier does. */
  readonly name: string;
  /** The line that the error has to point at is marked by a comment. */
  readonly body: string;
  /** What the message says to do, in the dialect's terms. */
  readonly advice: RegExp;
  readonly needs?: readonly Feature[];
  /** Of the lab's machines only: some releases of Linux 6.18 crash where the verifier gives up. */
  readonly isHard?: true;
}

const HERE = "// <<";

const mistakes: readonly Mistake[] = [
  {
    name: "a packet is read without a comparison with its end",
    body: `@SEC("xdp") go(ctx: XdpMd): XdpAction {
    const eth = cast<ptr<EthHdr>>(ctx.data);
    if (eth.h_proto === htons(0x0800)) return XdpAction.PASS; ${HERE}
    return XdpAction.DROP;
  }`,
    advice: /new Packet\(ctx\)\.read\(EthHdr\)/,
  },
  {
    name: "a packet is read after a call that may have moved it",
    body: `@SEC("tc") go(ctx: SkBuff): i32 {
    const eth = cast<ptr<EthHdr>>(ctx.data);
    if (u64(ctx.data) + 14 > u64(ctx.data_end)) return 0;
    bpf_skb_pull_data(ctx, 34);
    return i32(eth.h_proto); ${HERE}
  }`,
    advice: /`new Packet\(ctx\)` after it/,
  },
  {
    name: "a cast hides that a lookup may find nothing",
    body: `@map({ maxEntries: 4 }) table: HashMap<u32, Event>;
  @SEC("tc") go(ctx: SkBuff): i32 {
    const event = cast<ptr<Event>>(this.table.lookup(ctx.mark));
    return i32(event.len); ${HERE}
  }`,
    advice: /if \(!value\) return 0;/,
  },
  {
    name: "a number is cast to a pointer, and followed",
    body: `@SEC("tc") go(ctx: SkBuff): i32 {
    const event = cast<ptr<Event>>(u64(ctx.mark));
    return i32(event.len); ${HERE}
  }`,
    advice: /readKernel\(\)/,
  },
  {
    name: "a step in memory has no bound",
    body: `@map({ maxEntries: 4 }) table: ArrayMap<Event>;
  @SEC("tc") go(ctx: SkBuff): i32 {
    const event = this.table.lookup(1);
    if (!event) return 0;
    return i32(offset(addr(event.len), ctx.len).value); ${HERE}
  }`,
    advice: /if \(i < 16\)/,
  },
  {
    name: "a helper's size has no bound",
    body: `@SEC("tc") go(ctx: SkBuff): i32 {
    const bytes = zeroed<array<u8, 16>>();
    bpf_skb_load_bytes(ctx, 0, bytes, ctx.len); ${HERE}
    return bytes[0];
  }`,
    advice: /size > buffer\.length/,
  },
  {
    name: "a hook does not know the result",
    body: `@SEC("cgroup/connect4") go(ctx: SockAddr): i32 {
    return 5; ${HERE}
  }`,
    advice: /only some results/,
  },
  {
    name: "a lock is held during a call",
    body: `@map({ maxEntries: 4 }) table: ArrayMap<Account>;
  @SEC("tc") go(ctx: SkBuff): i32 {
    const account = this.table.lookup(1);
    if (!account) return 0;
    withLock(account.lock, () => {
      account.amount = bpf_ktime_get_ns(); ${HERE}
    });
    return 0;
  }`,
    advice: /call before withLock\(\)/,
  },
  {
    name: "a helper sleeps where nothing may",
    body: `@SEC("fentry/bpf_fentry_test1") go(ctx: TracingCtx): i32 {
    const word = zeroed<array<u8, 8>>();
    bpf_copy_from_user(word, cast<ptr<u8>>(u64(4))); ${HERE}
    return word[0];
  }`,
    advice: /fentry\.s\//,
    needs: [fentry],
  },
  {
    name: "a loop ends some time",
    body: `@SEC("tc") go(ctx: SkBuff): i32 {
    let n = ctx.len;
    let steps = 0;
    while (n !== 1) { ${HERE}
      n = n % 2 === 0 ? n / 2 : 3 * n + 1; ${HERE}
      steps++; ${HERE}
    }
    return i32(steps);
  }`,
    advice: /range\(a, b\)/,
    isHard: true,
  },
];

const imports = `cast, offset, addr, withLock, SpinLock, ArrayMap, EthHdr, htons, zeroed, bpf_skb_load_bytes,
  bpf_skb_pull_data, bpf_copy_from_user, TracingCtx, SockAddr,`;
const before = "class Event { len: u32; }\nclass Account { lock: SpinLock; amount: u64; }";

const declared = mistakes.map((mistake) => {
  const text = probe(mistake.body, { imports, before });
  const lines = text.split("\n").flatMap((line, i) => (line.includes(HERE) ? [i + 1] : []));
  return { ...mistake, source: declareProbe({ "probe.bpf.ts": text }), lines };
});

describe("a mistake that only the verifier sees is told in terms of the probe", () => {
  for (const { name, source, lines, advice, needs = [], isHard = false } of declared)
    describe.skipIf(isHard && labKernel === "host")("where", () => {
      kernelTest(name, { needs, timeoutMs: 300_000 }, (t) => {
        let error: unknown;
        try {
          loadCollection(parseObject(t.object(source).object)).close();
        } catch (caught) {
          error = caught;
        }
        expect(error).toBeInstanceOf(VerifierError);
        if (!(error instanceof VerifierError)) return;
        expect(error.at?.file).toMatch(/probe\.bpf\.ts$/);
        expect(lines).toContain(error.at?.line);
        expect(error.at?.column).toBeGreaterThan(0);
        expect(error.message).toMatch(advice);
        expect(error.message).toMatch(/^program 'go': .* The verifier rejects it: /);
        expect(error.message.split("\n").length).toBeLessThan(10);
        t.measured = error.message;
      });
    });
});
