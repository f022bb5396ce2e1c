import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { gunzipSync } from "node:zlib";
import type { Feature } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { computing } from "../support/computed.js";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";
import { run as command } from "../support/root.js";

const run = (globals: string, body: string, { imports = "", before = "" } = {}): string =>
  probe(`${globals}\n  @SEC("xdp") run(ctx: XdpMd): XdpAction {\n${body}\n    return XdpAction.PASS;\n  }`, {
    imports: `kconfig, ${imports}`,
    before,
  });

const CONFIGURATION = "/proc/config.gz";
const configuration: Feature = {
  name: CONFIGURATION,
  since: "2.6",
  probe: () => (existsSync(CONFIGURATION) ? "yes" : "no"),
};

describe("what the kernel has", () => {
  computing(
    "@kconfig fields hold the kernel's configuration, and zero for what it lacks",
    run(
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
    ),
    async (computed) => {
      const options = gunzipSync(readFileSync(CONFIGURATION)).toString();
      const hz = Number(/^CONFIG_HZ=(\d+)$/m.exec(options)?.[1]);
      const local = /^CONFIG_LOCALVERSION="(.*)"$/m.exec(options)?.[1] ?? "";
      const [major, minor] = release().split(".").map(Number);
      const result = await computed();
      expect(result).toMatchObject({ ticks: BigInt(hz * 2), set: 1, length: local.length });
      expect(Number(result.seen) >> 8).toBe(((major ?? 0) << 8) + (minor ?? 0));
    },
    { needs: [configuration] },
  );

  computing(
    "functions of the kernel are called, and weak ones only where they are",
    probe(
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
    ),
    async (computed) => {
      const result = await computed({
        set: { pid: process.pid },
        context: new Uint8Array(8),
        data: null,
      });
      expect(result).toMatchObject({ tgid: process.pid, found: 7 });
    },
  );

  computing(
    "a dynptr of the kernel's carries a packet's size",
    run(
      "  size: u32 = 0; failed: i32 = 1;",
      `    const packet = new Dynptr();
    this.failed = bpf_dynptr_from_xdp(ctx, 0, packet);
    this.size = bpf_dynptr_size(packet);`,
      {
        imports: "Dynptr,",
        before: `declare function bpf_dynptr_from_xdp(ctx: XdpMd, flags: u64, packet: Dynptr): i32;
declare function bpf_dynptr_size(packet: Dynptr): u32;`,
      },
    ),
    async (computed) => {
      expect(await computed({ data: new Uint8Array(77) })).toMatchObject({ size: 77, failed: 0 });
    },
  );

  computing(
    "the address of a symbol is its address, and 0 for a weak one that is not there",
    run(
      "  address: u64 = 0; missing: u64 = 1;",
      `    this.address = u64(schedule);
    this.missing = never_there ? 2 : 3;`,
      {
        before: "declare const schedule: object | null;\ndeclare const never_there: object | null;",
      },
    ),
    async (computed) => {
      const [address] = /^(\w+) T schedule$/m.exec(readFileSync("/proc/kallsyms", "utf8"))?.slice(1) ?? [];
      expect(await computed()).toMatchObject({ address: BigInt(`0x${address}`), missing: 3n });
    },
  );

  const read = declareProbe({
    "probe.bpf.ts": run(
      `  @kconfig("CONFIG_HZ") readonly hz: u32; @kconfig("CONFIG_NEVER") readonly never: u64 = 0; n: u64 = 0;`,
      `    const packet = new Dynptr();
    this.n = this.hz + this.never + u64(schedule) + bpf_dynptr_from_xdp(ctx, 0, packet);`,
      {
        imports: "Dynptr,",
        before: `declare function bpf_dynptr_from_xdp(ctx: XdpMd, flags: u64, packet: Dynptr): i32;
declare const schedule: object;`,
      },
    ),
  });
  kernelTest(
    "libbpf finds them and loads the object",
    { commands: ["bpftool"], needs: [configuration] },
    (t) => {
      command("bpftool", "prog", "load", t.object(read).objectPath, `${t.pins()}/externs`);
    },
  );
});
