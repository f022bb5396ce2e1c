import { type AttachType, attachTypeName } from "@tsbpfc/loader";
import {
  type AttachOptions,
  attached,
  bpfLsm,
  type EventKind,
  type Feature,
  fentry,
  fsession,
  kprobeMulti,
  kprobeSession,
  kprobes,
  type Link,
  type LinkKind,
  linkById,
  linkIds,
  netfilterLinks,
  netkitLinks,
  pinnedLink,
  type Skeleton,
  type SkeletonProgram,
  type SockMap,
  sockmapLinks,
  tcxLinks,
  tracingMulti,
  uprobeMulti,
  uprobeSession,
} from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { fixtureSkeleton } from "../../runtime/fixtures/skeleton.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { run } from "../support/root.js";
import { descriptor, udpSocket } from "../support/sockets.js";
import { until } from "../support/until.js";

type Kinds = Skeleton<
  { sockets: SockMap },
  Readonly<Record<string, SkeletonProgram>>,
  object,
  Record<string, never>
>;

/** A hook and what the kernel can do with a link to it. */
interface Row {
  /** Of the fixture's two programs, without `_a` and `_b`. */
  readonly name: string;
  readonly kind: LinkKind;
  readonly event?: EventKind;
  readonly needs?: readonly Feature[];
  readonly target?: (t: Bench, probe: Kinds) => AttachOptions;
  /** How the hook is asked for its programs, where the kernel can be. */
  readonly at?: AttachType;
  /** True if the kernel does it; else its reason. */
  readonly update: true | RegExp;
  readonly detach: true | RegExp;
}

const never = { update: /cannot be updated: close it/, detach: /cannot be detached: it ends/ } as const;
const both = { update: true, detach: true } as const;

const cgroup = (t: Bench): AttachOptions => ({ cgroup: t.cgroup().path });
const netns = (t: Bench): AttachOptions => ({ netns: t.namespace().path });
const self = (): AttachOptions => ({ pid: process.pid });
const map = (_: Bench, probe: Kinds): AttachOptions => ({ map: probe.maps.sockets });

/** An interface of this test's own. */
function iface(kind: "veth" | "netkit"): (t: Bench) => AttachOptions {
  return (t) => {
    const name = `k${t.prefix.replace(/\D/g, "").slice(-8)}`;
    run("ip", "link", "add", name, "type", kind);
    t.defer(() => void run("ip", "link", "del", name));
    return { iface: name };
  };
}
const veth = iface("veth");

const rows: readonly Row[] = [
  { name: "raw", kind: "raw_tracepoint", ...never },
  { name: "typed", kind: "raw_tracepoint", ...never },
  { name: "entry", kind: "tracing", needs: [fentry], ...never },
  { name: "both", kind: "tracing", needs: [fsession], ...never },
  { name: "entries", kind: "tracing_multi", needs: [tracingMulti], ...never },
  { name: "exits", kind: "tracing_multi", needs: [tracingMulti], ...never },
  { name: "both_many", kind: "tracing_multi", needs: [tracingMulti], ...never },
  { name: "guard", kind: "tracing", needs: [bpfLsm], ...never },
  { name: "connects", kind: "cgroup", target: cgroup, at: "cgroup_inet4_connect", ...both },
  { name: "creates", kind: "cgroup", needs: [bpfLsm], target: cgroup, ...both },
  { name: "maps", kind: "iter", ...never, update: true },
  { name: "lookup", kind: "netns", target: netns, at: "sk_lookup", ...both },
  { name: "dissect", kind: "netns", target: netns, at: "flow_dissector", ...both },
  { name: "pass", kind: "xdp", target: veth, at: "xdp", ...both },
  { name: "point", kind: "perf_event", event: "tracepoint", ...never },
  { name: "probe", kind: "perf_event", event: "kprobe", needs: [kprobes], ...never },
  { name: "probe_return", kind: "perf_event", event: "kretprobe", needs: [kprobes], ...never },
  { name: "user", kind: "perf_event", event: "uprobe", target: self, ...never },
  { name: "user_return", kind: "perf_event", event: "uretprobe", target: self, ...never },
  {
    name: "sample",
    kind: "perf_event",
    event: "event",
    target: () => ({ pid: process.pid, sampling: { event: "context-switches", period: 9 } }),
    ...never,
  },
  { name: "probes", kind: "kprobe_multi", needs: [kprobeMulti], ...never },
  { name: "session", kind: "kprobe_multi", needs: [kprobeSession], ...never },
  { name: "users", kind: "uprobe_multi", needs: [uprobeMulti], target: self, ...never },
  { name: "user_session", kind: "uprobe_multi", needs: [uprobeSession], target: self, ...never },
  {
    name: "at_hook",
    kind: "netfilter",
    needs: [netfilterLinks],
    target: () => ({ netfilter: { family: "ipv6", hook: "forward", priority: 1_000_000 + process.pid } }),
    ...never,
    detach: true,
  },
  { name: "tcx_in", kind: "tcx", needs: [tcxLinks], target: veth, at: "tcx_ingress", ...both },
  { name: "tcx_out", kind: "tcx", needs: [tcxLinks], target: veth, at: "tcx_egress", ...both },
  {
    name: "netkit_out",
    kind: "netkit",
    needs: [netkitLinks],
    target: iface("netkit"),
    at: "netkit_primary",
    ...both,
  },
  {
    name: "netkit_in",
    kind: "netkit",
    needs: [netkitLinks],
    target: iface("netkit"),
    at: "netkit_peer",
    ...both,
  },
  {
    name: "on_send",
    kind: "sockmap",
    needs: [sockmapLinks],
    target: map,
    at: "sk_msg_verdict",
    ...both,
  },
  {
    name: "on_stream",
    kind: "sockmap",
    needs: [sockmapLinks],
    target: map,
    at: "sk_skb_stream_verdict",
    ...both,
  },
];

function load(t: Bench, name: string): Kinds {
  const programs = { [`${name}_a`]: { autoload: true }, [`${name}_b`]: { autoload: true } };
  const probe = fixtureSkeleton<Kinds>("link-kinds").open({ programs });
  t.defer(() => probe.close());
  return probe.load();
}

/** The same as bpftool tells it: each of its facts that is ours too, texts and numbers alike. */
function sameAsBpftool(link: Link): void {
  const { id, programId, kind, details, target } = link.info();
  const { type, ...shown } = JSON.parse(run("bpftool", "-j", "link", "show", "id", String(id))) as {
    readonly [fact: string]: unknown;
  };
  expect(shown).toMatchObject({ id, prog_id: programId });
  // Kinds that it does not know it shows by their number.
  if (typeof type === "string") expect(type).toBe(kind);
  const ours: Readonly<Record<string, bigint | string>> = details;
  for (const [fact, value] of Object.entries(shown)) {
    // A hook that is newer than it as well.
    if (fact === "attach_type" && typeof value === "string")
      expect(attachTypeName(Number(ours[fact]))).toBe(value);
    else if (fact === "target_name" || fact === "tp_name") expect(target).toBe(value);
    else if (ours[fact] !== undefined) expect(String(ours[fact])).toBe(String(value));
  }
}

describe("every kind of link", () => {
  for (const { name, kind, event = null, needs = [], target, at, update, detach } of rows)
    kernelTest(
      `${event ?? kind} (${name}): info, pin, reopen, update, detach, close`,
      { needs },
      async (t) => {
        const probe = load(t, name);
        const [a, b] = [probe.programs[`${name}_a`]!, probe.programs[`${name}_b`]!];
        const options = target?.(t, probe) ?? {};
        const there = (): readonly number[] =>
          at === undefined ? [] : attached(at, options).programs.map(({ programId }) => programId);
        const link = a.attach(options);
        t.defer(() => link.close());
        const info = link.info();
        expect(info).toMatchObject({ kind, programId: a.info().id });
        // Perf events tell what they are of since Linux 6.6.
        if (info.event !== null) expect(info.event).toBe(event);
        if (at !== undefined) expect(there()).toEqual([a.info().id]);

        const pin = `${t.pins()}/link`;
        link.pin(pin);
        link.close();
        using again = pinnedLink(pin)!;
        using same = linkById(info.id)!;
        expect([again.info(), same.info()]).toEqual([info, info]);

        if (update === true) {
          again.update(b.program);
          expect(again.info().programId).toBe(b.info().id);
          if (at !== undefined) expect(there()).toEqual([b.info().id]);
        } else expect(() => again.update(b.program)).toThrow(update);

        if (detach === true) {
          again.detach();
          // The link is still there, without a place.
          expect(same.info()).toMatchObject({ kind, id: info.id });
          if (at !== undefined) expect(there()).toEqual([]);
        } else expect(() => again.detach()).toThrow(detach);

        again.unpin(pin);
        again.close();
        same.close();
        await until(() => ![...linkIds()].includes(info.id));
        expect(there()).toEqual([]);
      },
    );
});

describe("bpftool tells the same of a link", () => {
  // Kinds that it does not know it shows by their number, and nothing of them.
  for (const { name, kind, event, needs = [], target } of rows)
    kernelTest(`${event ?? kind} (${name})`, { needs, commands: ["bpftool"] }, (t) => {
      const probe = load(t, name);
      sameAsBpftool(probe.programs[`${name}_a`]!.attach(target?.(t, probe) ?? {}));
    });
});

/** What is attached without a link that could be pinned. */
const others: readonly {
  readonly name: string;
  readonly what: string;
  readonly target: (t: Bench) => AttachOptions | Promise<AttachOptions>;
  readonly why: RegExp;
  readonly update: true | RegExp;
}[] = [
  {
    name: "pass",
    what: "XDP by netlink",
    target: (t) => ({ ...veth(t), netlink: true, mode: "generic" }),
    why: /setting of the interface.*5\.9/,
    update: true,
  },
  {
    name: "filter",
    what: "tc by netlink",
    target: (t) => ({ ...veth(t), netlink: true, direction: "ingress" }),
    why: /clsact.*6\.6/,
    update: true,
  },
  {
    name: "drop",
    what: "a socket filter",
    target: async (t) => ({ socket: descriptor((await udpSocket(t)).socket) }),
    why: /option of the socket/,
    update: true,
  },
  {
    name: "route",
    what: "a tunnel of a route",
    target: (t) => {
      const { iface = "" } = veth(t);
      run("ip", "link", "set", iface, "up");
      return { iface, route: "10.252.4.0/24" };
    },
    why: /is a route/,
    update: true,
  },
  {
    name: "sample",
    what: "a perf event on every CPU",
    target: () => ({ sampling: { event: "context-switches", period: 1_000_000 } }),
    why: /several links/,
    update: never.update,
  },
];

describe("what is attached without one link", () => {
  for (const { name, what, target, why, update } of others)
    kernelTest(`${what}: says why it cannot be pinned; update; detach closes it`, {}, async (t) => {
      const probe = load(t, name);
      const [a, b] = [probe.programs[`${name}_a`]!, probe.programs[`${name}_b`]!];
      const options = await target(t);
      const link = a.attach(options);
      t.defer(() => link.close());
      expect(() => link.pin("/sys/fs/bpf/none")).toThrow(why);
      if (update === true) {
        expect(() => link.info()).toThrow(expect.objectContaining({ code: "unsupported" }));
        link.update(b.program);
      } else expect(() => link.update(b.program)).toThrow(update);
      link.detach();
      expect(link.closed).toBe(true);
      // Its place is free: the other one takes it.
      b.attach(options).close();
    });
});
