import { createRequire } from "node:module";
import { type CollectionSpec, parseObject } from "@tsbpfc/loader";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import type { Codec } from "../codec.js";
import type { Link } from "../links/link.js";
import { type Collection, loadCollection } from "../load/collection.js";
import { RingBuf } from "../maps/index.js";

/** The sequence number of fixtures/exec.bpf.c's records. */
const sequence: Codec<number> = {
  size: 24,
  read: (view, at) => view.getUint32(at + 4, true),
  write: () => {},
};

describe.skipIf(process.getuid?.() !== 0)("reading a ring buffer on this kernel, as root", () => {
  let object: Uint8Array;
  let getpgid: (count: number) => void;
  let collection: Collection;
  let link: Link;
  let ring: RingBuf<number>;

  beforeAll(() => {
    object = compileFixture("exec");
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
    const call = koffi.load("libc.so.6").func("int getpgid(int pid)");
    getpgid = (count) => {
      for (let i = 0; i < count; i++) call(0);
    };
  });
  beforeEach(() => {
    const spec: CollectionSpec = parseObject(object);
    const wanted = spec.variables.get("wanted")!;
    const contents = spec.maps.get(".rodata")!.contents!;
    new DataView(contents.buffer, contents.byteOffset).setUint32(wanted.offset, process.pid, true);
    collection = loadCollection(spec);
    link = collection.programs.get("on_getpgid")!.attach();
    ring = new RingBuf(collection.maps.get("events")!, sequence);
  });
  afterEach(() => {
    link.close();
    collection.close();
  });

  test("a view that outlives its map reads zeroes, and does not end the process", () => {
    getpgid(1);
    let kept: DataView | null = null;
    ring.consumeRaw((view) => {
      kept = view;
    });
    const globals = collection.maps.get(".bss")!.memory!;
    expect(globals.getUint32(0, true)).toBe(1);
    link.close();
    collection.close();
    expect(globals.getUint32(0, true)).toBe(0);
    globals.setUint32(0, 5, true);
    expect((kept as DataView | null)!.getUint32(8, true)).toBe(0);
  });

  test("a second loop over the same ring is refused, and the first goes on", async () => {
    const first = ring[Symbol.asyncIterator]();
    const waiting = first.next();
    await expect(ring[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "busy" });
    getpgid(1);
    expect(await waiting).toEqual({ done: false, value: 0 });
    await first.return();
  });

  test("a callback may read, throw and close; each record is handed over once", () => {
    getpgid(5);
    const seen: number[] = [];
    const failing = (n: number): void => {
      seen.push(n);
      if (n === 1) throw new Error("stop");
    };
    expect(() => ring.consume(failing)).toThrow("stop");
    ring.consume((n) => {
      seen.push(n);
      if (n === 3) collection.close();
    });
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(() => ring.consume(failing)).toThrow(/closed/);
  });

  test("two rings are waited for at once", async () => {
    const second = loadCollection(parseObject(object));
    try {
      const abort = new AbortController();
      const quiet = new RingBuf(second.maps.get("events")!, sequence).read({ signal: abort.signal }).next();
      const loud = ring.read().next();
      getpgid(1);
      expect(await loud).toEqual({ done: false, value: 0 });
      abort.abort();
      expect(await quiet).toEqual({ done: true, value: undefined });
    } finally {
      second.close();
    }
  });
});
