import { mkdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fixtureSkeleton } from "../../fixtures/skeleton.js";
import * as codecs from "../codecs/index.js";
import { mapTypeFeature } from "../features/index.js";
import type * as runtime from "../index.js";
import { commands } from "../sys/commands.js";
import { type Kernel, kernel, setKernel } from "../sys/kernel.js";
import { machineKernel } from "../sys/libc.js";
import { HashMap, openMap, pinnedMap } from "./index.js";

interface Counted {
  first: number;
  second: bigint;
}
interface Guarded {
  a: number;
  b: number;
}
interface Maps {
  readonly table: runtime.HashMap<number, Counted>;
  readonly each_cpu: runtime.PerCpuHashMap<number, number>;
  readonly prefixes: runtime.LpmTrie<Uint8Array, number>;
  readonly locked: runtime.ArrayMap<Guarded>;
  readonly shared: runtime.ArrayMap<number>;
  readonly seen: runtime.BloomFilter<number>;
  readonly first_counters: runtime.ArrayMap<bigint>;
  readonly outer: runtime.ArrayOfMaps<runtime.ArrayMap<bigint>>;
  readonly by_name: runtime.HashOfMaps<bigint, runtime.HashMap<number, Counted>>;
  readonly of_task: runtime.TaskStorage<Counted>;
  readonly of_socket: runtime.SkStorage<Counted>;
  readonly of_cgroup: runtime.CgroupStorage<Counted>;
  readonly sockets: runtime.SockMap;
  readonly sockets_by: runtime.SockHash<bigint>;
  readonly devices: runtime.DevMap;
  readonly devices_by: runtime.DevMapHash;
  readonly cpus: runtime.CpuMap;
  readonly queues: runtime.XskMap;
  readonly stacks: runtime.StackTrace;
  readonly cgroups: runtime.CgroupArray;
}
type ProgramName = "count" | "on_getpgid" | "after_device" | "after_cpu";
type Live = runtime.Skeleton<
  Maps,
  { readonly [name in ProgramName]: runtime.SkeletonProgram },
  { wanted: number },
  { stack: bigint }
>;

/** Where cgroups of version 2 are. */
const cgroups = /^\S+ (\S+) cgroup2 /m.exec(readFileSync("/proc/mounts", "utf8"))?.[1];
const hasCgroupStorage = mapTypeFeature("cgrp_storage")?.probe() === "yes";

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const entry = (i: number): [number, Counted] => [i, { first: i, second: BigInt(i) * 2n }];
const BATCHES: readonly number[] = [
  commands.BPF_MAP_LOOKUP_BATCH,
  commands.BPF_MAP_LOOKUP_AND_DELETE_BATCH,
  commands.BPF_MAP_UPDATE_BATCH,
  commands.BPF_MAP_DELETE_BATCH,
];

/** The machine's kernel as it was before batches (Linux 5.6). */
function withoutBatches(): Kernel {
  const machine = machineKernel();
  return {
    ...machine,
    bpf: (command, attr) => (BATCHES.includes(command) ? -22 : machine.bpf(command, attr)),
  };
}

/** A descriptor of a connected socket: Node has no public name for it. */
const fdOf = (socket: Socket): number =>
  Reflect.get(Reflect.get(socket, "_handle") as object, "fd") as number;

async function withSockets(body: (client: Socket) => void): Promise<void> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const client = connect(address.port, "127.0.0.1");
  try {
    await new Promise((resolve) => client.once("connect", resolve));
    body(client);
  } finally {
    client.destroy();
    server.close();
  }
}

describe.skipIf(process.getuid?.() !== 0)("maps of each kind on this kernel, as root", () => {
  let Kinds: { open(options?: object): Live };
  let skel: Live;
  beforeAll(() => {
    const Fixture = fixtureSkeleton<Live>("kinds");
    Kinds = {
      open: (options) => {
        const opened = Fixture.open(options);
        opened.spec.maps.get("of_cgroup")!.autocreate = hasCgroupStorage;
        return opened;
      },
    };
  });
  beforeEach(() => {
    skel = Kinds.open({ rodata: { wanted: process.pid } }).load();
  });
  afterEach(() => {
    skel.close();
    setKernel(null);
  });

  describe.each([
    ["in batches", machineKernel],
    ["one by one, on kernels before 5.6", withoutBatches],
  ] as const)("many elements %s", (_, make) => {
    beforeEach(() => setKernel(make()));

    test("are set, deleted where they are there, and drained", () => {
      const { table } = skel.maps;
      table.setMany(upTo(10_000).map(entry));
      expect(table.size).toBe(10_000);
      expect(table.get(7777)).toEqual({ first: 7777, second: 15554n });
      // Every third of them is not there.
      expect(table.deleteMany(upTo(9000).map((i) => (i % 3 === 0 ? 50_000 + i : i)))).toBe(6000);
      expect(table.size).toBe(4000);
      const drained = new Map(table.drain());
      expect([drained.size, table.size]).toEqual([4000, 0]);
      expect(drained.get(9999)).toEqual({ first: 9999, second: 19998n });
    });

    test("that do not fit are an error, and those before them are there", () => {
      expect(() =>
        skel.maps.each_cpu.setMany(upTo(300).map((i) => [i, upTo(skel.maps.each_cpu.cpus)])),
      ).toThrow(/E2BIG/);
      expect(skel.maps.each_cpu.size).toBe(100);
      expect(skel.maps.each_cpu.get(99)).toEqual(upTo(skel.maps.each_cpu.cpus));
      skel.maps.each_cpu.clear();
      expect(skel.maps.each_cpu.size).toBe(0);
    });

    test("of a trie go in and out too", () => {
      const key = (i: number): Uint8Array => new Uint8Array([32, 0, 0, 0, 10, 0, 0, i]);
      const { prefixes } = skel.maps;
      prefixes.setMany(upTo(50).map((i): [Uint8Array, number] => [key(i), i]));
      expect([prefixes.size, prefixes.get(key(7))]).toEqual([50, 7]);
      expect(prefixes.deleteMany([key(1), key(200), key(2)])).toBe(2);
      expect([...prefixes.drain()].length).toBe(48);
      expect(prefixes.size).toBe(0);
    });
  });

  test("values with a lock are read and written under it, alone and in batches", () => {
    const { locked } = skel.maps;
    locked.set(0, { a: 1, b: 2 }, { lock: true });
    locked.setMany([[1, { a: 3, b: 4 }]], { lock: true });
    expect([locked.get(0, { lock: true }), locked.get(1)]).toEqual([
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ]);
    expect(() => skel.maps.table.setMany([entry(1)], { lock: true })).toThrow(/EINVAL/);
  });

  test("an array in shared memory is the program's too, and needs no system call", () => {
    const array = skel.maps.shared.shared();
    array.set(3, 41);
    skel.programs.count.testRun();
    const machine = kernel();
    setKernel({
      ...machine,
      bpf: () => {
        throw new Error("a system call");
      },
    });
    expect([array.get(3), array.length, [...array].reduce((a, b) => a + b)]).toEqual([42, 1000, 42]);
    setKernel(null);
    expect(skel.maps.shared.get(3)).toBe(42);
    expect(() => array.get(1000)).toThrow(/elements 0 to 999/);
    expect(() => skel.maps.locked.shared()).toThrow(/BPF_F_MMAPABLE/);
    skel.close();
    expect(() => array.get(3)).toThrow(/closed/);
  });

  test("what is no 32-bit index is refused, not another element", () => {
    for (const index of [-1, 0.5, 2 ** 32, "1" as never])
      expect(() => skel.maps.shared.get(index)).toThrow(expect.objectContaining({ code: "bad-value" }));
    expect(skel.maps.shared.get(1000)).toBeUndefined();
  });

  test("a frozen map is read, and written by nobody here", () => {
    skel.maps.table.set(...entry(1));
    skel.maps.table.freeze();
    expect(skel.maps.table.get(1)?.first).toBe(1);
    expect(() => skel.maps.table.set(...entry(2))).toThrow(/EPERM/);
    expect(() => skel.maps.table.freeze()).toThrow(/frozen already/);
  });

  test("a bloom filter has what was added", () => {
    const { seen } = skel.maps;
    for (let i = 0; i < 100; i++) seen.add(i);
    expect(upTo(100).every((i) => seen.has(i))).toBe(true);
    expect(upTo(1000).filter((i) => seen.has(1_000_000 + i)).length).toBeLessThan(100);
  });

  test("maps in maps are made, set, opened and taken out", () => {
    const { outer, by_name } = skel.maps;
    expect(skel.programs.count.testRun().returnValue).toBe(5);
    expect(skel.maps.first_counters.get(3)).toBe(5n);
    expect([[...outer.keys()], outer.size, outer.get(0)]).toEqual([[1], 1, undefined]);
    {
      using made = outer.create();
      made.set(3, 100n);
      outer.set(1, made);
      expect(outer.id(1)).toBe(made.handle.info().id);
    }
    expect(skel.programs.count.testRun().returnValue).toBe(105);
    using again = outer.get(1);
    expect(again?.get(3)).toBe(105n);
    expect([outer.delete(1), outer.has(1)]).toEqual([true, false]);
    using inner = by_name.create();
    inner.set(...entry(9));
    by_name.set(77n, inner);
    using found = by_name.get(77n);
    expect([...by_name.keys()]).toEqual([77n]);
    expect(found?.get(9)).toEqual({ first: 9, second: 18n });
    expect(() => outer.set(0, inner)).toThrow(/EINVAL/);
  });

  test("a process and a socket each have a value of their own", async () => {
    const { of_task, of_socket } = skel.maps;
    const me = { pid: process.pid };
    expect([of_task.get(me), of_task.has(me), of_task.delete(me)]).toEqual([undefined, false, false]);
    of_task.set(me, { first: 1, second: 2n });
    expect(of_task.get(me)).toEqual({ first: 1, second: 2n });
    expect(of_task.get({ pid: process.ppid })).toBeUndefined();
    expect(() => of_task.set(me, { first: 1, second: 2n }, { when: "new" })).toThrow(/EEXIST/);
    expect(() => of_task.get({ pid: 0x3ffffff })).toThrow(/ESRCH/);
    await withSockets((client) => {
      of_socket.set({ fd: fdOf(client) }, { first: 3, second: 4n });
      expect(of_socket.get({ fd: fdOf(client) })).toEqual({ first: 3, second: 4n });
    });
  });

  /** Gives a cgroup of its own, where cgroups of version 2 are mounted. */
  const withCgroup = (body: (path: string) => void): void => {
    const path = `${cgroups}/tsbpfc-kinds-${process.pid}`;
    mkdirSync(path);
    try {
      body(path);
    } finally {
      rmdirSync(path);
    }
  };

  test.skipIf(cgroups === undefined || !hasCgroupStorage)("a cgroup has a value of its own", () => {
    const { of_cgroup } = skel.maps;
    withCgroup((path) => {
      of_cgroup.set({ path }, { first: 5, second: 6n });
      expect(of_cgroup.get({ path })).toEqual({ first: 5, second: 6n });
    });
  });

  test.skipIf(cgroups === undefined)("cgroups are set and taken out of an array", () => {
    withCgroup((path) => {
      skel.maps.cgroups.set(1, { path });
      expect([skel.maps.cgroups.delete(1), skel.maps.cgroups.delete(1)]).toEqual([true, false]);
    });
  });

  test("sockets are set by descriptor, told by cookie, and leave when they are closed", async () => {
    const { sockets, sockets_by } = skel.maps;
    await withSockets((client) => {
      sockets.set(2, { fd: fdOf(client) });
      sockets_by.set(5n, { fd: fdOf(client) });
      expect(sockets.get(2)).toBeGreaterThan(0n);
      expect(sockets_by.get(5n)).toBe(sockets.get(2));
      expect([[...sockets_by.keys()], sockets.get(1), sockets.delete(2), sockets.get(2)]).toEqual([
        [5n],
        undefined,
        true,
        undefined,
      ]);
    });
    for (let tries = 0; tries < 100 && sockets_by.get(5n) !== undefined; tries++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(sockets_by.get(5n)).toBeUndefined();
  });

  test("redirect targets are interfaces and CPUs, with a second program", () => {
    const { devices, devices_by, cpus, queues } = skel.maps;
    devices.setInterface(1, "lo", skel.programs.after_device.program);
    expect(devices.get(1)).toEqual({
      ifindex: 1,
      program: { id: skel.programs.after_device.info().id },
    });
    expect([devices.get(0), devices.delete(1), devices.get(1)]).toEqual([undefined, true, undefined]);
    devices_by.set(1000, { ifindex: 1 });
    expect([...devices_by]).toEqual([[1000, { ifindex: 1 }]]);
    expect(() => devices_by.setInterface(1, "no-such")).toThrow(/no network interface/);
    expect(() => devices_by.set(1, { ifindex: 1, program: skel.programs.after_device.program })).toThrow(
      /8 bytes/,
    );
    cpus.set(0, { queueSize: 64, program: skel.programs.after_cpu.program });
    expect(cpus.get(0)).toEqual({ queueSize: 64, program: { id: skel.programs.after_cpu.info().id } });
    expect(cpus.delete(0)).toBe(true);
    expect(() => queues.set(0, { fd: 0 })).toThrow(/ENOTSOCK|EOPNOTSUPP/);
    expect(() => queues.set(9, { fd: 0 })).toThrow(/slots 0 to 3/);
  });

  test("a call stack is the addresses that the program saw", () => {
    skel.programs.on_getpgid.attach();
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
    koffi.load(null).func("int getpgid(int pid)")(0);
    const id = Number(skel.globals.stack);
    expect(id).toBeGreaterThanOrEqual(0);
    expect(skel.maps.stacks.get(id)?.length).toBeGreaterThan(0);
    expect([...skel.maps.stacks.keys()]).toEqual([id]);
    expect(skel.maps.stacks.delete(id)).toBe(true);
  });

  test("a pinned map is opened again with what it holds", () => {
    const path = `/sys/fs/bpf/tsbpfc-kinds-${process.pid}`;
    skel.maps.table.set(...entry(3)).pin(path);
    try {
      const handle = pinnedMap(path);
      if (!handle) throw new Error("not there");
      expect(handle.facts).toMatchObject({ name: "table", type: "hash", keySize: 4, valueSize: 16 });
      using again = openMap(handle, { key: codecs.u32, value: codecs.bytes(16) });
      if (!(again instanceof HashMap)) throw new Error("not a HashMap");
      expect(again.get(3)).toHaveLength(16);
      expect(pinnedMap(`${path}-not`)).toBeNull();
    } finally {
      skel.maps.table.unpin(path);
    }
  });

  test("a pinned map that is another one is refused, with each difference", () => {
    const folder = `/sys/fs/bpf/tsbpfc-kinds-folder-${process.pid}`;
    const options = { pinPath: folder, maps: { table: { pinning: "by-name" } } };
    mkdirSync(folder);
    try {
      const first = Kinds.open(options).load();
      first.maps.table.set(...entry(5));
      first.close();
      const second = Kinds.open(options).load();
      expect(second.maps.table.get(5)?.first).toBe(5);
      second.close();
      const other = Kinds.open(options);
      Object.assign(other.spec.maps.get("table")!, { maxEntries: 7, flags: 1, type: "lru_hash" });
      expect(() => other.load()).toThrow(
        /another map than 'table': type 1 instead of 9, entries 20000 instead of 7, flags 0 instead of 1/,
      );
      other.close();
    } finally {
      rmSync(`${folder}/table`, { force: true });
      rmdirSync(folder);
    }
  });
});
