import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type CollectionSpec, parseObject } from "@tsbpfc/loader";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { loadCollection } from "../load/collection.js";
import { ProgArray } from "../maps/index.js";
import type { Link } from "./link.js";

describe.skipIf(process.getuid?.() !== 0)("hooks on this kernel, as root", () => {
  const device = `h${process.pid % 100_000}`;
  let object: Uint8Array;
  const spec = (): CollectionSpec => {
    const parsed = parseObject(object);
    const wanted = parsed.variables.get("wanted")!;
    const contents = parsed.maps.get(".rodata")!.contents!;
    new DataView(contents.buffer, contents.byteOffset).setUint32(wanted.offset, process.pid, true);
    return parsed;
  };

  beforeAll(() => {
    object = compileFixture("hooks");
    execFileSync("ip", ["link", "add", device, "type", "veth", "peer", "name", `${device}p`]);
  });
  afterAll(() => {
    execFileSync("ip", ["link", "del", device]);
  });

  test("raw and BTF-typed tracepoints run; after closing they do not", () => {
    const parsed = spec();
    const collection = loadCollection(parsed);
    const links: Link[] = [];
    const count = (name: string): number =>
      collection.maps.get(".bss")!.memory!.getUint32(parsed.variables.get(name)!.offset, true);
    try {
      for (const name of ["on_raw", "on_typed"]) links.push(collection.programs.get(name)!.attach());
      existsSync("/tsbpfc-none");
      expect(count("raw")).toBeGreaterThan(0);
      expect(count("typed")).toBeGreaterThan(0);
      for (const link of links) link.close();
      const after = [count("raw"), count("typed")];
      existsSync("/tsbpfc-none");
      expect([count("raw"), count("typed")]).toEqual(after);
    } finally {
      for (const link of links) link.close();
      collection.close();
    }
  });

  test("a tracepoint that is not there is refused with those that are like it", () => {
    const parsed = spec();
    parsed.programs.get("on_typed")!.attachTo = "sys_entre";
    expect(() => loadCollection(parsed)).toThrow(/no tracepoint 'sys_entre'\. Did you mean .*'sys_enter'/);
    const collection = loadCollection(spec());
    try {
      const raw = collection.programs.get("on_raw")!;
      expect(() => raw.attach({ section: "raw_tp/sys_entre" })).toThrow(/no such tracepoint/);
    } finally {
      collection.close();
    }
  });

  test("a prog array is filled from Node, and a tail call takes it", () => {
    const collection = loadCollection(spec());
    try {
      const calls = new ProgArray(collection.maps.get("calls")!);
      const [first, second] = [collection.programs.get("first")!, collection.programs.get("second")!];
      const data = new Uint8Array(64);
      expect(first.testRun({ data }).returnValue).toBe(1);
      calls.set(1, second);
      expect(calls.get(1)).toBe(second.info().id);
      expect(first.testRun({ data }).returnValue).toBe(2);
      expect(calls.delete(1)).toBe(true);
      expect([calls.delete(1), calls.get(1)]).toEqual([false, undefined]);
      expect(() => calls.set(2, second)).toThrow(/slots 0 to 1/);
    } finally {
      collection.close();
    }
  });

  test.skipIf(existsSync("/sys/bus/event_source/devices/kprobe"))(
    "a kernel without kprobes is told so",
    () => {
      const parsed = spec();
      parsed.programs.get("on_kprobe")!.autoload = true;
      const collection = loadCollection(parsed);
      try {
        expect(() => collection.programs.get("on_kprobe")!.attach()).toThrow(/CONFIG_KPROBES/);
      } finally {
        collection.close();
      }
    },
  );
});
