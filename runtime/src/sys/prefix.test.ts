import { expect, test } from "vitest";
import { parsePrefix } from "./prefix.js";

test("networks are read as the kernel takes them: address in network order, and bits", () => {
  const read = (text: string): unknown => {
    const prefix = parsePrefix(text);
    return prefix && [Buffer.from(prefix.address).toString("hex"), prefix.length];
  };
  expect(read("10.1.0.0/16")).toEqual(["0a010000", 16]);
  expect(read("192.168.0.1")).toEqual(["c0a80001", 32]);
  expect(read("::/0")).toEqual(["0".repeat(32), 0]);
  expect(read("fd00:1::2/64")).toEqual(["fd000001000000000000000000000002", 64]);
  expect(read("1:2:3:4:5:6:7:8")).toEqual(["00010002000300040005000600070008", 128]);
  expect(read("::ffff:10.0.0.1")).toEqual([`${"0".repeat(20)}ffff0a000001`, 128]);
  expect(read("fe80::/10")).toEqual([`fe80${"0".repeat(28)}`, 10]);
  for (const text of ["", "10.1/8", "10.1.0.0/33", "fd00::/129", "fe80::1%lo", "eth0", "10.1.0.0/16/2"])
    expect(parsePrefix(text)).toBeNull();
});
