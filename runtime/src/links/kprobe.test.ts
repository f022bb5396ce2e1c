import type { AttachType } from "@tsbpfc/loader";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeKernel, field } from "../../fixtures/fake-kernel.js";
import { program as spec } from "../../fixtures/specs.js";
import { Program } from "../programs/program.js";
import { layouts } from "../sys/attr.generated.js";
import { setKernel } from "../sys/kernel.js";

const source = "/sys/bus/event_source/devices/kprobe";
const files: Readonly<Record<string, string>> = {
  "/proc/kallsyms":
    "0000000000000000 t do_unlinkat.isra.0\n0000000000000000 T __x64_sys_openat\n0000000000000000 d do_unlinkax\n",
  [`${source}/type`]: "8\n",
  [`${source}/format/retprobe`]: "config:0\n",
  "/sys/kernel/tracing/available_filter_functions":
    "vfs_read\nvfs_write\nvfs_read\next4_read [ext4]\nvfs_x [mod]\n",
};

/** A kernel with kprobes, which keeps the perf events that it is asked for. */
class ProbedKernel extends FakeKernel {
  readonly events: { readonly attr: DataView; readonly pid: number; readonly cpu: number }[] = [];
  override perfEventOpen = (attr: Uint8Array = new Uint8Array(), pid = 0, cpu = 0): number => {
    this.events.push({ attr: new DataView(attr.slice().buffer), pid, cpu });
    return this.bpfDescriptor();
  };
  override readFile = (path: string): Uint8Array | null =>
    files[path] === undefined ? null : new TextEncoder().encode(files[path]);
  override fileExists = (path = ""): boolean => path === "/sys/kernel/tracing/events";

  bpfDescriptor(): number {
    this.open.add(900);
    return 900;
  }

  text(address: bigint): string {
    return new TextDecoder().decode(this.memory(address)).replace("\0", "");
  }
}

const program = (section: string, attachTo: string, expectedAttachType: AttachType | null = null): Program =>
  new Program(500, spec("probe", { section, type: "kprobe", expectedAttachType, attachTo }));

describe("a kernel probe, in a kernel that tests made up", () => {
  let kernel: ProbedKernel;
  beforeEach(() => {
    kernel = new ProbedKernel();
    setKernel(kernel);
  });
  afterEach(() => setKernel(null));
  const at = (name: "type" | "config" | "kprobe_func" | "probe_offset"): number =>
    layouts.perfEvent.fields[name][0];
  const event = () => {
    const { attr, pid, cpu } = kernel.events.at(-1)!;
    return {
      type: attr.getUint32(at("type"), true),
      config: attr.getBigUint64(at("config"), true),
      name: kernel.text(attr.getBigUint64(at("kprobe_func"), true)),
      offset: attr.getBigUint64(at("probe_offset"), true),
      where: [pid, cpu],
    };
  };

  test("is on a function, at an offset, or on its return", () => {
    const where = [-1, 0];
    program("kprobe/do_unlinkat", "do_unlinkat").attach().close();
    expect(event()).toEqual({ type: 8, config: 0n, name: "do_unlinkat", offset: 0n, where });
    program("kprobe/do_unlinkat+0x10", "do_unlinkat+0x10").attach({ cookie: 9n }).close();
    expect(event()).toMatchObject({ name: "do_unlinkat", offset: 16n });
    const link = kernel.calls.at(-1)!;
    const cookieAt = layouts.linkCreate.fields["perf_event.bpf_cookie"][0];
    expect(link.attr.getBigUint64(cookieAt, true)).toBe(9n);
    program("kretprobe/do_unlinkat", "do_unlinkat").attach().close();
    expect(event()).toMatchObject({ config: 1n, name: "do_unlinkat" });
    expect([...kernel.open]).toEqual([]);
  });

  test("is on a system call by the architecture's name for its function", () => {
    program("ksyscall/openat", "openat").attach().close();
    expect(event().name).toMatch(/^__(x64|arm64)_sys_openat$/);
    program("kretsyscall/openat", "openat").attach().close();
    expect(event()).toMatchObject({ config: 1n });
  });

  test("is on every function of a pattern, each once", () => {
    program("kretprobe.multi/vfs_*", "vfs_*", "trace_kprobe_multi").attach().close();
    const call = kernel.calls.at(-1)!;
    expect(field(call, "linkCreate", "kprobe_multi.cnt")).toBe(3);
    expect(field(call, "linkCreate", "kprobe_multi.flags")).toBe(1);
    expect(field(call, "linkCreate", "attach_type")).toBe(42);
    const pointers = kernel.memory(
      call.attr.getBigUint64(layouts.linkCreate.fields["kprobe_multi.syms"][0], true),
    );
    const names = [...new BigUint64Array(pointers.slice().buffer)].map((pointer) => kernel.text(pointer));
    expect(names).toEqual(["vfs_read", "vfs_write", "vfs_x"]);
    expect([...kernel.open]).toEqual([]);
  });

  test("is refused where it makes no sense, with what to write", () => {
    const attach =
      (section: string, to: string, type: AttachType | null = null) =>
      () =>
        program(section, to, type).attach();
    expect(attach("kretprobe/f+1", "f+1")).toThrow(/not at an offset/);
    expect(attach("kprobe", "")).toThrow(/kprobe\/function/);
    expect(attach("ksyscall", "")).toThrow(/ksyscall\/openat/);
    expect(attach("kprobe.multi/nope_*", "nope_*", "trace_kprobe_multi")).toThrow(/nope_\*/);
    expect([...kernel.open]).toEqual([]);
  });

  test("on a function that is not there names those that are like it", () => {
    kernel.perfEventOpen = () => -2;
    expect(() => program("kprobe/do_unlinkat", "do_unlinkat").attach()).toThrow(
      /ENOENT.*no function 'do_unlinkat'\. Did you mean 'do_unlinkat\.isra\.0'\?/,
    );
    expect(() => program("ksyscall/opnat", "opnat").attach()).toThrow(/Did you mean '__x64_sys_openat'\?/);
    kernel.perfEventOpen = () => -99;
    expect(() => program("kprobe/show", "show").attach()).toThrow(/Several functions.*kprobe\.multi/);
    kernel.refuse = { call: 0, errno: 3 };
    expect(() => program("kprobe.multi/vfs_raed", "vfs_raed", "trace_kprobe_multi").attach()).toThrow(
      /ESRCH\. This kernel cannot trace 'vfs_raed'\. Did you mean 'vfs_read'\?/,
    );
  });

  test("leaves no event behind when the kernel refuses the link", () => {
    kernel.refuse = { call: 0, errno: 1 };
    expect(() => program("kprobe/f", "f").attach()).toThrow(/EPERM/);
    expect([...kernel.open]).toEqual([]);
  });

  test("without BPF links is on the event alone; a cookie then is an error", () => {
    kernel.refuse = { call: 0, errno: 22 };
    const link = program("kprobe/f", "f").attach();
    expect(() => link.pin("/sys/fs/bpf/x")).toThrow(/5\.15/);
    link.close();
    kernel.refuse = { call: kernel.calls.length, errno: 22 };
    expect(() => program("kprobe/f", "f").attach({ cookie: 1n })).toThrow(/5\.15/);
    expect([...kernel.open]).toEqual([]);
  });
});
