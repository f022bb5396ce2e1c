import { type MapSpec, parseObject } from "@tsbpfc/loader";
import {
  Arena,
  type Codec,
  loadCollection,
  mapTypeFeature,
  openMap,
  pinnedMap,
  type Skeleton,
  type SkeletonProgram,
} from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { compileFixture } from "../../runtime/fixtures/compile.js";
import { fixtureModule } from "../../runtime/fixtures/skeleton.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { labKernel } from "../support/needs.js";

interface ListNode {
  readonly next: bigint;
  readonly value: bigint;
  readonly name: string;
}
interface Globals {
  counted: bigint;
  limits: { readonly first: number; readonly second: bigint };
  head: bigint;
  label: string;
  allocated: number;
}
type Lists = Skeleton<{ arena: Arena }, Record<"build" | "sum", SkeletonProgram>, object, Globals>;

type Guarded = Skeleton<
  { arena: Arena },
  Record<"make" | "value" | "unmake", SkeletonProgram>,
  object,
  { made: bigint }
>;

const needs = [mapTypeFeature("arena")!];
/** Where user space maps nothing by itself: 16 TiB, as the kernel's own tests have it. */
const FIXED = 1n << 44n;

function open(options: object = {}): { readonly lists: Lists; readonly node: Codec<ListNode> } {
  const module = fixtureModule("arena");
  const lists = (module.Fixture as { open(options: object): Lists }).open(options);
  return { lists, node: module.node as Codec<ListNode> };
}

function load(t: Bench, options: object = {}): ReturnType<typeof open> {
  const opened = open(options);
  t.defer(() => opened.lists.close());
  opened.lists.load();
  return opened;
}

const build = (lists: Lists, count: number): number =>
  lists.programs.build.testRun({ context: new Uint8Array([count, 0, 0, 0]) }).returnValue;

describe("an arena", () => {
  kernelTest("holds a list that a program has linked, which Node walks by its pointers", { needs }, (t) => {
    const { lists, node } = load(t);
    expect(build(lists, 5)).toBe(0);
    const { arena } = lists.maps;
    const seen: [string, bigint][] = [];
    for (let at = lists.globals.head; at !== 0n; ) {
      const { name, value, next } = arena.read(node, at);
      seen.push([name, value]);
      at = next;
    }
    expect(seen).toEqual(["e", "d", "c", "b", "a"].map((name, i) => [name, BigInt(4 - i) << 40n]));
    expect(lists.globals.allocated).toBe(1);
  });

  kernelTest("takes what Node links into the list, in a page that Node touched first", { needs }, (t) => {
    const { lists, node } = load(t);
    build(lists, 2);
    const { arena } = lists.maps;
    const own = arena.pointerTo(50 * 4096 + 24);
    arena.write(node, own, { next: lists.globals.head, value: 2n, name: "node" });
    lists.globals.head = own;
    expect(lists.programs.sum.testRun({}).returnValue).toBe("f".charCodeAt(0));
    expect(lists.globals.counted).toBe(40n + 2n + (1n << 40n));
  });

  kernelTest("has its globals' first values, set before load and live after", { needs }, (t) => {
    const { lists } = load(t, { globals: { counted: 1n, limits: { first: 7, second: 100n } } });
    expect(lists.globals.label).toBe("from the object");
    expect(lists.globals.limits).toEqual({ first: 7, second: 100n });
    build(lists, 3);
    lists.globals.label = "Node";
    expect(lists.programs.sum.testRun({}).returnValue).toBe("N".charCodeAt(0));
    expect(lists.globals.counted).toBe(1n + 100n + 200n);
    // At the arena's start, as the object has them; the rest of the page is zero.
    expect(lists.maps.arena.view.getBigUint64(0, true)).toBe(301n);
    expect(lists.maps.arena.bytes.subarray(48, 4096).every((byte) => byte === 0)).toBe(true);
  });

  kernelTest("converts pointers and refuses what is not in it", { needs }, (t) => {
    const { lists, node } = load(t);
    const { arena } = lists.maps;
    expect(arena.size).toBe(100 * 4096);
    expect(arena.offsetOf(arena.pointerTo(1234))).toBe(1234);
    // What a program stores without BPF_F_NO_USER_CONV's conversion: the lower half.
    expect(arena.offsetOf(BigInt.asUintN(32, arena.pointerTo(1234)))).toBe(1234);
    expect(() => arena.offsetOf(0n)).toThrow(/0x0 is no address/);
    expect(() => arena.offsetOf(arena.address - 1n)).toThrow(/is no address in map 'arena'/);
    expect(() => arena.offsetOf(arena.address + (1n << 32n))).toThrow(/is no address/);
    expect(() => arena.pointerTo(-1)).toThrow(/bytes 0 to 409599/);
    expect(() => arena.read(node, arena.pointerTo(arena.size - 8))).toThrow(/24 bytes .* reach beyond/);
  });

  kernelTest("is where map_extra says, again after closing, and in one place at a time", { needs }, (t) => {
    const spec = () => {
      const made = parseObject(compileFixture("arena"));
      made.maps.get("arena")!.extra = FIXED;
      return made;
    };
    const held: DataView[] = [];
    for (let round = 0; round < 3; round++) {
      const collection = loadCollection(spec());
      t.defer(() => collection.close());
      const arena = openMap(collection.maps.get("arena")!);
      if (!(arena instanceof Arena)) throw new Error("not an arena");
      expect(arena.address).toBe(FIXED);
      expect(arena.view.getBigUint64(0, true)).toBe(40n);
      held.push(arena.view);
      expect(() => loadCollection(spec())).toThrow(/EEXIST.*map_extra/);
      arena.view.setUint32(8192, 1, true);
      collection.close();
      expect(() => arena.view).toThrow(/closed/);
      // Those who still look see zeroes, and nobody is ended.
      expect(held.every((view) => view.getUint32(8192, true) === 0)).toBe(true);
    }
  });

  kernelTest("is opened from its pin with its contents, where its map_extra says", { needs }, (t) => {
    const { lists } = open();
    lists.spec.maps.get("arena")!.extra = FIXED + (1n << 32n);
    t.defer(() => lists.close());
    lists.load();
    lists.globals.label = "pinned";
    const pin = `${t.pins()}/arena`;
    lists.maps.arena.pin(pin);
    const { address } = lists.maps.arena;
    lists.close();
    const arena = openMap(pinnedMap(pin)!);
    t.defer(() => arena.close());
    if (!(arena instanceof Arena)) throw new Error("not an arena");
    expect(arena.address).toBe(address);
    expect(Buffer.from(arena.bytes.subarray(24, 30)).toString()).toBe("pinned");
    arena.unpin(pin);
  });

  kernelTest("that cannot hold its globals is refused before a program is loaded", { needs }, () => {
    const load = (more: Partial<MapSpec>): void => {
      const spec = parseObject(compileFixture("arena"));
      const arena = { ...spec.maps.get("arena")!, ...more };
      loadCollection({ ...spec, maps: new Map([...spec.maps, ["arena", arena]]) }).close();
    };
    expect(() => load({ maxEntries: 1, contents: new Uint8Array(4097) })).toThrow(/1 pages.* 4097 bytes/);
    expect(() => load({ flags: (1 << 10) | (1 << 17) })).toThrow(/BPF_F_SEGV_ON_FAULT/);
    expect(() => load({ flags: 0 })).toThrow(/BPF_MAP_CREATE.*EINVAL/);
    load({ maxEntries: 2, contents: new Uint8Array(4097) });
  });

  // The kernel goes through all of it when it is freed, for minutes where a machine is emulated.
  if (labKernel === "host")
    kernelTest(
      "may have 4 GiB, of which pages come into being as touched",
      { needs, patienceMs: 60_000 },
      (t) => {
        const { lists } = load(t, { maps: { arena: { maxEntries: 2 ** 20 } } });
        const { arena } = lists.maps;
        expect(arena.size).toBe(2 ** 32);
        arena.view.setBigUint64(2 ** 32 - 8, 5n, true);
        expect(arena.bytes[2 ** 32 - 8]).toBe(5);
        expect(lists.globals.counted).toBe(40n);
      },
    );

  kernelTest(
    "with BPF_F_SEGV_ON_FAULT is read where a program has made a page, and nobody is ended",
    { needs },
    (t) => {
      const module = fixtureModule("arena-guarded");
      const guarded = (module.Fixture as { open(): Guarded }).open();
      t.defer(() => guarded.close());
      guarded.load();
      const { arena } = guarded.maps;
      const cell = module.cell as Codec<{ readonly value: bigint; readonly name: string }>;
      expect(() => arena.view).toThrow(/BPF_F_SEGV_ON_FAULT/);
      expect(() => arena.read(cell, arena.pointerTo(0))).toThrow(/no program has allocated the page/);
      expect(guarded.programs.make.testRun().returnValue).toBe(0);
      const { made } = guarded.globals;
      expect(arena.read(cell, made)).toEqual({ value: 7n, name: "x" });
      arena.write(cell, made, { value: 8n, name: "node" });
      expect(guarded.programs.value.testRun().returnValue).toBe(8);
      // The last bytes of the page, and two that reach beyond it.
      const end = made + 4096n - BigInt(cell.size);
      expect(arena.read(cell, end)).toEqual({ value: 0n, name: "" });
      expect(() => arena.read(cell, end + 8n)).toThrow(/or the next, which its 16 bytes reach/);
      guarded.programs.unmake.testRun();
      expect(() => arena.write(cell, made, { value: 1n, name: "" })).toThrow(/no program has allocated/);
    },
  );
});
