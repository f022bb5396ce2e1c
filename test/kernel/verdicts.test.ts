import { readFileSync } from "node:fs";
import { describe, expect } from "vitest";
import type { Firewall } from "../../examples/firewall/firewall.skel.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { ethernet, ipv4, ipv6, tcp, udp, vlan } from "../support/packets.js";
import { declareProbe } from "../support/probe-source.js";

const firewall = declareProbe({
  "probe.bpf.ts": readFileSync(new URL("../../examples/firewall/firewall.bpf.ts", import.meta.url), "utf8"),
});
const DROP = 1;
const PASS = 2;

/** The firewall with 10.9.1.0/24 and fd09:1::/32 blocked. */
async function guarded(t: Bench): Promise<Firewall> {
  const loaded = await t.load<Firewall>(firewall);
  loaded.maps.blocked4.set({ prefixlen: 24, addr: 0x0a09_0100 }, 1);
  const addr = new Uint8Array(16);
  addr.set([0xfd, 0x09, 0, 1]);
  loaded.maps.blocked6.set({ prefixlen: 32, addr }, 1);
  return loaded;
}

describe("the firewall's verdict by test run", () => {
  const cut = (packet: Uint8Array, length: number): Uint8Array => packet.slice(0, length);
  const packets: readonly [what: string, packet: Uint8Array, verdict: number][] = [
    ["UDP from a blocked IPv4 address", ethernet({}, ipv4({ source: "10.9.1.255" }, udp({}))), DROP],
    ["TCP from a blocked IPv4 address", ethernet({}, ipv4({ source: "10.9.1.0" }, tcp({}))), DROP],
    ["an IPv4 address just below the prefix", ethernet({}, ipv4({ source: "10.9.0.255" }, udp({}))), PASS],
    ["an IPv4 address just above it", ethernet({}, ipv4({ source: "10.9.2.0" }, udp({}))), PASS],
    [
      "a packet to a blocked address, not from it",
      ethernet({}, ipv4({ destination: "10.9.1.1" }, udp({}))),
      PASS,
    ],
    ["a blocked IPv6 address", ethernet({}, ipv6({ source: "fd09:1:ffff::1" }, udp({}))), DROP],
    ["an IPv6 address beside the prefix", ethernet({}, ipv6({ source: "fd09:2::1" }, udp({}))), PASS],
    [
      "a blocked address behind a VLAN tag, which it does not look into",
      ethernet({}, vlan({}, ipv4({ source: "10.9.1.1" }))),
      PASS,
    ],
    ["an IPv4 header that ends too early", cut(ethernet({}, ipv4({ source: "10.9.1.1" })), 14 + 19), PASS],
    ["an IPv6 header that ends too early", cut(ethernet({}, ipv6({ source: "fd09:1::1" })), 14 + 39), PASS],
    ["another EtherType", ethernet({ type: 0x0806 }, ipv4({ source: "10.9.1.1" })), PASS],
  ];
  for (const [what, packet, verdict] of packets)
    kernelTest(`${verdict === DROP ? "drops" : "passes"} ${what}`, {}, async (t) => {
      const loaded = await guarded(t);
      const { returnValue, dataOut } = loaded.programs.filter.testRun({ data: packet });
      expect(returnValue).toBe(verdict);
      expect(dataOut).toEqual(packet);
      const counted = (loaded.maps.verdicts.get(returnValue) ?? []).reduce(
        (sum, cpu) => ({ packets: sum.packets + cpu.packets, bytes: sum.bytes + cpu.bytes }),
        { packets: 0n, bytes: 0n },
      );
      expect(counted).toEqual({ packets: 1n, bytes: BigInt(packet.length) });
    });
});
