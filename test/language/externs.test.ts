import { existsSync, readFileSync, rmSync } from "node:fs";
import { release } from "node:os";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { computed } from "../support/computed.js";
import { build, compileFiles, probe } from "../support/probe.js";
import { run as command, has, isRoot } from "../support/root.js";

const run = (globals: string, body: string, { imports = "", before = "" } = {}): string =>
  probe(`${globals}\n  @SEC("xdp") run(ctx: XdpMd): XdpAction {\n${body}\n    return XdpAction.PASS;\n  }`, {
    imports: `kconfig, ${imports}`,
    before,
  });

const configuration = (): string =>
  existsSync("/proc/config.gz") ? gunzipSync(readFileSync("/proc/config.gz")).toString() : "";

describe.skipIf(!isRoot)("in the kernel", () => {
  it.skipIf(configuration() === "")(
    "@kconfig fields hold the kernel's configuration, and zero for what it lacks",
    async () => {
      const source = run(
        `  @kconfig("CONFIG_HZ") readonly hz: u32;
  @kconfig("LINUX_KERNEL_VERSION") readonly version: u32;
  @kconfig("CONFIG_BPF_SYSCALL") readonly bpf: boolean;
  @kconfig("CONFIG_NOT_OF_THIS_WORLD") readonly never: boolean = false;
  @kconfig("CONFIG_LOCALVERSION") readonly local: str<16>;
  ticks: u64 = 0; seen: u32 = 0; set: u32 = 0; length: u32 = 0;`,
        `    this.ticks = this.hz * 2;
    this.seen = this.version;
    this.length = strlen(this.local);
    if (this.bpf && !this.never) this.set = 1;`,
        { imports: "strlen," },
      );
      const hz = Number(/^CONFIG_HZ=(\d+)$/m.exec(configuration())?.[1]);
      const local = /^CONFIG_LOCALVERSION="(.*)"$/m.exec(configuration())?.[1] ?? "";
      const [major, minor] = release().split(".").map(Number);
      const result = await computed(source);
      expect(result).toMatchObject({ ticks: BigInt(hz * 2), set: 1, length: local.length });
      expect(Number(result.seen) >> 8).toBe(((major ?? 0) << 8) + (minor ?? 0));
    },
  );

  it("functions of the kernel are called, and weak ones only where they are", async () => {
    const source = probe(
      `  pid: i32 = 0; tgid: i32 = 0; found: u32 = 0; cpus: i32 = 0;
  @SEC("syscall") run(ctx: Input): i32 {
    const task = bpf_task_from_pid(this.pid);
    if (task) {
      this.tgid = task.tgid;
      bpf_task_release(task);
    }
    if (bpf_task_never) this.found = u32(bpf_task_never(1));
    else this.found = 7;
    return 0;
  }`,
      {
        before: `import type { task_struct } from "./vmlinux";
class Input { a: u64; }
declare function bpf_task_from_pid(pid: i32): ptr<task_struct> | null;
declare function bpf_task_release(task: ptr<task_struct>): void;
declare const bpf_task_never: ((n: u32) => u64) | null;`,
      },
    );
    const result = await computed(source, {
      set: { pid: process.pid },
      context: new Uint8Array(8),
      data: null,
    });
    expect(result).toMatchObject({ tgid: process.pid, found: 7 });
  });

  it("a dynptr of the kernel's carries a packet's size", async () => {
    const source = run(
      "  size: u32 = 0; failed: i32 = 1;",
      `    const packet = new Dynptr();
    this.failed = bpf_dynptr_from_xdp(ctx, 0, packet);
    this.size = bpf_dynptr_size(packet);`,
      {
        imports: "Dynptr,",
        before: `declare function bpf_dynptr_from_xdp(ctx: XdpMd, flags: u64, packet: Dynptr): i32;
declare function bpf_dynptr_size(packet: Dynptr): u32;`,
      },
    );
    expect(await computed(source, { data: new Uint8Array(77) })).toMatchObject({ size: 77, failed: 0 });
  });

  it("the address of a symbol is its address, and 0 for a weak one that is not there", async () => {
    const source = run(
      "  address: u64 = 0; missing: u64 = 1;",
      `    this.address = u64(bpf_prog_run_xdp_mine);
    this.missing = never_there ? 2 : 3;`,
      {
        before:
          "declare const bpf_prog_run_xdp_mine: object | null;\ndeclare const never_there: object | null;",
      },
    ).replaceAll("bpf_prog_run_xdp_mine", "schedule");
    const [address] = /^(\w+) T schedule$/m.exec(readFileSync("/proc/kallsyms", "utf8"))?.slice(1) ?? [];
    expect(await computed(source)).toMatchObject({ address: BigInt(`0x${address}`), missing: 3n });
  });

  it.skipIf(!has("bpftool") || configuration() === "")("libbpf finds them and loads the object", () => {
    const source = run(
      `  @kconfig("CONFIG_HZ") readonly hz: u32; @kconfig("CONFIG_NEVER") readonly never: u64 = 0; n: u64 = 0;`,
      `    const packet = new Dynptr();
    this.n = this.hz + this.never + u64(schedule) + bpf_dynptr_from_xdp(ctx, 0, packet);`,
      {
        imports: "Dynptr,",
        before: `declare function bpf_dynptr_from_xdp(ctx: XdpMd, flags: u64, packet: Dynptr): i32;
declare const schedule: object;`,
      },
    );
    const { objectPath, remove } = build({ "probe.bpf.ts": source });
    const pin = `/sys/fs/bpf/externs-${process.pid}`;
    try {
      command("bpftool", "prog", "load", objectPath, pin);
    } finally {
      rmSync(pin, { force: true });
      remove();
    }
  });
});

const mistakes: readonly (readonly [string, string, string, string])[] = [
  [
    "a default that is not zero",
    "TSB1009",
    "250",
    run(`  @kconfig("CONFIG_HZ") readonly hz: u32 = 250; n: u64 = 0;`, "    this.n = this.hz;"),
  ],
  [
    "an assignment to the configuration",
    "TSB2013",
    "this.hz",
    run(`  @kconfig("CONFIG_HZ") hz: u32;`, "    this.hz = 1;"),
  ],
  [
    "a number that may be missing",
    "TSB2024",
    "u64 | null",
    run("  n: u64 = 0;", "    if (jiffies) this.n = 1;", { before: "declare const jiffies: u64 | null;" }),
  ],
  [
    "a program of the same name",
    "TSB1010",
    "run(",
    probe(
      `  n: u64 = 0;\n  @SEC("xdp") run(ctx: XdpMd): XdpAction {\n    this.n = call();\n    return XdpAction.PASS;\n  }`,
      { before: "declare function call(): u64;" },
    ).replaceAll("call", "run"),
  ],
  [
    "a kernel function with six parameters",
    "TSB5003",
    "declare",
    run("  n: u64 = 0;", "    this.n = six(1, 2, 3, 4, 5, 6);", {
      before: "declare function six(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32): u64;",
    }),
  ],
  [
    "a kernel function with too few arguments",
    "TSB4007",
    "two(1)",
    run("  n: u64 = 0;", "    this.n = two(1);", { before: "declare function two(a: u32, b: u32): u64;" }),
  ],
];

describe("the compiler refuses", () => {
  it.each(mistakes)("%s: %s", (_, code, at, source) => {
    const { diagnostics, output } = compileFiles({ "probe.bpf.ts": source });
    const [only, ...rest] = diagnostics;
    expect([rest, output]).toEqual([[], null]);
    expect(only?.code).toBe(code);
    const line = source.split("\n")[(only?.span.line ?? 0) - 1] ?? "";
    expect(line.slice((only?.span.column ?? 0) - 1).startsWith(at)).toBe(true);
  });
});
