import {
  type AttachType,
  attachTypeSince,
  attachTypes,
  type MapType,
  mapTypeSince,
  matchSection,
  type ProgramType,
  programTypeSince,
  sections,
} from "@tsbpfc/loader";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeKernel } from "../../fixtures/fake-kernel.js";
import { map, program, specOf } from "../../fixtures/specs.js";
import type { AttachOptions } from "../links/attach.js";
import { ProgramHandle } from "../programs/handle.js";
import { layouts } from "../sys/attr.generated.js";
import { commands } from "../sys/commands.js";
import { errno } from "../sys/errors.js";
import { setKernel } from "../sys/kernel.js";
import { loadCollection } from "./collection.js";

const machine = new FakeKernel();

/** From before almost everything: it knows no command, and says so as kernels do. */
class Ancient extends FakeKernel {
  override release = (): string => "3.18.1-ancient";
  override bpf(): number {
    return -errno.EINVAL;
  }
  override setsockopt = (): number => -errno.ENOPROTOOPT;
  override perfEventOpen = (): number => -errno.EINVAL;
  override readFile = (path: string): Uint8Array | null =>
    // The kernel's types: without them nothing BTF-typed gets as far as the kernel's answer.
    path.startsWith("/sys/bus/") ? null : machine.readFile(path);
}

const u32 = (attr: Uint8Array, at: number): number =>
  new DataView(attr.buffer, attr.byteOffset).getUint32(at, true);
const expectedAttachTypeOf = (attr: Uint8Array): number =>
  u32(attr, layouts.programLoad.fields.expected_attach_type[0]);

const names = (since: string): RegExp =>
  new RegExp(
    `Linux ${since.replace(".", "\\.")}\\b.*this is 3\\.18\\.1|\\(3\\.18\\.1-ancient\\).*Linux ${since.replace(".", "\\.")}\\b`,
  );

describe("what a kernel is too old for is refused with the release that has it", () => {
  beforeEach(() => setKernel(new Ancient()));
  afterEach(() => setKernel(null));

  // A struct_ops map is made after the kernel's own struct: the test below.
  const mapRows = (Object.entries(mapTypeSince) as [MapType, string][]).filter(
    ([type]) => type !== "struct_ops",
  );
  test.each(mapRows)("a map of type %s: %s", (type, since) => {
    expect(() => loadCollection(specOf([map("m", { type })], []))).toThrow(names(since));
  });

  test.each([
    ["BPF_F_MMAPABLE", 1 << 10, "array", "5.5"],
    ["BPF_F_RDONLY_PROG", 1 << 7, "array", "5.2"],
  ] as const)("a map with the flag %s", (flag, flags, type, since) => {
    // A kernel that knows the kind of map, and not the flag.
    class WithArrays extends Ancient {
      override bpf(command = 0, attr: Uint8Array = new Uint8Array()): number {
        const isPlain = u32(attr, layouts.mapCreate.fields.map_flags[0]) === 0;
        return command === commands.BPF_MAP_CREATE && isPlain
          ? FakeKernel.prototype.bpf.call(this, command, attr)
          : -errno.EINVAL;
      }
    }
    setKernel(new WithArrays());
    expect(() => loadCollection(specOf([map("m", { type, flags })], []))).toThrow(names(since));
    expect(() => loadCollection(specOf([map("m", { type, flags })], []))).toThrow(flag);
  });

  const programRows = (Object.entries(programTypeSince) as [ProgramType, string][]).filter(
    ([type]) => type !== "struct_ops",
  );
  test.each(programRows)("a program of type %s: %s", (type, since) => {
    const targetFd = type === "ext" ? 5 : null;
    const load = () => loadCollection(specOf([], [program("p", { type, targetFd })]));
    expect(load).toThrow(names(since));
  });

  const attachRows = Object.entries(attachTypeSince) as [AttachType, string][];
  test.each(attachRows)("a program for %s: %s", (expectedAttachType, since) => {
    /** Knows the type of program, and takes it for other hooks. */
    class OtherHooks extends Ancient {
      override bpf(command = 0, attr: Uint8Array = new Uint8Array()): number {
        const isTaken =
          command === commands.BPF_PROG_LOAD &&
          expectedAttachTypeOf(attr) !== attachTypes[expectedAttachType];
        return isTaken ? FakeKernel.prototype.bpf.call(this, command, attr) : -errno.EINVAL;
      }
    }
    setKernel(new OtherHooks());
    const def = sections.find(({ attachType }) => attachType === expectedAttachType)!;
    const spec = program("p", { section: def.prefix, type: def.type, expectedAttachType });
    expect(() => loadCollection(specOf([], [spec]))).toThrow(names(since));
  });

  const links: readonly (readonly [section: string, options: AttachOptions, since: string])[] = [
    ["raw_tp/sched_switch", {}, "4.17"],
    ["tp_btf", {}, "5.5"],
    ["tp_btf", { cookie: 1n }, "6.0"],
    ["fentry", {}, "5.5"],
    ["lsm", {}, "5.7"],
    ["freplace", {}, "5.6"],
    ["iter", {}, "5.8"],
    ["cgroup/connect4", { cgroup: "/proc" }, "4.15"],
    ["cgroup/connect4", { cgroup: "/proc", anchor: "first" }, "6.17"],
    ["sk_lookup", { netns: "/proc/self/ns/net" }, "5.9"],
    ["flow_dissector", { netns: "/proc/self/ns/net" }, "5.8"],
    ["netfilter", { netfilter: { family: "ipv4", hook: "input" } }, "6.4"],
    ["netfilter", { netfilter: { family: "ipv4", hook: "input", defragment: true } }, "6.6"],
    ["tcx/ingress", { iface: "eth0", anchor: "first" }, "6.6"],
    ["netkit/peer", { iface: "eth0" }, "6.7"],
    ["sk_skb/stream_verdict", { map: { fd: 7 } }, "4.14"],
    ["sk_skb/verdict", { map: { fd: 7 } }, "5.13"],
    ["sk_msg", { map: { fd: 7 } }, "4.17"],
    ["kprobe.multi/f", {}, "5.18"],
    ["kprobe.session/f", {}, "6.10"],
    ["uprobe.multi", { binary: "/bin/sh", offset: 1 }, "6.6"],
    ["uprobe.session", { binary: "/bin/sh", offset: 1 }, "6.13"],
    ["fexit.multi/bpf_fentry_test1", {}, "7.2"],
    ["sk_reuseport", { socket: 7 }, "4.19"],
  ];
  test.each(links)("%s %o: %s", (section, options, since) => {
    const type = matchSection(section)!.def.type;
    expect(() => new ProgramHandle(500, "p", type).attach({ ...options, section })).toThrow(names(since));
  });

  test.each([
    ["kprobe/f", {}, /CONFIG_KPROBES and Linux 4\.17/],
    ["uprobe", { binary: "/bin/sh", offset: 1 }, /CONFIG_UPROBES and Linux 4\.17/],
    ["usdt", { binary: "/bin/sh", usdt: "a:b" }, /Linux 5\.15/],
    ["lirc_mode2", { device: "/dev/null" }, /Linux 4\.18/],
  ] as const)("%s %o: what it needs besides", (section, options, message) => {
    const type = matchSection(section)!.def.type;
    expect(() => new ProgramHandle(500, "p", type).attach({ ...options, section })).toThrow(message);
  });
});
