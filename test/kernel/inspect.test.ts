import { statSync } from "node:fs";
import { Btf } from "@tsbpfc/loader";
import {
  attached,
  btfById,
  btfIds,
  kprobeMulti,
  kprobes,
  type Link,
  linkById,
  linkIds,
  mapById,
  mapIds,
  pinnedLink,
  pinnedMap,
  pinnedProgram,
  pins as pinsIn,
  programById,
  programIds,
  type Skeleton,
  type SkeletonProgram,
  type SockMap,
  tcxLinks,
  uprobeMulti,
} from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { fixtureSkeleton } from "../../runtime/fixtures/skeleton.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { run } from "../support/root.js";

type Names =
  | "raw"
  | "point"
  | "maps"
  | "probe"
  | "probes"
  | "user"
  | "users"
  | "sample"
  | "lookup"
  | "dissect"
  | "pass"
  | "tcx_one"
  | "tcx_two"
  | "connect_one"
  | "connect_two"
  | "on_send";
type Inspect = Skeleton<{ sockets: SockMap }, Record<Names, SkeletonProgram>, object, { runs: bigint }>;

function load(t: Bench, ...also: readonly Names[]): Inspect {
  const programs = Object.fromEntries(also.map((name) => [name, { autoload: true }]));
  const probe = fixtureSkeleton<Inspect>("inspect").open({ programs });
  t.defer(() => probe.close());
  return probe.load();
}

function device(t: Bench): string {
  const name = `i${t.prefix.replace(/\D/g, "").slice(-8)}`;
  run("ip", "link", "add", name, "type", "veth", "peer", "name", `${name}p`);
  t.defer(() => void run("ip", "link", "del", name));
  return name;
}

const idOf = (program: SkeletonProgram): number => program.info().id;
/** What bpftool prints of the same thing. */
const bpftool = (...command: readonly string[]): unknown => JSON.parse(run("bpftool", "-j", ...command));

describe("what is in the kernel", () => {
  kernelTest("everything that is loaded is found by going through its kind's numbers", {}, (t) => {
    const probe = load(t);
    const link = probe.programs.raw.attach();
    const program = probe.programs.raw.program.info();
    const map = probe.maps.sockets.handle.info();
    expect([...programIds()]).toContain(program.id);
    expect([...mapIds()]).toContain(map.id);
    expect([...linkIds()]).toContain(link.info().id);
    using found = programById(program.id);
    expect([found?.name, found?.type, found?.info()]).toEqual(["raw", "raw_tracepoint", program]);
    const sockets = mapById(map.id);
    t.defer(() => sockets?.close());
    expect(sockets?.facts).toMatchObject({ name: "sockets", type: "sockmap", maxEntries: 1 });
    using same = linkById(link.info().id);
    expect(same?.info()).toEqual(link.info());
    expect([programById(0x7fff_ffff), mapById(0x7fff_ffff), linkById(0x7fff_ffff)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  kernelTest("BTF is read by its number: the kernel's, and an object's", {}, (t) => {
    load(t);
    const all = [...btfIds()].map((id) => btfById(id)).filter((btf) => btf !== null);
    const vmlinux = all.find(({ name }) => name === "vmlinux");
    expect(vmlinux?.ofKernel).toBe(true);
    expect(Btf.parse(vmlinux!.bytes).find("task_struct", ["struct"])).toHaveLength(1);
    const ours = all.filter(({ ofKernel }) => !ofKernel).map(({ bytes }) => Btf.parse(bytes));
    expect(ours.some((btf) => btf.find("connect_two", ["func"]).length === 1)).toBe(true);
    expect(btfById(0x7fff_ffff)).toBeNull();
  });

  kernelTest("pins are opened as what they are; another kind is an error that names both", {}, (t) => {
    const probe = load(t);
    const pins = t.pins();
    const link = probe.programs.maps.attach();
    link.pin(`${pins}/link`);
    probe.programs.pass.program.pin(`${pins}/program`);
    probe.maps.sockets.handle.pin(`${pins}/map`);
    using again = pinnedLink(`${pins}/link`);
    // An iterator's link can still be read.
    const before = probe.globals.runs;
    again?.read();
    expect(probe.globals.runs).toBeGreaterThan(before);
    using program = pinnedProgram(`${pins}/program`);
    expect(program?.info().id).toBe(idOf(probe.programs.pass));
    expect(program?.testRun({ data: new Uint8Array(64) }).returnValue).toBe(2);
    expect([...pinsIn(pins)]).toEqual([
      { path: `${pins}/link`, kind: "link" },
      { path: `${pins}/map`, kind: "map" },
      { path: `${pins}/program`, kind: "program" },
    ]);
    const map = pinnedMap(`${pins}/map`);
    t.defer(() => map?.close());
    expect(map?.facts.type).toBe("sockmap");
    expect(() => pinnedMap(`${pins}/program`)).toThrow(/what is pinned there is a program, not a map/);
    expect(() => pinnedProgram(`${pins}/link`)).toThrow(/is a link, not a program/);
    expect(() => pinnedLink(`${pins}/map`)).toThrow(/is a map, not a link/);
    expect(pinnedLink(`${pins}/none`)).toBeNull();
    // It stays after its maker has gone, until the pin goes.
    link.close();
    expect(again?.info().kind).toBe("iter");
    again?.unpin(`${pins}/link`);
  });
});

describe("what is attached to a hook", () => {
  const order = (type: Parameters<typeof attached>[0], where: Parameters<typeof attached>[1]) =>
    attached(type, where).programs.map(({ programId }) => programId);

  kernelTest("cgroup: in the order of running; with what is inherited", {}, (t) => {
    const probe = load(t);
    const cgroup = t.cgroup().path;
    const { connect_one, connect_two } = probe.programs;
    expect(order("cgroup_inet4_connect", { cgroup })).toEqual([]);
    connect_one.attach({ cgroup });
    connect_two.attach({ cgroup });
    const ids = [connect_one, connect_two].map(idOf);
    expect(order("cgroup_inet4_connect", { cgroup })).toEqual(ids);
    const all = order("cgroup_inet4_connect", { cgroup, effective: true });
    expect(all).toEqual(expect.arrayContaining(ids));
    connect_one.detach();
    expect(order("cgroup_inet4_connect", { cgroup })).toEqual(ids.slice(1));
    connect_two.detach();
  });

  kernelTest("cgroup: bpftool lists the same", { commands: ["bpftool"] }, (t) => {
    const probe = load(t);
    const cgroup = t.cgroup().path;
    for (const name of ["connect_one", "connect_two"] as const) probe.programs[name].attach({ cgroup });
    const listed = bpftool("cgroup", "show", cgroup) as readonly { readonly id: number }[];
    expect(order("cgroup_inet4_connect", { cgroup })).toEqual(listed.map(({ id }) => id));
    for (const name of ["connect_one", "connect_two"] as const) probe.programs[name].detach();
  });

  kernelTest("tcx: programs and links in order, and a count of changes", { needs: [tcxLinks] }, (t) => {
    const probe = load(t, "tcx_one", "tcx_two");
    const iface = device(t);
    const empty = attached("tcx_ingress", { iface });
    expect(empty.programs).toEqual([]);
    const last = probe.programs.tcx_one.attach({ iface });
    const first = probe.programs.tcx_two.attach({ iface, anchor: "first" });
    const { programs, revision } = attached("tcx_ingress", { iface });
    const ids = [first, last].map((link) => ({ programId: link.info().programId, linkId: link.info().id }));
    expect(programs).toEqual(ids);
    expect(revision).toBe(empty.revision + 2n);
    expect(order("tcx_egress", { iface })).toEqual([]);
    for (const link of [first, last]) link.close();
  });

  kernelTest("XDP: the interface's program, and its mode", {}, (t) => {
    const probe = load(t);
    const iface = device(t);
    expect(attached("xdp", { iface })).toEqual({ programs: [], flags: 0, revision: 0n });
    for (const [mode, flags] of [
      ["generic", 2],
      ["driver", 4],
    ] as const) {
      const link = probe.programs.pass.attach({ iface, mode });
      expect(attached("xdp", { iface })).toEqual({
        programs: [{ programId: idOf(probe.programs.pass), linkId: null }],
        flags,
        revision: 0n,
      });
      link.close();
    }
    expect(() => attached("xdp", { ifindex: 0x7fff_ffff })).toThrow(/ENODEV/);
  });

  kernelTest("network namespace, and a map of sockets", {}, (t) => {
    const probe = load(t);
    const { path: netns } = t.namespace();
    const { lookup, dissect, on_send } = probe.programs;
    const links = [lookup.attach({ netns }), dissect.attach({ netns })];
    expect(order("sk_lookup", { netns })).toEqual([idOf(lookup)]);
    expect(order("flow_dissector", { netns })).toEqual([idOf(dissect)]);
    const map = probe.maps.sockets;
    expect(order("sk_msg_verdict", { map })).toEqual([]);
    links.push(on_send.attach({ map }));
    expect(order("sk_msg_verdict", { map })).toEqual([idOf(on_send)]);
    for (const link of links) link.close();
  });

  kernelTest("what cannot be asked, or lacks its place, says what to do", {}, () => {
    expect(() => attached("trace_fentry", {})).toThrow(/linkIds\(\)/);
    expect(() => attached("cgroup_device", {})).toThrow(/\{ cgroup \}/);
    expect(() => attached("sk_msg_verdict", {})).toThrow(/\{ map \}/);
    expect(() => attached("xdp", {})).toThrow(/iface: "eth0"/);
  });
});

describe("what a link tells of its target", () => {
  const libc = /\/libc\.so\.6$/;
  /** Known since Linux 6.6: the lab's 6.1 says no more than the kind. */
  const newer = (link: Link): boolean => link.info().event !== null;

  kernelTest("a raw tracepoint and an iterator: their names", {}, (t) => {
    const probe = load(t);
    expect(probe.programs.raw.attach().info()).toMatchObject({
      kind: "raw_tracepoint",
      target: "sched_process_exit",
    });
    expect(probe.programs.maps.attach().info()).toMatchObject({ kind: "iter", target: "bpf_map" });
  });

  kernelTest("a tracepoint, a uprobe, a perf event: name, offset, cookie", {}, (t) => {
    const probe = load(t);
    const point = probe.programs.point.attach({ cookie: 5n });
    const user = probe.programs.user.attach({ pid: process.pid, cookie: 7n });
    const sample = probe.programs.sample.attach({
      pid: process.pid,
      sampling: { event: "context-switches", period: 9 },
    });
    if (!newer(point)) {
      expect(point.info()).toMatchObject({ kind: "perf_event", event: null, target: null, lists: {} });
      return;
    }
    expect(point.info()).toMatchObject({ event: "tracepoint", target: "sys_enter_getpgid" });
    const told = user.info();
    if (told.event !== "uprobe") throw new Error(`a uprobe's link is of ${told.event}`);
    expect(told.target).toMatch(libc);
    expect(told.details.offset).toBeGreaterThan(0n);
    // Linux 6.9.
    if (told.details.cookie !== 0n) {
      expect(told.details.cookie).toBe(7n);
      expect(point.info().details).toMatchObject({ cookie: 5n });
    }
    expect(sample.info()).toMatchObject({ event: "event", target: null, details: { type: 1n, config: 3n } });
  });

  kernelTest("a kprobe: the function", { needs: [kprobes] }, (t) => {
    const probe = load(t, "probe");
    const link = probe.programs.probe.attach();
    if (newer(link)) expect(link.info()).toMatchObject({ event: "kprobe", target: "bpf_fentry_test1" });
    else expect(link.info().event).toBeNull();
  });

  kernelTest("kprobe.multi: each function's address and cookie", { needs: [kprobeMulti] }, (t) => {
    const probe = load(t, "probes");
    const symbols = ["bpf_fentry_test1", "bpf_fentry_test2"];
    const { lists, details } = probe.programs.probes.attach({ symbols, cookies: [3n, 4n] }).info();
    expect(details).toMatchObject({ count: 2n });
    expect(lists.addrs?.every((address) => address > 0n)).toBe(true);
    expect([...(lists.cookies ?? [])].sort()).toEqual([3n, 4n]);
  });

  kernelTest("uprobe.multi: the binary, each offset and cookie", { needs: [uprobeMulti] }, (t) => {
    const probe = load(t, "users");
    const symbols = ["getpgid", "getpgrp"];
    const info = probe.programs.users.attach({ pid: process.pid, symbols, cookies: [8n, 9n] }).info();
    const one = probe.programs.user.attach({ pid: process.pid }).info();
    expect(info.target).toMatch(libc);
    expect(statSync(info.target!).isFile()).toBe(true);
    expect(one.details).toMatchObject({ offset: info.lists.offsets?.[0] });
    expect(info.lists.offsets?.[1]).not.toBe(info.lists.offsets?.[0]);
    expect(info.lists.cookies).toEqual([8n, 9n]);
    expect(info.lists.ref_ctr_offsets).toEqual([0n, 0n]);
  });
});
