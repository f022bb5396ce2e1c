import { parseObject } from "@tsbpfc/loader";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { u32 } from "../codecs/index.js";
import { type Collection, loadCollection } from "../load/collection.js";
import { commands } from "../sys/commands.js";
import { type Kernel, setKernel } from "../sys/kernel.js";
import { machineKernel } from "../sys/libc.js";
import { HashMap, PerCpuHashMap } from "./index.js";

const ENTRIES = 20_000;

/** The machine's kernel as it was before batches (Linux 5.6). */
function withoutBatches(): Kernel {
  const machine = machineKernel();
  return {
    ...machine,
    bpf: (command, attr) => (command === commands.BPF_MAP_LOOKUP_BATCH ? -22 : machine.bpf(command, attr)),
  };
}

describe.skipIf(process.getuid?.() !== 0).each([
  ["in batches", machineKernel],
  ["key by key", withoutBatches],
] as const)("going through a map %s, on this kernel, as root", (_, make) => {
  let object: Uint8Array;
  let collection: Collection;
  let map: HashMap<number, number>;
  beforeAll(() => {
    object = compileFixture("targets");
  });
  beforeEach(() => {
    setKernel(make());
    const spec = parseObject(object);
    spec.maps.get("table")!.maxEntries = ENTRIES;
    collection = loadCollection(spec);
    map = new HashMap(collection.maps.get("table")!, u32, u32);
    for (let i = 0; i < ENTRIES; i++) map.set(i, i * 2);
  });
  afterEach(() => {
    collection.close();
    setKernel(null);
  });

  test("meets each element once", () => {
    const met = new Map<number, number>();
    let steps = 0;
    for (const [key, value] of map) {
      met.set(key, value);
      steps++;
    }
    expect([steps, met.size, map.size]).toEqual([ENTRIES, ENTRIES, ENTRIES]);
    expect([...met].every(([key, value]) => value === key * 2)).toBe(true);
    expect([...map.values()].length).toBe(ENTRIES);
  });

  test("a value is taken out in one step, and set as bytes", () => {
    expect([map.take(5), map.take(5), map.has(5)]).toEqual([10, undefined, false]);
    map.setBytes(new Uint8Array([5, 0, 0, 0]), new Uint8Array([1, 2, 0, 0]), { when: "new" });
    expect(map.get(5)).toBe(0x201);
    expect(map.getBytes(new Uint8Array([5, 0, 0, 0]))).toEqual(new Uint8Array([1, 2, 0, 0]));
    expect(() => map.set(5, 1, { lock: true })).toThrow(/EINVAL/);
  });

  test("is not disturbed by deletes, inserts and another walk within it", () => {
    const met = new Set<number>();
    for (const key of map.keys()) {
      expect(met.has(key)).toBe(false);
      met.add(key);
      map.delete(key);
      if (met.size === 100) expect(map.size).toBe(ENTRIES - 100);
    }
    // Nothing that stayed was missed.
    expect([met.size, map.size]).toEqual([ENTRIES, 0]);
    expect([...map]).toEqual([]);
    map.clear();
  });
});

describe.skipIf(process.getuid?.() !== 0)("a per-CPU map, as root", () => {
  test("gives every CPU's value of each element", () => {
    const spec = parseObject(compileFixture("targets"));
    const table = spec.maps.get("table")!;
    table.type = "percpu_hash";
    for (const program of spec.programs.values()) program.autoload = false;
    const collection = loadCollection(spec);
    try {
      const map = new PerCpuHashMap(collection.maps.get("table")!, u32, u32);
      const cpus = Array.from({ length: map.cpus }, (_, cpu) => cpu);
      for (let i = 0; i < 10; i++)
        map.set(
          i,
          cpus.map((cpu) => 100 * i + cpu),
        );
      const all = [...map].sort(([a], [b]) => a - b);
      expect(all).toEqual(Array.from({ length: 10 }, (_, i) => [i, cpus.map((cpu) => 100 * i + cpu)]));
    } finally {
      collection.close();
    }
  });
});
