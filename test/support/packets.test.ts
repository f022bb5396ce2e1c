import { describe, expect, it } from "vitest";
import { checksum, ethernet, ipv4, ipv6, tcp, udp, vlan } from "./packets.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("a packet", () => {
  it("of UDP in IPv4 is what the standards say, byte by byte", () => {
    const packet = ethernet(
      {},
      ipv4(
        { source: "192.168.0.1", destination: "192.168.0.199" },
        udp({ from: 1, to: 53 }, Uint8Array.of(0xab)),
      ),
    );
    expect(hex(packet)).toBe(
      `020000000000${"020000000001"}0800${"4500001d00000000"}4011${"f8b7"}c0a80001c0a800c7${"0001003500090000"}ab`,
    );
  });

  it("has a checksum that adds up to nothing (the header of Wikipedia's example: b861)", () => {
    const header = Buffer.from("450000730000400040110000c0a80001c0a800c7", "hex");
    expect(checksum(header)).toBe(0xb861);
    expect(checksum(ipv4({}).bytes)).toBe(0);
  });

  it("of IPv6 has its length without the header, and its addresses in full", () => {
    const packet = ipv6({ source: "fd09:1::7", destination: "::1" }, tcp({ flags: ["syn", "ack"] }));
    expect(hex(packet.bytes).slice(0, 80)).toBe(
      `6000000000140640${"fd090001000000000000000000000007"}${"00000000000000000000000000000001"}`,
    );
    expect(packet.bytes[40 + 13]).toBe(0x12);
  });

  it("in a VLAN has the tag's type outside and its own inside", () => {
    expect(hex(ethernet({}, vlan({ id: 5 }, ipv4({})))).slice(24, 36)).toBe("810000050800");
  });
});
