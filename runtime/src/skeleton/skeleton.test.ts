import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { generateSkeleton, parseObject } from "@tsbpfc/loader";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compileSkeletonFixture, hasClang } from "../../../loader/fixtures/skeleton/compile.js";
import { evaluateSkeleton } from "../../../loader/fixtures/skeleton/evaluate.js";
import { FakeKernel } from "../../fixtures/fake-kernel.js";
import * as runtime from "../index.js";
import { setKernel } from "../sys/kernel.js";
import type { MapOptions, OpenOptions, ProgramOptions } from "./definition.js";
import { objectFile } from "./object.js";

interface Settings {
  step: number;
  level: number;
  on: number;
  label: string;
}
interface Event {
  pid: number;
  settings: Settings;
  total: bigint;
  low: number;
  high: number;
  comm: string;
}
interface Maps {
  readonly events: runtime.RingBuf<Event>;
  readonly last: runtime.HashMap<number, Event>;
  readonly jumps: runtime.ProgArray;
}
interface Programs {
  readonly tail: runtime.SkeletonProgram;
  readonly on_kill: runtime.SkeletonProgram;
  readonly filter: runtime.SkeletonProgram;
  readonly run: runtime.SkeletonProgram;
}
interface Rodata {
  wanted: number;
}
interface Globals {
  settings: Settings;
  total: bigint;
  tails: number;
  event_is_used: bigint;
}
type Live = runtime.Skeleton<Maps, Programs, Rodata, Globals>;
/** As from JavaScript: names are not checked before they arrive. */
interface AnyOptions {
  readonly rodata?: object;
  readonly globals?: object;
  readonly maps?: Readonly<Record<string, MapOptions | object>>;
  readonly programs?: Readonly<Record<string, ProgramOptions | object>>;
}

let open: (options?: OpenOptions<Maps, Programs, Rodata, Globals> | AnyOptions) => Live;
let Event: { of(init: object): Event };

beforeAll(() => {
  if (!hasClang) return;
  const object = compileSkeletonFixture("live");
  const { ts } = generateSkeleton(parseObject(object), object, {
    name: "Live",
    source: "live.bpf.o",
    embed: true,
  });
  const exports = evaluateSkeleton(ts, runtime);
  const { Live } = exports as { Live: { open: typeof open } };
  open = (options) => Live.open(options);
  Event = exports.event as typeof Event;
});

const usage = (code: string): object => expect.objectContaining({ name: "UsageError", code });
const settings: Settings = { step: 1, level: 1, on: 1, label: "first" };

describe.skipIf(!hasClang)("a skeleton that is open", () => {
  test("has the object's values, and takes others", () => {
    const live = open({ rodata: { wanted: 5 }, globals: { settings: { ...settings, label: "given" } } });
    expect([live.rodata.wanted, live.globals.settings, live.globals.total]).toEqual([
      5,
      { ...settings, label: "given" },
      0n,
    ]);
    live.rodata.wanted = 6;
    live.globals.total = 9n;
    expect([live.rodata.wanted, live.globals.total]).toEqual([6, 9n]);
    expect(Object.keys(live.globals).sort()).toEqual(["event_is_used", "settings", "tails", "total"]);
  });

  test("does not share them with the next one that is opened", () => {
    open({ rodata: { wanted: 5 } });
    expect(open().rodata.wanted).toBe(0);
  });

  test("sets sizes of maps, and leaves programs out", () => {
    const live = open({
      maps: { events: { maxEntries: 8192 }, last: {} },
      programs: { on_kill: { autoload: false } },
    });
    expect(live.spec.maps.get("events")?.maxEntries).toBe(8192);
    expect(live.spec.maps.get("last")?.maxEntries).toBe(16);
    expect([live.spec.programs.get("on_kill")?.autoload, live.spec.programs.get("filter")?.autoload]).toEqual(
      [false, false],
    );
  });

  const wrong: readonly [string, AnyOptions, RegExp][] = [
    [
      "a constant that is not there",
      { rodata: { wante: 1 } },
      /Live, rodata: there is no 'wante'; there is wanted/,
    ],
    ["a constant's name from Object", { rodata: { toString: 1 } }, /no 'toString'/],
    ["a global that is a constant", { globals: { wanted: 1 } }, /no 'wanted'/],
    ["a map that is not there", { maps: { event: {} } }, /Live, maps: there is no 'event'/],
    [
      "an option that maps do not have",
      { maps: { events: { size: 1 } } },
      /map 'events': there is no 'size'; there is maxEntries, pinning/,
    ],
    ["a size that is none", { maps: { events: { maxEntries: 0 } } }, /maxEntries 0/],
    [
      "a program that is not there",
      { programs: { exit: {} } },
      /no 'exit'; there is tail, on_kill, filter, run/,
    ],
    [
      "a value that does not fit",
      { rodata: { wanted: -1 } },
      /'wanted': .* from 0 to 4294967295 is wanted, not -1/,
    ],
  ];
  test.each(wrong)("refuses %s", (_, options, message) => {
    expect(() => open(options)).toThrow(usage("bad-value"));
    expect(() => open(options)).toThrow(message);
  });

  test("leaves a variable as it was when a value is refused", () => {
    const live = open();
    expect(() => {
      live.globals.settings = { ...settings, step: 5, level: 9 };
    }).toThrow(/settings\.level/);
    expect(live.globals.settings).toEqual(settings);
  });

  test("cannot get a variable that the object does not have", () => {
    const live = open();
    expect(() => Object.assign(live.globals, { typo: 1 })).toThrow(TypeError);
  });

  test("tells that maps and programs come with load()", () => {
    const live = open();
    expect(() => live.maps).toThrow(usage("not-loaded"));
    expect(() => live.attach()).toThrow(usage("not-loaded"));
    expect(() => live.programs.on_kill.attach()).toThrow(usage("not-loaded"));
    expect(() => live.programs.on_kill.info()).toThrow(/call load\(\) first/);
  });
});

describe.skipIf(!hasClang)("a skeleton that is loaded, in a kernel that tests made up", () => {
  let kernel: FakeKernel;
  beforeEach(() => {
    kernel = new FakeKernel();
    setKernel(kernel);
  });
  afterEach(() => setKernel(null));
  const load = (options: AnyOptions = {}): Live => open(options).load();

  test("has every map, its constants are constant, and it is loaded once", () => {
    using live = load({ programs: { run: { autoload: false } } });
    expect(Object.keys(live.maps).sort()).toEqual(["events", "jumps", "last"]);
    expect(live.maps.last).toBeInstanceOf(runtime.HashMap);
    expect(() => {
      live.rodata.wanted = 1;
    }).toThrow(usage("loaded"));
    expect(() => live.load()).toThrow(usage("loaded"));
    expect(() => live.programs.run.attach()).toThrow(/autoload/);
  });

  test("is closed by using, all of it, and twice does no harm", () => {
    const live = load();
    expect(kernel.open.size).toBeGreaterThan(0);
    live[Symbol.dispose]();
    live.close();
    expect([...kernel.open]).toEqual([]);
    for (const use of [
      () => live.maps,
      () => live.globals.total,
      () => live.load(),
      () => live.attach(),
      () => live.rodata.wanted,
    ])
      expect(use).toThrow(usage("closed"));
    expect(() => live.programs.on_kill.attach()).toThrow(usage("closed"));
  });

  test("refuses targets for programs that it does not have", () => {
    using live = load();
    expect(() => live.attach({ nothing: {} } as never)).toThrow(/has no program 'nothing'/);
  });

  test("whose load fails can be closed, or loaded again", () => {
    kernel.refuse = { call: 5, errno: 12 };
    const live = open();
    expect(() => live.load()).toThrow();
    expect([...kernel.open]).toEqual([]);
    expect(() => live.maps).toThrow(usage("not-loaded"));
    kernel.refuse = null;
    live.load().close();
    expect([...kernel.open]).toEqual([]);
  });
});

describe.skipIf(!hasClang || process.getuid?.() !== 0)("a skeleton on this kernel, as root", () => {
  const kill = (times = 1): void => {
    for (let i = 0; i < times; i++) process.kill(process.pid, 0);
  };
  /** Descriptors of BPF objects that this process holds. */
  const descriptors = (): string[] =>
    readdirSync("/proc/self/fd").flatMap((fd) => {
      try {
        const target = readlinkSync(`/proc/self/fd/${fd}`);
        return /bpf|btf|perf_event/.test(target) ? [target] : [];
      } catch {
        return [];
      }
    });

  test("loads, attaches by section, and decodes what the program sends", async () => {
    const before = descriptors();
    {
      using live = open({
        rodata: { wanted: process.pid },
        globals: { settings: { ...settings, label: "ab" } },
      });
      live.load().attach();
      kill(2);
      const comm = readFileSync("/proc/self/comm", "utf8").trim();
      const seen: Event[] = [];
      for await (const event of live.maps.events) {
        seen.push(event);
        if (seen.length === 2) break;
      }
      const event = { pid: process.pid, settings: { ...settings, label: "ab" }, comm };
      expect(seen).toEqual([
        { ...event, total: 1n, low: 1, high: 0 },
        { ...event, total: 2n, low: 2, high: 0 },
      ]);
      expect(live.globals.total).toBe(2n);
      expect(live.maps.last.get(process.pid)).toEqual(seen[1]);
    }
    expect(descriptors()).toEqual(before);
  });

  test("shares its variables with the program while it runs", () => {
    using live = open({ rodata: { wanted: process.pid } })
      .load()
      .attach() as Live;
    live.globals.settings = { step: 10, level: 2, on: 1, label: "longest!" };
    kill();
    live.globals.total += 1_000_000_000_000n;
    kill();
    const seen: Event[] = [];
    live.maps.events.consume((event) => seen.push(event));
    expect(seen.map((e) => [e.total, e.high, e.settings.level, e.settings.label])).toEqual([
      [10n, 0, 2, "longest!"],
      [1_000_000_000_020n, 232, 2, "longest!"],
    ]);
    live.globals.settings = { ...live.globals.settings, on: 0 };
    kill(5);
    expect(live.globals.total).toBe(1_000_000_000_020n);
  });

  test("attaches each program once, and not the ones for tail calls or those that are not attached at all", () => {
    using live = open({ rodata: { wanted: process.pid } })
      .load()
      .attach()
      .attach() as Live;
    expect([
      live.programs.on_kill.links.length,
      live.programs.tail.links.length,
      live.programs.run.links.length,
    ]).toEqual([1, 0, 0]);
    kill();
    expect([live.globals.total, live.globals.tails]).toEqual([1n, 0]);
    live.attach({ tail: {} });
    kill();
    expect([live.globals.total, live.globals.tails]).toEqual([2n, 1]);
    live.detach();
    kill();
    expect([live.globals.total, live.globals.tails]).toEqual([2n, 1]);
    expect(live.programs.run.testRun().returnValue).toBe(7);
  });

  test("is closed whole, whatever cannot be detached, and says that first", () => {
    const before = descriptors();
    const live = open({ rodata: { wanted: process.pid } }).load();
    const link = live.programs.on_kill.attach();
    const letGo = link.close.bind(link);
    link.close = () => {
      letGo();
      throw new Error("it is gone already");
    };
    expect(() => live.close()).toThrow("it is gone already");
    expect(descriptors()).toEqual(before);
    live.close();
    expect(() => live.maps).toThrow(/closed/);
  });

  test("takes map values with unions as they were read, changed, or made", () => {
    using live = open({ rodata: { wanted: process.pid } }).load();
    const { last } = live.maps;
    const made = Event.of({ pid: 1, settings, low: 7, high: 8, comm: "x" });
    last.set(1, made);
    expect(last.get(1)).toEqual({ pid: 1, settings, low: 7, high: 8, total: 8n * 2n ** 32n + 7n, comm: "x" });
    last.set(2, { ...made, comm: "ÿ\udcff" });
    expect(last.get(2)?.comm).toBe("ÿ\udcff");
    expect(() => last.set(3, { ...made, low: 9 })).toThrow(/say different things/);
    expect([...last.keys()].sort()).toEqual([1, 2]);
  });

  test("has maps of the size that open() gave", () => {
    using live = open({ maps: { events: { maxEntries: 65536 }, last: { maxEntries: 3 } } }).load();
    expect([live.maps.events.maxEntries, live.maps.last.handle.info().maxEntries]).toEqual([65536, 3]);
  });

  test("a program that is told where is attached there, and one that is not says so", () => {
    using live = open({ programs: { filter: { autoload: true } } }).load();
    expect(() => live.attach()).toThrow(usage("target-missing"));
    expect(live.programs.on_kill.links.length).toBe(0);
  });

  test("a program opened with autoattach: false is passed by, until it is attached by name", () => {
    using live = open({ programs: { filter: { autoload: true, autoattach: false } } }).load();
    live.attach();
    expect([live.programs.filter.links.length, live.programs.on_kill.links.length]).toEqual([0, 1]);
    expect(() => live.attach({ filter: {} })).toThrow(usage("target-missing"));
  });
});

describe("an object in a file of its own", () => {
  test("is refused if it is not the one that the skeleton was made from", () => {
    const folder = mkdtempSync(join(tmpdir(), "tsbpfc-object-"));
    try {
      const file = join(folder, "x.bpf.o");
      writeFileSync(file, "abc");
      const hash = createHash("sha256").update("abc").digest("hex");
      expect([...objectFile(pathToFileURL(file), hash)]).toEqual([97, 98, 99]);
      writeFileSync(file, "abd");
      expect(() => objectFile(pathToFileURL(file), hash)).toThrow(
        /x\.bpf\.o is not the object .* build both again/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
