import type { Socket as Datagram } from "node:dgram";
import { createRequire } from "node:module";
import type { Skeleton, SkeletonProgram, SockMap } from "@tsbpfc/runtime";
import { attached, netfilterLinks, netkitLinks, tcxLinks } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { fixtureSkeleton } from "../../runtime/fixtures/skeleton.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import type { Namespace } from "../support/namespace.js";
import { run } from "../support/root.js";
import { descriptor, tcpPair, udpSocket } from "../support/sockets.js";
import { until } from "../support/until.js";

type Names =
  | "on_send"
  | "on_stream"
  | "unsaid"
  | "drop_all"
  | "any_socket"
  | "at_hook"
  | "dissect"
  | "pass"
  | "tcx_in"
  | "tcx_first"
  | "tc_in"
  | "tc_other"
  | "xdp_other"
  | "netkit_out"
  | "netkit_in"
  | "lwt_in"
  | "lwt_out"
  | "lwt_xmit"
  | "lwt_seg6"
  | "lwt_other";
type Attach = Skeleton<
  { sockets: SockMap },
  Record<Names, SkeletonProgram>,
  object,
  { runs: bigint; others: bigint }
>;

function load(t: Bench, ...also: readonly Names[]): Attach {
  const programs = Object.fromEntries(also.map((name) => [name, { autoload: true }]));
  const probe = fixtureSkeleton<Attach>("attach").open({ programs });
  t.defer(() => probe.close());
  return probe.load();
}

const sendTo = (socket: Datagram, port: number): Promise<void> =>
  new Promise((resolve, reject) =>
    socket.send("hello", port, "127.0.0.1", (error) => (error ? reject(error) : resolve())),
  );

/** An interface of this test's, with a neighbour in a namespace that answers pings. */
function peer(t: Bench): {
  readonly device: string;
  readonly net: Namespace;
  readonly ping: (count: number) => void;
} {
  const number = t.prefix.replace(/\D/g, "").slice(-8);
  const device = `t${number}`;
  const subnet = `10.${200 + (Number(number) % 50)}.${Number(number) % 250}`;
  const net = t.namespace("peer");
  run("ip", "link", "add", device, "type", "veth", "peer", "name", "veth0", "netns", net.name);
  run("ip", "link", "set", device, "up");
  run("ip", "addr", "add", `${subnet}.1/24`, "dev", device);
  net.run("ip", "link", "set", "veth0", "up");
  net.run("ip", "addr", "add", `${subnet}.2/24`, "dev", "veth0");
  // UDP to a port that nobody has: a packet each way, without a ping command.
  const script = `const s = require("dgram").createSocket("udp4"); let n = Number(process.argv[1]);
    const next = () => n-- > 0 ? s.send("x", 9, "${subnet}.1", next) : s.close(); next();`;
  return { device, net, ping: (count) => void net.run(process.execPath, "-e", script, `${count}`) };
}

describe("programs on sockets", () => {
  kernelTest(
    "sk_msg and a stream verdict run on the sockets of a map, until they are detached",
    {},
    async (t) => {
      const probe = load(t);
      const { client, server } = await tcpPair(t);
      const links = [probe.programs.on_stream, probe.programs.on_send].map((program) =>
        program.attach({ map: probe.maps.sockets }),
      );
      probe.maps.sockets.set(0, { fd: descriptor(server) });
      const received: Buffer[] = [];
      server.on("data", (chunk) => received.push(chunk));
      client.write("one");
      await until(() => Buffer.concat(received).toString() === "one");
      expect(probe.globals.runs).toBe(1n);
      server.write("two");
      await until(() => probe.globals.runs === 2n);
      for (const link of links) link.close();
      // A socket keeps what it has run until it leaves the map.
      probe.maps.sockets.delete(0);
      probe.maps.sockets.set(0, { fd: descriptor(server) });
      client.write("three");
      await until(() => Buffer.concat(received).toString() === "onethree");
      expect(probe.globals.runs).toBe(2n);
      expect(() => probe.programs.unsaid.attach({ map: probe.maps.sockets })).toThrow(/stream_verdict/);
      expect(() => probe.programs.on_send.attach()).toThrow(/attach\(\{ map/);
    },
  );

  kernelTest("a socket filter drops what a socket receives, until it is closed", {}, async (t) => {
    const probe = load(t);
    const { socket, port } = await udpSocket(t);
    const other = await udpSocket(t);
    let received = 0;
    socket.on("message", () => received++);
    const link = probe.programs.drop_all.attach({ socket: descriptor(socket) });
    await sendTo(other.socket, port);
    await until(() => probe.globals.runs === 1n);
    link.close();
    await sendTo(other.socket, port);
    await until(() => received === 1);
    expect(probe.globals.runs).toBe(1n);
    expect(() => link.fd).toThrow(/closed/);
    expect(() => probe.programs.drop_all.attach()).toThrow(/attach\(\{ socket/);
  });

  kernelTest("sk_reuseport chooses among the sockets that share a port", {}, async (t) => {
    const probe = load(t);
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
    const libc = koffi.load(null);
    const socket = libc.func("int socket(int, int, int)");
    const setsockopt = libc.func("int setsockopt(int, int, int, void *, unsigned int)");
    const bind = libc.func("int bind(int, void *, unsigned int)");
    const close = libc.func("int close(int)");
    const { socket: sender, port: free } = await udpSocket(t);
    const port = free + 1;
    const fd: number = socket(2, 2, 0);
    t.defer(() => void close(fd));
    expect(setsockopt(fd, 1, 15, Int32Array.of(1), 4)).toBe(0);
    const address = Uint8Array.of(2, 0, port >> 8, port & 255, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    expect(bind(fd, address, address.length)).toBe(0);
    const link = probe.programs.any_socket.attach({ socket: fd });
    await sendTo(sender, port);
    await until(() => probe.globals.runs === 1n);
    link.close();
    await sendTo(sender, port);
    expect(probe.globals.runs).toBe(1n);
  });
});

describe("programs of the network", () => {
  kernelTest(
    "netfilter: a hook sees what comes in, and tells where it is",
    { needs: [netfilterLinks] },
    async (t) => {
      const probe = load(t, "at_hook");
      const { socket, port } = await udpSocket(t);
      expect(() => probe.programs.at_hook.attach()).toThrow(/netfilter: \{ family: "ipv4"/);
      const link = probe.programs.at_hook.attach({
        netfilter: { family: "ipv4", hook: "input", priority: -1000 - (process.pid % 1000) },
      });
      await sendTo(socket, port);
      await until(() => probe.globals.runs > 0n);
      expect(link.info()).toMatchObject({ kind: "netfilter", details: { pf: 2n, hooknum: 1n } });
      link.close();
    },
  );

  kernelTest("flow_dissector: one for each namespace", {}, (t) => {
    const probe = load(t);
    const netns = t.namespace().path;
    const link = probe.programs.dissect.attach({ netns });
    expect(link.info().kind).toBe("netns");
    expect(() => probe.programs.dissect.attach({ netns })).toThrow(/E2BIG|EEXIST|EBUSY/);
    link.close();
    probe.programs.dissect.attach({ netns }).close();
  });

  kernelTest("XDP by netlink: stays, is replaced, refuses a second, and goes when closed", {}, (t) => {
    const probe = load(t);
    const { device, ping } = peer(t);
    const shown = (): string => run("ip", "-d", "link", "show", device);
    const link = probe.programs.pass.attach({ iface: device, mode: "generic", netlink: true });
    t.defer(() => link.close());
    expect(shown()).toMatch(/xdpgeneric/);
    ping(3);
    expect(probe.globals.runs).toBeGreaterThanOrEqual(3n);
    expect(() => probe.programs.pass.attach({ iface: device, mode: "generic", netlink: true })).toThrow(
      /EBUSY.*kernel says/,
    );
    expect(() => link.pin("/sys/fs/bpf/none")).toThrow(/5\.9/);
    link.update(probe.programs.xdp_other.program);
    // From here: the kernel's own packets (neighbours, routers) may come at any time before.
    const before = probe.globals.runs;
    ping(3);
    expect(probe.globals.runs).toBe(before);
    expect(probe.globals.others).toBeGreaterThanOrEqual(3n);
    link.close();
    expect(shown()).not.toMatch(/xdp/);
  });

  kernelTest("tc by netlink: a filter of clsact, replaced in place, gone when closed", {}, (t) => {
    const probe = load(t);
    const { device, ping } = peer(t);
    const link = probe.programs.tc_in.attach({ iface: device, direction: "ingress", netlink: true });
    t.defer(() => link.close());
    const second = probe.programs.tc_in.attach({ iface: device, direction: "egress", netlink: true });
    second.close();
    ping(3);
    expect(probe.globals.runs).toBeGreaterThanOrEqual(3n);
    link.update(probe.programs.tc_other.program);
    const before = probe.globals.runs;
    ping(3);
    expect(probe.globals.runs).toBe(before);
    expect(probe.globals.others).toBeGreaterThanOrEqual(3n);
    link.close();
    const others = probe.globals.others;
    ping(3);
    expect(probe.globals.others).toBe(others);
    // On the loopback's number, which has no such interface.
    expect(() =>
      probe.programs.tc_in.attach({ ifindex: 0x7fff_ffff, direction: "ingress", netlink: true }),
    ).toThrow(/ENODEV/);
  });

  kernelTest("tc without asking for netlink works on kernels before tcx", {}, (t) => {
    const probe = load(t);
    const { device, ping } = peer(t);
    const link = probe.programs.tc_in.attach({ iface: device, direction: "ingress" });
    t.defer(() => link.close());
    ping(2);
    expect(probe.globals.runs).toBeGreaterThanOrEqual(2n);
    link.update(probe.programs.tc_other.program);
    ping(2);
    expect(probe.globals.others).toBeGreaterThanOrEqual(2n);
  });

  kernelTest("tcx: programs stand in the order that is asked for", { needs: [tcxLinks] }, (t) => {
    const probe = load(t, "tcx_in", "tcx_first");
    const { device, ping } = peer(t);
    const last = probe.programs.tcx_in.attach({ iface: device });
    t.defer(() => last.close());
    const first = probe.programs.tcx_first.attach({ iface: device, anchor: { before: last } });
    t.defer(() => first.close());
    expect(first.info()).toMatchObject({ kind: "tcx" });
    // Packets that came before the first was there, of the kernel's own; none since.
    const unmarked = probe.globals.others;
    ping(3);
    expect(probe.globals.runs).toBeGreaterThanOrEqual(3n);
    expect(probe.globals.others).toBe(unmarked);
  });

  kernelTest(
    "netkit: a program on each side of a pair, attached by the primary interface",
    { needs: [netkitLinks] },
    async (t) => {
      const probe = load(t, "netkit_out", "netkit_in");
      const number = t.prefix.replace(/\D/g, "").slice(-8);
      const device = `n${number}`;
      const net = t.namespace("peer");
      run("ip", "link", "add", device, "type", "netkit");
      t.defer(() => void run("ip", "link", "del", device));
      const other = /\d+: [^@]+@(\w+):/.exec(run("ip", "-o", "link", "show", device))?.[1] ?? "";
      run("ip", "link", "set", other, "netns", net.name);
      run("ip", "addr", "add", "10.251.7.1/24", "dev", device);
      run("ip", "link", "set", device, "up");
      net.run("ip", "addr", "add", "10.251.7.2/24", "dev", other);
      net.run("ip", "link", "set", other, "up");
      const links = [
        probe.programs.netkit_out.attach({ iface: device }),
        probe.programs.netkit_in.attach({ iface: device }),
      ];
      for (const link of links) t.defer(() => link.close());
      expect(links.map((link) => link.info().kind)).toEqual(["netkit", "netkit"]);
      const told = links.map((link) => ({ programId: link.info().programId, linkId: link.info().id }));
      expect(attached("netkit_primary", { iface: device }).programs).toEqual(told.slice(0, 1));
      expect(attached("netkit_peer", { iface: device }).programs).toEqual(told.slice(1));
      const before = [probe.globals.runs, probe.globals.others];
      const { socket } = await udpSocket(t);
      await new Promise((resolve) => socket.send("x", 9, "10.251.7.2", resolve));
      await until(() => probe.globals.runs > before[0]!);
      const script = `const s = require("dgram").createSocket("udp4"); s.send("x", 9, "10.251.7.1", () => s.close());`;
      net.run(process.execPath, "-e", script);
      expect(probe.globals.others).toBeGreaterThan(before[1]!);
    },
  );

  kernelTest("lwt: the packets of a route that goes when it is closed", {}, (t) => {
    const probe = load(t, "lwt_out", "lwt_xmit", "lwt_in", "lwt_other");
    const { device } = peer(t);
    const route = "10.252.3.0/24";
    const shown = (): string => run("ip", "route", "show", "dev", device);
    const send = (): void => {
      const script = `const s = require("dgram").createSocket("udp4"); s.send("x", 9, "10.252.3.9", () => s.close());`;
      run(process.execPath, "-e", script);
    };
    for (const name of ["lwt_out", "lwt_xmit"] as const) {
      const before = probe.globals.runs;
      const link = probe.programs[name].attach({ route, iface: device });
      t.defer(() => link.close());
      expect(shown()).toMatch(new RegExp(`10\\.252\\.3\\.0/24.*encap bpf ${name.slice(4)}`));
      send();
      expect(probe.globals.runs).toBe(before + 1n);
      expect(() => probe.programs[name].attach({ route, iface: device })).toThrow(/EEXIST/);
      expect(() => link.pin("/sys/fs/bpf/none")).toThrow(/is a route/);
      if (name === "lwt_out") {
        link.update(probe.programs.lwt_other.program);
        send();
        expect([probe.globals.runs, probe.globals.others]).toEqual([before + 1n, 1n]);
      }
      link.close();
      expect(shown()).not.toMatch(/10\.252/);
    }
    // What comes in: shown by the kernel as the route's, in IPv6 as well.
    const into = probe.programs.lwt_in.attach({ route: "fd99:7::/64", iface: device });
    expect(run("ip", "-6", "route", "show", "dev", device)).toMatch(/fd99:7::\/64.*encap bpf in/);
    into.close();
    expect(() => probe.programs.lwt_in.attach({ iface: device })).toThrow(/attach\(\{ route/);
    expect(() => probe.programs.lwt_in.attach({ route: "10.1/8", iface: device })).toThrow(/not a network/);
  });

  kernelTest("lwt_seg6local: packets that are sent through a segment of this machine", {}, async (t) => {
    const probe = load(t, "lwt_seg6");
    const { device, net } = peer(t);
    const [segment, next, target] = ["fd99:8::e", "fd97:7::1", "fd98:1::/64"];
    run("ip", "addr", "add", "fd97:1::1/64", "dev", device, "nodad");
    net.run("ip", "addr", "add", "fd97:1::2/64", "dev", "veth0", "nodad");
    net.run("ip", "-6", "route", "add", `${segment}/128`, "via", "fd97:1::1");
    const encap = ["encap", "seg6", "mode", "encap", "segs", `${segment},${next}`];
    net.run("ip", "-6", "route", "add", target, ...encap, "dev", "veth0");
    const send = (): void => {
      const script = `const s = require("dgram").createSocket("udp6"); s.send("x", 9, "fd98:1::1", () => s.close());`;
      net.run(process.execPath, "-e", script);
    };
    const link = probe.programs.lwt_seg6.attach({ route: `${segment}/128`, iface: device });
    t.defer(() => link.close());
    expect(run("ip", "-6", "route", "show", "dev", device)).toMatch(
      /fd99:8::e.*encap seg6local action End\.BPF/,
    );
    // The first packets wait for the neighbour's address.
    await until(() => {
      send();
      return probe.globals.runs > 0n;
    });
    link.close();
    const before = probe.globals.runs;
    send();
    expect(probe.globals.runs).toBe(before);
    expect(() => probe.programs.lwt_seg6.attach({ route: "10.9.9.0/24", iface: device })).toThrow(
      /EINVAL|EOPNOTSUPP/,
    );
  });
});
