import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { type CollectionSpec, parseObject } from "@tsbpfc/loader";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { u32 } from "../codecs/index.js";
import { tcxLinks, uprobeMulti } from "../features/index.js";
import { type Collection, loadCollection } from "../load/collection.js";
import { HashMap } from "../maps/index.js";
import type { Program } from "../programs/program.js";
import { binaryFunctions, findBinary } from "./binary.js";
import type { Link } from "./link.js";

const uprobes = existsSync("/sys/bus/event_source/devices/uprobe");
const many = uprobeMulti.probe() === "yes";
const tcx = tcxLinks.probe() === "yes";

describe.skipIf(process.getuid?.() !== 0)("programs that are told where, on this kernel, as root", () => {
  const device = `g${process.pid % 100_000}`;
  let object: Uint8Array;
  let spec: CollectionSpec;
  let collection: Collection;
  let getpgid: (pid: number) => number;
  const links: Link[] = [];
  const attached = (link: Link): Link => {
    links.push(link);
    return link;
  };
  const program = (name: string): Program => collection.programs.get(name)!;
  const global = (name: string): number =>
    collection.maps.get(".bss")!.memory!.getUint32(spec.variables.get(name)!.offset, true);

  beforeAll(() => {
    object = compileFixture("targets");
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
    getpgid = koffi.load("libc.so.6").func("int getpgid(int pid)");
    execFileSync("ip", ["link", "add", device, "type", "veth", "peer", "name", `${device}p`]);
  });
  afterAll(() => {
    execFileSync("ip", ["link", "del", device]);
  });
  beforeEach(() => {
    spec = parseObject(object);
    collection = loadCollection(spec);
  });
  afterEach(() => {
    for (const link of links.splice(0)) link.close();
    collection.close();
  });

  test.skipIf(!uprobes)("a library's function is probed by the section's name, with a cookie", () => {
    attached(program("enter").attach({ pid: process.pid, cookie: 77n }));
    for (let i = 0; i < 3; i++) getpgid(0);
    expect([global("entered"), global("cookie")]).toEqual([3, 77]);
    links.pop()?.close();
    getpgid(0);
    expect(global("entered")).toBe(3);
  });

  test.skipIf(!uprobes)("an instruction within a library's function is probed", () => {
    const [start] = binaryFunctions(findBinary("libc.so.6", "test"), (name) => name === "getpgid", "test");
    const code = readFileSync(findBinary("libc.so.6", "test")).subarray(start!.offset);
    // endbr64 has four bytes, `mov $121, %eax` five: what a system call's function begins with on x86-64.
    const length = code.readUInt32BE(0) === 0xf30f1efa ? 4 : process.arch === "x64" ? 5 : 4;
    attached(program("enter").attach({ section: `uprobe/libc.so.6:getpgid+${length}`, pid: process.pid }));
    getpgid(0);
    expect(global("entered")).toBe(1);
    attached(
      program("enter").attach({
        section: "uprobe",
        binary: "libc.so.6",
        offset: start!.offset,
        pid: process.pid,
      }),
    );
    getpgid(0);
    expect(global("entered")).toBe(3);
  });

  test.skipIf(!uprobes)("a return is probed where the options say", () => {
    attached(program("leave").attach({ binary: "libc.so.6", symbol: "getpgid", pid: process.pid }));
    getpgid(0);
    expect(global("left")).toBe(1);
  });

  test.skipIf(!many)("many functions are probed by one pattern", () => {
    spec.programs.get("multi")!.autoload = true;
    collection.close();
    collection = loadCollection(spec);
    attached(program("multi").attach({ pid: process.pid }));
    getpgid(0);
    expect(global("many")).toBe(1);
  });

  test.skipIf(!many)("many places are probed by their bytes in the file", () => {
    spec.programs.get("multi")!.autoload = true;
    collection.close();
    collection = loadCollection(spec);
    const [getpgid_, getpgrp] = ["getpgid", "getpgrp"].map((symbol) => {
      const link = program("multi").attach({ pid: process.pid, symbols: [symbol] });
      const [offset] = link.info().lists.offsets ?? [];
      link.close();
      return offset === undefined ? null : Number(offset);
    });
    // The kernel tells places since Linux 6.8.
    if (getpgid_ == null || getpgrp == null) return;
    attached(program("multi").attach({ pid: process.pid, offsets: [getpgid_, getpgrp] }));
    getpgid(0);
    expect(global("many")).toBe(1);
    expect(() => program("multi").attach({ offsets: [] })).toThrow(/empty/);
    expect(() => program("multi").attach({ offsets: [1], symbols: ["getpgid"] })).toThrow(/together/);
    expect(() => program("multi").attach({ offsets: [1, 2], cookies: [1n] })).toThrow(/1 cookies for 2/);
  });

  test("a probe without a function, or on one that is not there, says what to write", () => {
    expect(() => program("leave").attach()).toThrow(/uprobe\/libc\.so\.6:malloc/);
    expect(() => program("leave").attach({ binary: "libc.so.6", symbol: "tsbpfc_none" })).toThrow(
      /no function 'tsbpfc_none'.*offset/,
    );
    expect(() => program("leave").attach({ binary: "libc.so.6", symbol: "getpgidd" })).toThrow(
      /Did you mean .*'getpgid'/,
    );
    expect(() => program("leave").attach({ binary: "libtsbpfc-none.so", symbol: "x" })).toThrow(
      /give its path/,
    );
    expect(() => program("leave").attach({ binary: "/proc/self/status", symbol: "x" })).toThrow(/status/);
  });

  test("an iterator reads a map's elements, anew each time", () => {
    const table = new HashMap(collection.maps.get("table")!, u32, u32);
    const link = attached(program("elements").attach({ map: table }));
    const pairs = (): number[][] => {
      const words = new Uint32Array(link.read().slice().buffer);
      return Array.from({ length: words.length / 2 }, (_, i) => [words[2 * i]!, words[2 * i + 1]!]).sort();
    };
    expect(pairs()).toEqual([]);
    table.set(1, 10).set(2, 20);
    expect(pairs()).toEqual([
      [1, 10],
      [2, 20],
    ]);
  });

  test("an iterator of tasks reads them all, or one process's", () => {
    const tgids = (link: Link): Set<number> => new Set(new Uint32Array(link.read().slice().buffer));
    const all = tgids(attached(program("tasks").attach()));
    expect(all.has(process.pid)).toBe(true);
    expect(all.size).toBeGreaterThan(1);
    expect(tgids(attached(program("tasks").attach({ pid: process.pid })))).toEqual(new Set([process.pid]));
  });

  test.skipIf(!tcx)(
    "an iterator that lacks its target, or has two, says so; other links cannot be read",
    () => {
      expect(() => program("elements").attach()).toThrow(/EBADF.*attach\(\{ map \}\)/);
      expect(() => program("tasks").attach({ pid: 1, cgroup: "/" })).toThrow(/pid and cgroup/);
      const link = attached(program("pass").attach({ iface: device, direction: "ingress" }));
      expect(() => link.read()).toThrow(/only iterators/);
    },
  );

  test("socket lookup attaches to a network namespace", () => {
    expect(() => program("lookup").attach()).toThrow(/netns/);
    const link = attached(program("lookup").attach({ netns: "/proc/self/ns/net" }));
    expect(link.info().programId).toBe(program("lookup").info().id);
  });

  test("a perf event program samples this process", () => {
    expect(() => program("sample").attach()).toThrow(/frequency: 99/);
    expect(() => program("sample").attach({ sampling: { frequency: 9, period: 9 } })).toThrow(/frequency/);
    attached(program("sample").attach({ pid: process.pid, sampling: { frequency: 999 } }));
    const end = performance.now() + 100;
    while (performance.now() < end);
    expect(global("samples")).toBeGreaterThan(5);
  });

  test("a perf event program runs when a place in memory is written", () => {
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
    const watched = new Uint8Array(8);
    const address: bigint = koffi.address(watched);
    const sampling = { event: { breakpoint: { address, on: "write", length: 4 } }, period: 1 } as const;
    const link = attached(program("sample").attach({ pid: process.pid, sampling }));
    const before = global("samples");
    watched[0] = 1;
    watched[4] = 1;
    watched[1] = 1;
    expect(global("samples") - before).toBe(2);
    links.pop();
    link.close();
    watched[0] = 2;
    expect(global("samples") - before).toBe(2);
  });

  test("a perf event program on every CPU is one link, closed as one", () => {
    const open = (): number => readdirSync("/proc/self/fd").length;
    const before = open();
    const link = program("sample").attach({ sampling: { event: "context-switches", period: 1_000_000 } });
    expect(open()).toBeGreaterThan(before);
    if (availableParallelism() > 1)
      expect(() => link.pin("/sys/fs/bpf/tsbpfc-none")).toThrow(/several links/);
    link.close();
    link.close();
    expect(open()).toBe(before);
    expect(() => link.fd).toThrow(/closed/);
  });

  test.skipIf(!tcx)("tc takes its direction from the options if the section has none", () => {
    expect(() => program("pass").attach({ iface: device })).toThrow(/direction: "ingress"/);
    const link = attached(program("pass").attach({ iface: device, direction: "egress" }));
    expect(link.info().programId).toBe(program("pass").info().id);
  });
});
