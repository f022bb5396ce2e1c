import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type {
  ArrayOfMaps,
  HashMap,
  PerfEventArray,
  Skeleton,
  SkeletonProgram,
  SockHash,
  StackTrace,
  TaskStorage,
} from "@tsbpfc/runtime";
import { bpfLsm, fentry, kernelFunction, kprobes } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { ethernet, ipv4, udp } from "../support/packets.js";
import { declareProbe, type ProbeSource } from "../support/probe-source.js";

const read = (name: string): string => readFileSync(new URL(`../samples/${name}`, import.meta.url), "utf8");
/** A sample of the dialect, as it is. */
const sample = (
  name: string,
  {
    change = (source: string) => source,
    kernel,
  }: { change?: (source: string) => string; kernel?: string } = {},
): ProbeSource =>
  declareProbe(
    { "probe.bpf.ts": change(read(`${name}.bpf.ts`)), "vmlinux.d.ts": read("vmlinux.d.ts") },
    kernel === undefined ? {} : { kernel },
  );

interface Keyed<K, V> extends Iterable<[K, V]> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
}
interface Buffer<E> {
  read(options: { signal: AbortSignal }): AsyncIterable<E>;
  consume(each: (event: E) => void): number;
}

/** What a buffer brings while `work` runs. */
async function during<E>(buffer: Buffer<E>, work: () => Promise<unknown>): Promise<E[]> {
  const stop = new AbortController();
  const events: E[] = [];
  const reading = (async () => {
    for await (const event of buffer.read({ signal: stop.signal })) events.push(event);
  })();
  await work();
  await sleep(100);
  stop.abort();
  await reading;
  return events;
}

describe("the sample execargs", () => {
  const execargs = sample("execargs");
  type ExecArgs = Skeleton<
    { events: PerfEventArray<unknown> },
    Record<"enter", SkeletonProgram>,
    object,
    object
  >;

  kernelTest("sends every argument of an execve, and only as many bytes as they need", {}, async (t) => {
    const tracing = await t.load<ExecArgs>(execargs);
    tracing.maps.events.open();
    tracing.attach();
    const child = t.spawn("/bin/true", ["one", "two words", "x".repeat(100)]);
    await child.exited;
    const seen: { count: number; text: string; slack: number }[] = [];
    tracing.maps.events.consumeRaw((view, at, length) => {
      const [pid, count, size] = [0, 4, 8].map((offset) => view.getUint32(at + offset, true));
      if (pid !== child.pid || count === undefined || size === undefined) return;
      const bytes = new Uint8Array(view.buffer, view.byteOffset + at + 12, size);
      seen.push({ count, text: new TextDecoder().decode(bytes), slack: length - 12 - size });
    });
    // No empty one: bpf_probe_read_user_str gives 0 for it before Linux 6.13, and the sample ends there.
    const args = ["/bin/true", "one", "two words", "x".repeat(100)];
    expect(seen).toEqual([{ count: 4, text: `${args.join("\0")}\0`, slack: expect.any(Number) }]);
    expect(seen[0]?.slack).toBeLessThan(8);
  });
});

describe("the sample hooks", () => {
  const hooks = sample("hooks");
  interface StackKey {
    readonly pid: number;
    readonly kernel: number;
    readonly user: number;
    readonly comm: string;
  }
  type Hooks = Skeleton<
    {
      samples: HashMap<StackKey, bigint>;
      stacks: StackTrace;
      opens: TaskStorage<bigint>;
      sockets: SockHash<unknown>;
      lines: Buffer<{ pid: number; text: string }>;
    },
    Record<
      | "unlink"
      | "unlinked"
      | "open"
      | "readline"
      | "connect"
      | "profile"
      | "tasks"
      | "established"
      | "redirect",
      SkeletonProgram
    >,
    object,
    object
  >;
  // What this kernel may not have: fentry, fexit and LSM are tested where they are (arguments.test.ts).
  const without = { unlink: { autoload: false }, unlinked: { autoload: false }, open: { autoload: false } };

  kernelTest(
    "loads whole where the kernel has fentry and LSM, for the name that its function has there",
    { needs: [fentry] },
    async (t) => {
      const attachTo = kernelFunction("do_unlinkat", "filename_unlinkat")!;
      const hooked = await t.load<Hooks>(hooks, {
        programs: { unlink: { attachTo }, unlinked: { attachTo } },
      });
      const { unlink, unlinked } = hooked.programs;
      for (const program of [unlink, unlinked]) expect(program.attach().info().kind).toBe("tracing");
      if (attachTo === "do_unlinkat") return;
      const others = { open: { autoload: false } };
      await expect(t.load<Hooks>(hooks, { programs: others })).rejects.toThrow(
        /no function 'do_unlinkat'. Did you mean 'filename_unlinkat'.*attachTo/,
      );
    },
  );

  kernelTest("counts each process's opened files in its task's storage", { needs: [bpfLsm] }, async (t) => {
    const { unlink, unlinked } = without;
    const hooked = await t.load<Hooks>(hooks, { programs: { unlink, unlinked } });
    hooked.programs.open.attach();
    const count = (): bigint => hooked.maps.opens.get({ pid: process.pid }) ?? 0n;
    const before = count();
    for (let i = 0; i < 5; i++) readFileSync("/proc/self/comm");
    const after = count();
    hooked.detach();
    expect(after - before).toBeGreaterThanOrEqual(5n);
    readFileSync("/proc/self/comm");
    expect(count()).toBe(after);
  });

  kernelTest("prints each task by an iterator, with the task's name", {}, async (t) => {
    const hooked = await t.load<Hooks>(hooks, { programs: without });
    const link = hooked.programs.tasks.attach();
    const lines = [...link.output().lines()];
    link.close();
    const comm = readFileSync("/proc/self/comm", "utf8").trim();
    expect(lines).toContain(`${process.pid} ${comm}`);
  });

  kernelTest("refuses a connection in a cgroup by what the socket address says", {}, async (t) => {
    const hooked = await t.load<Hooks>(hooks, { programs: without });
    const cgroup = t.cgroup();
    hooked.programs.connect.attach({ cgroup: cgroup.path });
    const connecting = async (host: string): Promise<string> => {
      const script = `require("node:net").connect(0, "${host}").on("error", (e) => console.log(e.code));`;
      const child = t.spawn(process.execPath, ["-e", script], { cgroup });
      expect(await child.exited, child.errors).toBe(0);
      return child.output.trim();
    };
    expect(await connecting("127.0.0.1")).toBe("EPERM");
    expect(await connecting("127.0.0.2")).not.toBe("EPERM");
  });

  kernelTest("redirects what a socket in a cgroup sends to the socket itself", {}, async (t) => {
    const hooked = await t.load<Hooks>(hooks, { programs: without });
    const cgroup = t.cgroup();
    hooked.programs.established.attach({ cgroup: cgroup.path });
    hooked.programs.redirect.attach({ map: hooked.maps.sockets });
    // The server never answers: what the client reads is what it wrote.
    const server = createServer(() => {});
    t.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const script = `const s = require("node:net").connect(${port}, "127.0.0.1", () => s.write("to myself"));
      s.on("data", (d) => { console.log(String(d)); s.destroy(); });`;
    const child = t.spawn(process.execPath, ["-e", script], { cgroup });
    await child.says("to myself");
    expect(await child.exited, child.errors).toBe(0);
  });

  kernelTest("shows each line that a bash reads, by its own readline", { commands: ["bash"] }, async (t) => {
    const hooked = await t.load<Hooks>(hooks, { programs: without });
    const script = "PS1='ready> ' exec /bin/bash --norc --noprofile -i 2>&1";
    const shell = t.spawn("sh", ["-c", script]);
    // It has entered readline for its first line, whose return is not seen.
    await shell.says("ready> ");
    hooked.programs.readline.attach({ pid: shell.pid });
    const lines = await during(hooked.maps.lines, async () => {
      shell.write(`:\necho first-$((20 + 1))\n: ${"x".repeat(100)}\nexit 0\n`);
      expect(await shell.exited).toBe(0);
    });
    expect(shell.output).toContain("first-21");
    // 79 bytes of a text, and its end.
    expect(lines).toEqual(
      ["echo first-$((20 + 1))", `: ${"x".repeat(77)}`, "exit 0"].map((text) => ({ pid: shell.pid, text })),
    );
  });

  kernelTest("counts a busy process's stacks, and names them by number", {}, async (t) => {
    const hooked = await t.load<Hooks>(hooks, { programs: without });
    const busy = t.spawn(process.execPath, ["-e", "const end = Date.now() + 700; while (Date.now() < end);"]);
    hooked.programs.profile.attach({ sampling: { frequency: 499 }, pid: busy.pid });
    await busy.exited;
    const samples = [...hooked.maps.samples].filter(([key]) => key.pid === busy.pid);
    expect(samples.reduce((sum, [, count]) => sum + count, 0n)).toBeGreaterThan(5n);
    const inUser = samples.find(([key]) => key.user >= 0);
    expect(inUser && hooked.maps.stacks.get(inUser[0].user)?.length).toBeGreaterThan(0);
  });
});

describe("the sample runqlat", () => {
  const source = sample("runqlat");
  type RunqLat = Skeleton<
    { hists: Keyed<number, { slots: readonly number[] | Uint32Array }> },
    Record<"wakeup" | "wakeupNew" | "switched", SkeletonProgram>,
    { perProcess: boolean },
    object
  >;

  kernelTest("counts this process's waits in the histogram of its pid", {}, async (t) => {
    const probe = await t.load<RunqLat>(source, { rodata: { perProcess: true } });
    const before = timesOnProcessor();
    probe.attach();
    for (let i = 0; i < 20; i++) await sleep(2);
    probe.detach();
    const times = timesOnProcessor() - before;
    const own = probe.maps.hists.get(process.pid);
    const total = own ? [...own.slots].reduce((a, b) => a + b, 0) : 0;
    expect(own?.slots).toHaveLength(26);
    expect(total).toBeGreaterThanOrEqual(10);
    // Each wait ends on a processor.
    expect(total).toBeLessThanOrEqual(times);
  });
});

/** How often this process's threads were given a processor, as the kernel counts: the third number of schedstat. */
function timesOnProcessor(): number {
  const times = readdirSync("/proc/self/task").map((thread) =>
    Number(readFileSync(`/proc/self/task/${thread}/schedstat`, "utf8").split(" ")[2]),
  );
  return times.reduce((a, b) => a + b, 0);
}

describe("the sample tcpconnect", () => {
  const source = sample("tcpconnect");
  interface ConnectEvent {
    readonly pid: number;
    readonly family: number;
    readonly dport: number;
    readonly comm: string;
    readonly deltaUs: bigint;
  }
  type TcpConnect = Skeleton<
    { events: Buffer<ConnectEvent> },
    Record<"connect4" | "connect6" | "received", SkeletonProgram>,
    { minUs: bigint },
    object
  >;

  kernelTest(
    "shows a connection of this process with its port and its latency",
    { needs: [kprobes] },
    async (t) => {
      const server = createServer((socket) => socket.end());
      t.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      const probe = await t.load<TcpConnect>(source);
      probe.attach();
      let pid = 0;
      const events = await during(probe.maps.events, async () => {
        const script = `require("node:net").connect(${port}, "127.0.0.1").on("close", () => process.exit()).resume()`;
        const child = t.spawn(process.execPath, ["-e", script]);
        pid = child.pid;
        await child.exited;
      });
      const own = events.filter((e) => e.pid === pid && e.dport === port);
      expect(own).toHaveLength(1);
      expect(own[0]).toMatchObject({ family: 2, dport: port });
      expect(own[0]?.deltaUs).toBeGreaterThan(0n);
    },
  );
});

describe("the sample ratelimit", () => {
  // No kernel has spin locks in the values of an LRU hash (TSB4040); in those of a hash it has.
  const source = sample("ratelimit", {
    change: (s) => s.replaceAll("LruHashMap", "HashMap").replace(', pinning: "by-name"', ""),
  });
  type RateLimit = Skeleton<
    { buckets: Keyed<number, { tokens: bigint; dropped: bigint }> },
    Record<"shape", SkeletonProgram>,
    { bytesPerSecond: bigint; burst: bigint },
    object
  >;

  kernelTest(
    "lets a burst pass, drops what is over it, and counts the drops of each source",
    {},
    async (t) => {
      const probe = await t.load<RateLimit>(source, { rodata: { bytesPerSecond: 0n, burst: 1000n } });
      const packet = ethernet({}, ipv4({ source: "10.1.2.3" }, udp({}, new Uint8Array(258))));
      expect(packet).toHaveLength(300);
      const send = (): number => probe.programs.shape.testRun({ data: packet }).returnValue;
      // The first makes the bucket; three more have tokens.
      expect([send(), send(), send(), send(), send(), send()]).toEqual([0, 0, 0, 0, 2, 2]);
      const [entry] = probe.maps.buckets;
      expect(entry?.[1]).toMatchObject({ tokens: 100n, dropped: 2n });
      const other = ethernet({}, ipv4({ source: "10.1.2.4" }, udp({}, new Uint8Array(258))));
      expect(probe.programs.shape.testRun({ data: other }).returnValue).toBe(0);
    },
  );
});

describe("the sample language", () => {
  const variants = [
    { name: "computes, keeps its sums, calls its tail, and its timer comes a second later" },
    { name: "does the same without the kernel's iterators", kernel: "6.1" },
  ];
  interface Slot {
    readonly flags: { readonly priority: number };
    readonly total: bigint;
  }
  type Language = Skeleton<
    {
      slots: Keyed<number, Slot>;
      history: { pop(): bigint | undefined };
      shards: ArrayOfMaps<HashMap<number, bigint>>;
    },
    Record<"main" | "tail", SkeletonProgram>,
    object,
    { mode: number; greeting: string; table: Uint32Array | number[] }
  >;

  for (const { name, kernel } of variants) {
    const source = sample("language", kernel === undefined ? {} : { kernel });
    kernelTest(name, {}, async (t) => {
      const probe = await t.load<Language>(source);
      expect(probe.globals.greeting).toBe("hello");
      probe.globals.mode = 4; // Full: the default case clamps
      const data = new Uint8Array(100);
      const shard = probe.maps.shards.create();
      t.defer(() => shard.close());
      probe.maps.shards.set(100 & 1, shard);
      // The tail's: len % 3.
      expect(probe.programs.main.testRun({ data }).returnValue).toBe(100 % 3);
      // Odd numbers below 100, 0 to 50 by the loop, and 3 ^ 1 ^ 4 ^ 1.
      const total = (2500n + 1275n) ^ 3n ^ 1n ^ 4n ^ 1n;
      expect(probe.maps.history.pop()).toBe(total);
      const slot = probe.maps.slots.get(100 & 7);
      expect(slot?.flags.priority).toBe(Number(total & 7n));
      expect(slot?.total).toBeGreaterThanOrEqual(9n);
      await sleep(1200);
      expect(probe.maps.slots.get(100 & 7)?.total).toBe(0n);
      expect([...shard]).toEqual([[100, 1n]]);
      probe.programs.main.testRun({ data });
      expect([...shard]).toEqual([[100, 2n]]);
      expect(probe.maps.history.pop()).toBe(total);

      probe.globals.mode = 0;
      expect(probe.programs.main.testRun({ data }).returnValue).toBe(0);
      expect(probe.maps.history.pop()).toBeUndefined();
    });
  }
});
