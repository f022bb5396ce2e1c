import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { type CollectionSpec, parseObject } from "@tsbpfc/loader";
import { afterEach, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { FakeKernel } from "../../fixtures/fake-kernel.js";
import { type Fault, Faults } from "../../fixtures/faults.js";
import { map, program, specOf } from "../../fixtures/specs.js";
import { u32 } from "../codecs/index.js";
import { mapTypeFeature } from "../features/index.js";
import { PerfEventArray, RingBuf, TaskStorage, UserRingBuf } from "../maps/index.js";
import { errnoName, SyscallError } from "../sys/errors.js";
import { type Kernel, setKernel } from "../sys/kernel.js";
import { machineKernel } from "../sys/libc.js";
import { loadCollection } from "./collection.js";

const errnos = ["EPERM", "ENOMEM", "EINVAL", "EINTR", "EMFILE"] as const;

const section = (name: string, origin: "rodata" | "bss" | "data", flags = 0): ReturnType<typeof map> =>
  map(name, {
    type: "array",
    valueSize: 4,
    maxEntries: 1,
    flags,
    origin,
    contents: new Uint8Array([1, 0, 0, 0]),
  });
const memory = (name: string, type: "ringbuf" | "user_ringbuf"): ReturnType<typeof map> =>
  map(name, { type, keySize: 0, valueSize: 0, maxEntries: 4096 });

/** Something of everything that a load does. */
const everything = (): CollectionSpec =>
  specOf(
    [
      map("table"),
      map("kept", { pinning: "by-name" }),
      map("kept_too", { pinning: "by-name" }),
      section(".rodata", "rodata", 0x80),
      section(".data", "data"),
      map("calls", { type: "prog_array", valueSize: 4, values: new Map([[1, "second"]]) }),
      map("outer", { type: "array_of_maps", inner: map("inner"), values: new Map([[0, "table"]]) }),
      memory("ring", "ringbuf"),
      memory("orders", "user_ringbuf"),
      map("events", { type: "perf_event_array", maxEntries: 0 }),
      // As the made-up kernel tells of every map.
      map("another's", { reuseFd: 5, type: "unspec", keySize: 0, valueSize: 0, maxEntries: 0 }),
      map("pages", { type: "arena", maxEntries: 2, contents: new Uint8Array([1]) }),
      map("of_task", { type: "task_storage", maxEntries: 0 }),
    ],
    [program("first", { references: [{ kind: "map", insn: 0, map: "table" }] }), program("second")],
  );

interface Closable {
  close(): void;
}

/** Each makes something; closing it gives everything back. */
const bodies: Readonly<Record<string, () => Closable>> = {
  "loading an object": () => loadCollection(everything()),
  "loading it and opening its readers": () => {
    const collection = loadCollection(everything());
    try {
      new RingBuf(collection.maps.get("ring")!, u32).consume(() => {});
      new UserRingBuf(collection.maps.get("orders")!, u32).write(1);
      new PerfEventArray(collection.maps.get("events")!, u32).open();
      new TaskStorage(collection.maps.get("of_task")!, {
        size: 8,
        read: (view, at) => view.getBigUint64(at, true),
        write: () => {},
      }).get({ pid: 1 });
      collection.maps.get("outer")!.createInner().close();
      return collection;
    } catch (error) {
      collection.close();
      throw error;
    }
  },
};

/** Runs a body with a fault; tells what it threw, and what is left when all that it made is closed. */
function run(kernel: Kernel, fault: Fault | null, body: () => Closable): { error: unknown; faults: Faults } {
  const faults = new Faults(kernel, fault);
  setKernel(faults.seam);
  try {
    body().close();
    return { error: null, faults };
  } catch (error) {
    return { error, faults };
  }
}

afterEach(() => setKernel(null));

describe.each(Object.entries(bodies))("%s", (title, body) => {
  // A load that worked has pinned what is to stay, whatever fails later.
  const kept = title === "loading an object" ? [0] : [0, 2];

  test.each(
    errnos.flatMap((name) => [[name, "once", false] as const, [name, "from then on", true] as const]),
  )(
    "whichever system call fails with %s, %s: nothing is left, and the error says which",
    (name, _how, goesOn) => {
      const errno = constants.errno[name];
      // Questions that are asked once in a process are asked before.
      run(new FakeKernel(), null, body);
      const { calls } = run(new FakeKernel(), null, body).faults;
      expect(calls.length).toBeGreaterThan(20);
      let failed = 0;
      for (const [call, what] of calls.entries()) {
        const kernel = new FakeKernel();
        const { error, faults } = run(kernel, { call, errno, goesOn }, body);
        const where = `call ${call}, ${what}`;
        expect([...kernel.open], `descriptors after ${where}`).toEqual([]);
        expect(faults.mapped.size, `mappings after ${where}`).toBe(0);
        if (error === null) continue;
        failed++;
        expect(kept, `pins after ${where}`).toContain(kernel.pins.size);
        expect(error, where).toBeInstanceOf(SyscallError);
        expect(error).toMatchObject({ errno, code: errnoName(errno) });
        expect((error as SyscallError).object, where).not.toBe("");
        expect((error as SyscallError).message).toContain(name);
      }
      // What a load gets over: a refused program is tried again with a log, an interrupted call too.
      if (goesOn || name !== "EINTR") expect(failed).toBeGreaterThan(calls.length - 10);
    },
  );
});

/** Fixtures, by the newest kind of map that they have. */
const kinds = { kinds: "cgrp_storage", readers: "user_ringbuf", arena: "arena" } as const;
const fixtures = (Object.keys(kinds) as (keyof typeof kinds)[]).filter(
  (fixture) => mapTypeFeature(kinds[fixture])?.probe() === "yes",
);

/** Loads an object, and begins to read and write what it has of ring and perf buffers. */
function loadAndRead(object: Uint8Array): Closable {
  const collection = loadCollection(parseObject(object));
  try {
    for (const handle of collection.maps.values()) {
      const { type } = handle.facts;
      if (type === "ringbuf") new RingBuf(handle, u32).consume(() => {});
      if (type === "user_ringbuf") new UserRingBuf(handle, u32).write(1);
      if (type === "perf_event_array") new PerfEventArray(handle, u32).open();
    }
    return collection;
  } catch (error) {
    collection.close();
    throw error;
  }
}

/** This process's descriptors, and what it has mapped of maps, buffers and events. */
const held = (): readonly number[] => [
  readdirSync("/proc/self/fd").length,
  readFileSync("/proc/self/maps", "latin1")
    .split("\n")
    .filter((line) => line.includes("anon_inode:")).length,
];

describe.skipIf(process.getuid?.() !== 0)("loading and reading on this kernel, as root", () => {
  test.each(fixtures)(
    "whichever system call of %s fails, no descriptor and no mapping is left",
    (fixture) => {
      const object = compileFixture(fixture);
      const load = (): Closable => loadAndRead(object);
      const machine = machineKernel();
      run(machine, null, load);
      const before = held();
      const made = load();
      expect(held()[0]).toBeGreaterThan(before[0]!);
      if (fixture === "readers") expect(held()[1]).toBeGreaterThan(before[1]!);
      made.close();
      expect(held()).toEqual(before);
      const { calls } = run(machine, null, load).faults;
      expect(held()).toEqual(before);
      for (const [call, what] of calls.entries()) {
        const { error, faults } = run(machine, { call, errno: constants.errno.EMFILE, goesOn: true }, load);
        expect(error, `call ${call}, ${what}`).toBeInstanceOf(SyscallError);
        expect([...held(), faults.mapped.size], `after call ${call}, ${what}`).toEqual([...before, 0]);
      }
    },
  );
});
