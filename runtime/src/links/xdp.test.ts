import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { type CollectionSpec, parseObject } from "@tsbpfc/loader";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import type { Codec } from "../codec.js";
import { type Collection, loadCollection } from "../load/collection.js";
import { ArrayMap, HashMap, LpmTrie, Queue } from "../maps/index.js";
import { SyscallError, UsageError } from "../sys/errors.js";

const skipped = process.getuid?.() !== 0;
const XDP_DROP = 1;
const XDP_PASS = 2;

interface Prefix {
  readonly length: number;
  readonly address: readonly number[];
}

const prefix: Codec<Prefix> = {
  size: 8,
  read: (view, at) => ({
    length: view.getUint32(at, true),
    address: [0, 1, 2, 3].map((i) => view.getUint8(at + 4 + i)),
  }),
  write: (view, at, { length, address }) => {
    view.setUint32(at, length, true);
    for (const [i, byte] of address.entries()) view.setUint8(at + 4 + i, byte);
  },
};
const u32: Codec<number> = {
  size: 4,
  read: (view, at) => view.getUint32(at, true),
  write: (view, at, value) => view.setUint32(at, value, true),
};
const u64: Codec<bigint> = {
  size: 8,
  read: (view, at) => view.getBigUint64(at, true),
  write: (view, at, value) => view.setBigUint64(at, value, true),
};

/** An IPv4 packet that says to come from `address`. */
function packetFrom(address: readonly number[]): Uint8Array {
  const packet = new Uint8Array(64);
  packet.set([8, 0], 12);
  packet.set([0x45], 14);
  packet.set(address, 26);
  return packet;
}

describe.skipIf(skipped)("XDP on this kernel, as root", () => {
  const id = `t${process.pid % 100_000}`;
  const devices = [`${id}a`, `${id}b`] as const;
  const pinPath = `/sys/fs/bpf/tsbpfc-test-${process.pid}`;
  let object: Uint8Array;
  let collection: Collection;
  const spec = (): CollectionSpec => parseObject(object);
  const load = (): Collection => loadCollection(spec(), { pinPath });

  beforeAll(() => {
    object = compileFixture("xdp");
    mkdirSync(pinPath);
    execFileSync("ip", ["link", "add", devices[0], "type", "veth", "peer", "name", devices[1]]);
  });
  afterAll(() => {
    execFileSync("ip", ["link", "del", devices[0]]);
    rmSync(`${pinPath}/tsbpfc_test_kept`, { force: true });
    rmdirSync(pinPath);
  });
  beforeEach(() => {
    rmSync(`${pinPath}/tsbpfc_test_kept`, { force: true });
    collection = load();
    return () => collection.close();
  });

  test("the longest prefix decides, and the verdicts are counted", () => {
    const rules = new LpmTrie(collection.maps.get("rules")!, prefix, u32);
    const verdicts = new ArrayMap(collection.maps.get("verdicts")!, u64);
    rules
      .set({ length: 8, address: [10, 0, 0, 0] }, XDP_DROP)
      .set({ length: 16, address: [10, 1, 0, 0] }, XDP_PASS);
    expect(rules.get({ length: 32, address: [10, 1, 2, 3] })).toBe(XDP_PASS);
    expect(rules.get({ length: 32, address: [11, 1, 2, 3] })).toBeUndefined();
    expect([...rules.keys()].map((k) => k.length).sort()).toEqual([16, 8]);

    const filter = collection.programs.get("filter")!;
    expect(filter.testRun({ data: packetFrom([10, 9, 9, 9]) }).returnValue).toBe(XDP_DROP);
    const passed = filter.testRun({ data: packetFrom([10, 1, 2, 3]), repeat: 10 });
    expect(passed.returnValue).toBe(XDP_PASS);
    expect(passed.dataOut).toEqual(packetFrom([10, 1, 2, 3]));
    expect(passed.durationNs).toBeGreaterThan(0);
    expect([...verdicts]).toEqual([
      [0, 0n],
      [1, 1n],
      [2, 10n],
      [3, 0n],
    ]);
    verdicts.clear();
    expect([...verdicts.values()]).toEqual([0n, 0n, 0n, 0n]);
    expect(rules.delete({ length: 8, address: [10, 0, 0, 0] })).toBe(true);
    expect(rules.delete({ length: 8, address: [10, 0, 0, 0] })).toBe(false);
    expect(filter.testRun({ data: packetFrom([10, 9, 9, 9]) }).returnValue).toBe(XDP_PASS);
    const dropped = new Queue(collection.maps.get("dropped")!, u32);
    expect(dropped.peek()).toBe(0x0909090a);
    expect([dropped.pop(), dropped.pop()]).toEqual([0x0909090a, undefined]);
  });

  test("attaches to an interface by name and by index, and closing detaches", () => {
    const filter = collection.programs.get("filter")!;
    const shown = (): string => execFileSync("ip", ["-d", "link", "show", devices[0]], { encoding: "utf8" });
    const link = filter.attach({ iface: devices[0], mode: "generic" });
    try {
      expect(shown()).toMatch(/xdpgeneric/);
      expect(link.info().programId).toBe(filter.info().id);
      expect(() => filter.attach({ iface: devices[0], mode: "generic" })).toThrow(SyscallError);
    } finally {
      link.close();
    }
    expect(shown()).not.toMatch(/xdp/);
    const ifindex = Number(readFileSync(`/sys/class/net/${devices[0]}/ifindex`, "utf8"));
    const again = filter.attach({ ifindex });
    try {
      expect(shown()).toMatch(/prog\/xdp/);
    } finally {
      again.close();
    }
  });

  test("says what is missing without an interface, and which one is not there", () => {
    const filter = collection.programs.get("filter")!;
    expect(() => filter.attach()).toThrow(/which network interface: \{ iface: "eth0" \}/);
    expect(() => filter.attach({ iface: "tsbpfc-none" })).toThrow(/no network interface 'tsbpfc-none'/);
  });

  test("a map pinned by name is used again, with its entries", () => {
    new HashMap(collection.maps.get("tsbpfc_test_kept")!, u32, u64).set(5, 55n);
    collection.close();
    const second = load();
    try {
      expect(new HashMap(second.maps.get("tsbpfc_test_kept")!, u32, u64).get(5)).toBe(55n);
    } finally {
      second.close();
    }
  });

  test("a pinned map of another shape is refused, with each difference", () => {
    const other = spec();
    const kept = other.maps.get("tsbpfc_test_kept")!;
    kept.maxEntries = 17;
    kept.flags = 1;
    let error: unknown;
    try {
      loadCollection(other, { pinPath }).close();
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toMatch(/entries 16 instead of 17/);
    expect(String(error)).toMatch(/flags 0 instead of 1/);
  });

  test("a failed load pins nothing", () => {
    collection.close();
    rmSync(`${pinPath}/tsbpfc_test_kept`);
    const broken = spec();
    broken.programs.get("filter")!.instructions.fill(0xff, 0, 8);
    expect(() => loadCollection(broken, { pinPath })).toThrow(SyscallError);
    expect(existsSync(`${pinPath}/tsbpfc_test_kept`)).toBe(false);
  });

  test("walking a map while deleting from it meets every key once", () => {
    const map = new HashMap(collection.maps.get("tsbpfc_test_kept")!, u32, u64);
    for (let i = 0; i < 16; i++) map.set(i, BigInt(i));
    expect(() => map.set(99, 0n)).toThrow(/E2BIG/);
    const met: number[] = [];
    for (const [key] of map) {
      met.push(key);
      map.delete(key);
    }
    expect(met.sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i));
    expect(map.size).toBe(0);
    map.set(1, 1n, { when: "new" });
    expect(() => map.set(1, 1n, { when: "new" })).toThrow(/EEXIST/);
    expect(() => map.set(2, 1n, { when: "existing" })).toThrow(/ENOENT/);
    map.clear();
    expect([...map]).toEqual([]);
  });
});
