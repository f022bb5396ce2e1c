import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { type CollectionSpec, parseObject } from "@tsbpfc/loader";
import { beforeAll, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import type { Codec } from "../codec.js";
import { ArrayMap, PerCpuArray, RingBuf } from "../maps/index.js";
import { possibleCpus } from "../sys/cpus.js";
import { type Collection, loadCollection } from "./collection.js";
import { VerifierError } from "./program-error.js";

const skipped = process.getuid?.() !== 0;
const SYS_getpgid = process.arch === "x64" ? 121 : 155;

interface Event {
  readonly pid: number;
  readonly sequence: number;
  readonly comm: string;
}

const event: Codec<Event> = {
  size: 24,
  read: (view, at) => ({
    pid: view.getUint32(at, true),
    sequence: view.getUint32(at + 4, true),
    comm:
      Buffer.from(view.buffer, view.byteOffset + at + 8, 16)
        .toString("latin1")
        .split("\0")[0] ?? "",
  }),
  write: () => {},
};
const u64: Codec<bigint> = {
  size: 8,
  read: (view, at) => view.getBigUint64(at, true),
  write: (view, at, value) => view.setBigUint64(at, value, true),
};

/** Descriptors of BPF objects that this process holds. */
function bpfDescriptors(): string[] {
  return readdirSync("/proc/self/fd")
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return "";
      }
    })
    .filter((target) => /bpf|btf|perf_event/.test(target));
}

function rodata(spec: CollectionSpec, name: string, value: number): void {
  const variable = spec.variables.get(name);
  const contents = variable && spec.maps.get(variable.section)?.contents;
  if (!variable || !contents) throw new Error(`no variable ${name}`);
  new DataView(contents.buffer, contents.byteOffset).setUint32(variable.offset, value, true);
}

describe.skipIf(skipped)("on this kernel, as root", () => {
  let getpgid: (count: number) => void = () => {};
  const build = (name: string): CollectionSpec => parseObject(compileFixture(name));

  beforeAll(() => {
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
    const call = koffi.load("libc.so.6").func("int64_t syscall(int64_t number, int64_t pid)");
    getpgid = (count) => {
      for (let i = 0; i < count; i++) call(SYS_getpgid, 0);
    };
  });

  function withExec(use: (collection: Collection) => Promise<void> | void): Promise<void> {
    const spec = build("exec");
    rodata(spec, "wanted", process.pid);
    const collection = loadCollection(spec);
    const link = collection.programs.get("on_getpgid")!.attach();
    return (async () => {
      try {
        await use(collection);
      } finally {
        link.close();
        collection.close();
      }
    })();
  }

  test("a tracepoint's records arrive in order, without blocking timers", async () => {
    await withExec(async (collection) => {
      const ring = new RingBuf(collection.maps.get("events")!, event);
      const seen: Event[] = [];
      let ticks = 0;
      const timer = setInterval(() => {
        ticks++;
        getpgid(10);
      }, 5);
      try {
        for await (const e of ring) {
          seen.push(e);
          if (seen.length === 100) break;
        }
      } finally {
        clearInterval(timer);
      }
      expect(seen.map((e) => e.sequence)).toEqual(Array.from({ length: 100 }, (_, i) => i));
      expect(new Set(seen.map((e) => e.pid))).toEqual(new Set([process.pid]));
      expect(seen[0]?.comm).toBe(readFileSync("/proc/thread-self/comm", "utf8").trim());
      expect(ticks).toBeGreaterThanOrEqual(10);
    });
  });

  test("records that a loop did not ask for are there for the next one", async () => {
    await withExec(async (collection) => {
      const ring = new RingBuf(collection.maps.get("events")!, event);
      getpgid(10);
      for await (const e of ring) if (e.sequence === 3) break;
      const rest: number[] = [];
      expect(ring.consume((e) => rest.push(e.sequence))).toBe(6);
      expect(rest).toEqual([4, 5, 6, 7, 8, 9]);
    });
  });

  test("the ring wraps many times and loses nothing while it is read", async () => {
    await withExec((collection) => {
      const ring = new RingBuf(collection.maps.get("events")!, event);
      expect(ring.maxEntries).toBe(8192);
      let next = 0;
      for (let round = 0; round < 200; round++) {
        getpgid(100);
        ring.consume((e) => expect(e.sequence).toBe(next++));
      }
      expect(next).toBe(20_000);
    });
  });

  test("a full ring drops what does not fit; what it took stays whole", async () => {
    await withExec((collection) => {
      const ring = new RingBuf(collection.maps.get("events")!, event);
      getpgid(1000);
      const taken: number[] = [];
      ring.consume((e) => taken.push(e.sequence));
      expect(taken).toEqual(Array.from({ length: 8192 / 32 - 1 }, (_, i) => i));
    });
  });

  test("closing the map and aborting the signal end a waiting loop", async () => {
    await withExec(async (collection) => {
      const ring = new RingBuf(collection.maps.get("events")!, event);
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 20);
      for await (const _ of ring.read({ signal: abort.signal })) expect.unreachable();
      setTimeout(() => ring.close(), 20);
      for await (const _ of ring) expect.unreachable();
    });
  });

  test("per-CPU counters and globals in shared memory count the same", async () => {
    await withExec((collection) => {
      const counts = new PerCpuArray(collection.maps.get("counts")!, u64);
      getpgid(25);
      const values = counts.get(0) ?? [];
      expect(values).toHaveLength(possibleCpus());
      expect(values.reduce((a, b) => a + b, 0n)).toBe(25n);
      expect(collection.maps.get(".bss")!.memory!.getUint32(0, true)).toBe(25);
      counts.set(
        0,
        values.map(() => 7n),
      );
      expect(counts.get(0)).toEqual(values.map(() => 7n));
      expect([...counts.keys()]).toEqual([0, 1]);
    });
  });

  test("a codec of another size is refused before anything is read", async () => {
    await withExec((collection) => {
      expect(() => new ArrayMap(collection.maps.get(".bss")!, u64)).toThrow(/values of 4 bytes/);
    });
  });

  test("closing lets go of every descriptor", async () => {
    const before = bpfDescriptors();
    await withExec(() => expect(bpfDescriptors().length).toBeGreaterThan(before.length));
    expect(bpfDescriptors()).toEqual(before);
  });

  test("a rejected program leaves nothing behind and says why, and where in the source", () => {
    const before = bpfDescriptors();
    const spec = build("rejected");
    let error: unknown;
    try {
      loadCollection(spec);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(VerifierError);
    if (!(error instanceof VerifierError)) return;
    expect(error.code).toBe("EACCES");
    // The words of the verifier's own line, which every release has; what 7.3 adds comes after it.
    expect(error.message).toMatch(/map_value_or_null/);
    expect(error.at?.file).toMatch(/rejected\.bpf\.c$/);
    expect(error.log).toMatch(/processed \d+ insns/);
    expect(bpfDescriptors()).toEqual(before);
  });

  // The lab's machines have what clang made with -O2, and no clang.
  test.skipIf(process.env.TSBPFC_LAB_KERNEL !== undefined)(
    "what clang -O0 made is loaded, and what it made of helpers' calls is explained",
    () => {
      loadCollection(parseObject(compileFixture("test-run", "-O0"))).close();
      expect(() => loadCollection(parseObject(compileFixture("kinds", "-O0")))).toThrow(
        /unknown opcode 8d.*Compile with -O1 or more/s,
      );
    },
  );
});
