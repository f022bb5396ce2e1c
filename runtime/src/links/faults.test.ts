import { existsSync, readdirSync } from "node:fs";
import { constants } from "node:os";
import { type ProgramSpec, parseObject } from "@tsbpfc/loader";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { FakeKernel } from "../../fixtures/fake-kernel.js";
import { type Fault, Faults } from "../../fixtures/faults.js";
import { Program } from "../programs/program.js";
import { commands } from "../sys/commands.js";
import { SyscallError, UsageError } from "../sys/errors.js";
import { setKernel } from "../sys/kernel.js";
import type { AttachOptions } from "./attach.js";

const errnos = ["EPERM", "ENOMEM", "EINVAL", "EINTR", "EMFILE"] as const;
const PROGRAM = 500;
const NLMSG_ERROR = 2;
const NLMSG_HEADER = 16;

const files: Readonly<Record<string, string>> = {
  "format/retprobe": "config:0\n",
  type: "7\n",
  id: "400\n",
  available_filter_functions: "bpf_fentry_test1\nbpf_fentry_test2 [test]\nvfs_read\n",
};

/** Has every kind of probe and event, and says yes over netlink. */
class Able extends FakeKernel {
  override bpf(command: number, attr: Uint8Array): number {
    const isQuestion =
      command === commands.BPF_LINK_CREATE && new DataView(attr.buffer).getUint32(0, true) !== PROGRAM;
    return isQuestion ? -constants.errno.EBADF : super.bpf(command, attr);
  }
  override fileExists = (path: string): boolean =>
    path.startsWith("/sys/kernel/tracing/") || existsSync(path);
  override readFile(path: string): Uint8Array | null {
    if (path.startsWith("/sys/devices/")) return super.readFile(path);
    const file = Object.keys(files).find((name) => path.endsWith(`/${name}`));
    return file === undefined ? null : new TextEncoder().encode(files[file]);
  }
  override read = (fd: number, bytes: Uint8Array): number => {
    if (!this.open.has(fd)) throw new Error(`read of ${fd}, which is not open`);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    bytes.fill(0, 0, 2 * NLMSG_HEADER + 4);
    view.setUint32(0, 2 * NLMSG_HEADER + 4, true);
    view.setUint16(4, NLMSG_ERROR, true);
    return 2 * NLMSG_HEADER + 4;
  };
}

/** What it attaches to (a cgroup's folder, a namespace) is this machine's. */
const targets = (): number => readdirSync("/proc/self/fd").length;

const iface = { iface: "eth0" };
const binary = { binary: process.execPath, offset: 64 };

/** Programs of the fixture, each with where it goes. */
const rows: readonly (readonly [name: string, options?: AttachOptions])[] = [
  ["raw"],
  ["typed"],
  ["entry"],
  ["guard"],
  ["connects", { cgroup: "/proc" }],
  ["maps", { map: { fd: 7 } }],
  ["lookup", { netns: "/proc/self/ns/net" }],
  ["dissect", { netns: "/proc/self/ns/net" }],
  ["pass", iface],
  ["pass", { ...iface, netlink: true }],
  ["point"],
  ["probe"],
  ["probe_return", { cookie: 7n }],
  ["user", binary],
  ["user_return", binary],
  ["sample", { sampling: { event: "cpu-clock", frequency: 10 } }],
  ["probes"],
  ["session"],
  ["both"],
  ["entries"],
  ["exits", { symbols: ["bpf_fentry_test1"], cookies: [7n] }],
  ["users", { binary: process.execPath, offsets: [64] }],
  ["user_session", { binary: process.execPath, offsets: [64] }],
  ["at_hook", { netfilter: { family: "ipv4", hook: "local-in", priority: 0 } }],
  ["tcx_in", iface],
  ["tcx_out", iface],
  ["netkit_out", iface],
  ["on_send", { map: { fd: 7 } }],
  ["on_stream", { map: { fd: 7 } }],
  ["filter", { ...iface, direction: "ingress", netlink: true }],
  ["drop", { socket: 7 }],
  ["choose", { socket: 7 }],
  ["route", { ...iface, route: "10.1.0.0/16" }],
];

describe.each(rows)("attaching %s with %o", (name, options) => {
  let spec: ProgramSpec;
  beforeAll(() => {
    spec = programs.get(`${name}_a`)!;
  });
  afterEach(() => setKernel(null));

  const run = (kernel: FakeKernel, fault: Fault | null): { error: unknown; calls: readonly string[] } => {
    const faults = new Faults(kernel, fault);
    setKernel(faults.seam);
    try {
      new Program(PROGRAM, spec).attach(options).close();
      return { error: null, calls: faults.calls };
    } catch (error) {
      return { error, calls: faults.calls };
    }
  };

  test("whichever system call fails, nothing is left open and the error says why", () => {
    const { error, calls } = run(new Able(), null);
    expect(error).toBeNull();
    expect(calls.length).toBeGreaterThan(0);
    const before = targets();
    for (const errnoName of errnos)
      for (const goesOn of [false, true])
        for (const [call, what] of calls.entries()) {
          const kernel = new Able();
          const where = `${what}, call ${call}, ${errnoName}${goesOn ? " from then on" : ""}`;
          const { error } = run(kernel, { call, errno: constants.errno[errnoName], goesOn });
          expect([...kernel.open], where).toEqual([]);
          expect(targets(), where).toBe(before);
          if (error === null) continue;
          expect(error instanceof SyscallError || error instanceof UsageError, `${where}: ${error}`).toBe(
            true,
          );
          expect(String(error), where).toMatch(new RegExp(`${errnoName}|Linux \\d`));
        }
  });
});

const { programs } = parseObject(compileFixture("link-kinds"));
