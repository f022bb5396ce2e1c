import type { Skeleton, SkeletonProgram, StructOps } from "@tsbpfc/runtime";
import { structOpsLinks } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe } from "../support/probe-source.js";

type Aimd = Skeleton<
  Record<"aimd", StructOps>,
  Record<"lose", SkeletonProgram>,
  object,
  { most: number; packets: bigint; begun: number; halved: number; threshold: number }
>;

/** The kernel frees such programs after a grace period of RCU tasks: 10 s, and with busy CPUs a minute. */
const patienceMs = 150_000;
const timeoutMs = 400_000;

const NAME = "tsbpfc_aimd";
/** No window or threshold of the kernel's own making. */
const [FIRST, THRESHOLD, MOST] = [3, 17, 23];

/** Additive increase up to a limit, multiplicative decrease; what was before a loss is kept in the socket's own memory. */
const probe = declareProbe({
  "probe.bpf.ts": `
import { program, map, SEC, StructOps, StructOpsCtx, SkBuff, u32, u64, i32, ptr, atomic, cast, addr } from "@tsbpfc/stdlib";
import type { tcp_congestion_ops, sock, tcp_sock, inet_connection_sock } from "./vmlinux";
class Mine { before: u32; losses: u32; }
function mineOf(sk: ptr<sock>): ptr<Mine> {
  return cast<Mine>(addr(cast<inet_connection_sock>(sk).icsk_ca_priv));
}
@program({ license: "GPL" })
export class Aimd {
  readonly most: u32 = ${MOST};
  packets: u64 = 0; begun: u32 = 0; halved: u32 = 0; threshold: u32 = 0;
  // TCP_CONG_NON_RESTRICTED: else no namespace may have it as its default (tcp_set_default_congestion_control).
  @map({
    link: true,
    values: { name: "${NAME}", flags: 1, init: "begin", cong_avoid: "grow", ssthresh: "halve", undo_cwnd: "undo" },
  })
  aimd: StructOps<tcp_congestion_ops>;
  @SEC("struct_ops") begin(ctx: StructOpsCtx, sk: ptr<sock>): void {
    const tp = cast<tcp_sock>(sk);
    tp.snd_cwnd = ${FIRST};
    tp.snd_ssthresh = ${THRESHOLD};
    tp.snd_cwnd_cnt = 0;
    const mine = mineOf(sk);
    mine.before = 0;
    mine.losses = 0;
    this.begun = tp.snd_cwnd;
  }
  @SEC("struct_ops") grow(ctx: StructOpsCtx, sk: ptr<sock>, ack: u32, acked: u32): void {
    const tp = cast<tcp_sock>(sk);
    if (tp.snd_cwnd < tp.snd_ssthresh) {
      tp.snd_cwnd++;
      return;
    }
    tp.snd_cwnd_cnt += acked;
    if (tp.snd_cwnd_cnt >= tp.snd_cwnd) this.raise(tp);
  }
  raise(tp: ptr<tcp_sock>): void {
    tp.snd_cwnd_cnt = 0;
    if (tp.snd_cwnd < this.most) tp.snd_cwnd += 1;
  }
  @SEC("struct_ops") halve(ctx: StructOpsCtx, sk: ptr<sock>): u32 {
    const tp = cast<tcp_sock>(sk);
    const mine = mineOf(sk);
    mine.before = tp.snd_cwnd;
    mine.losses++;
    this.halved = mine.losses;
    const half = tp.snd_cwnd >> 1;
    this.threshold = half > 2 ? u32(half) : 2;
    return this.threshold;
  }
  @SEC("struct_ops") undo(ctx: StructOpsCtx, sk: ptr<sock>): u32 {
    const { before } = mineOf(sk);
    const now = cast<tcp_sock>(sk).snd_cwnd;
    return before > now ? before : now;
  }
  /** One packet of the data does not arrive. */
  @SEC("cgroup_skb/ingress") lose(skb: SkBuff): i32 {
    if (skb.len < 1000) return 1;
    return atomic.add(this.packets, 1) === 20 ? 0 : 1;
  }
}
`,
});

/** Prints what the kernel says of the sending socket once all was read. Both ends are closed, by agreement, before it ends. */
const transfer = `
const { createServer, connect } = require("net");
const { execFileSync } = require("child_process");
const size = 8 << 20;
let [got, open] = [0, 2];
const closed = () => --open === 0 && process.exit();
let sender;
const s = createServer((c) => {
  sender = c;
  c.resume().on("close", closed).write(Buffer.alloc(size));
});
s.listen(7, "127.0.0.1", () => connect(7, "127.0.0.1").on("close", closed).on("data", (chunk) => {
  got += chunk.length;
  if (got < size) return;
  process.stdout.write(execFileSync("ss", ["-tinH", "state", "established", "sport", "=", ":7"]));
  sender.end();
}));
`;

describe("fields of the kernel that struct_ops programs may write", () => {
  kernelTest(
    "a congestion control sets the window and the threshold that the kernel then sends by",
    { needs: [structOpsLinks], commands: ["ss"], patienceMs, timeoutMs },
    async (t) => {
      await t.alone(NAME);
      const loaded = await t.load<Aimd>(probe);
      const link = loaded.maps.aimd.attach();
      t.defer(() => link.close());
      const cgroup = t.cgroup();
      const losing = loaded.programs.lose.attach({ cgroup: cgroup.path });
      t.defer(() => losing.close());

      const net = t.namespace();
      const use = (name: string): string =>
        net.run("sh", "-c", `echo ${name} >/proc/sys/net/ipv4/tcp_congestion_control`);
      // Segments as on a wire: a window of a few is soon a limit.
      net.run("ip", "link", "set", "lo", "mtu", "1500");
      use(NAME);
      const child = net.start(process.execPath, ["-e", transfer], { cgroup });
      t.defer(() => child.end());
      expect(await child.exited, child.errors).toBe(0);
      // The kernel takes its time to end a namespace, which holds the control that it names.
      use("reno");

      const { begun, halved, threshold } = loaded.globals;
      expect(begun).toBe(FIRST);
      expect(halved).toBeGreaterThan(0);
      expect(threshold).toBeLessThan(THRESHOLD);
      // At its limit, but for a sender that was kept waiting until it timed out, whose window begins again.
      const [, window] =
        new RegExp(`\\b${NAME}\\b.*\\bcwnd:(\\d+) ssthresh:${threshold}\\b`).exec(child.output) ?? [];
      expect(window, child.output).toBeDefined();
      expect(Number(window)).toBeLessThanOrEqual(MOST);
    },
  );
});
