import { createRequire } from "node:module";
import {
  type AttachOptions,
  type Feature,
  fentry,
  fsession,
  type LinkKind,
  pinnedProgram,
  programById,
  type Skeleton,
  type SkeletonProgram,
  sockmapLinks,
  tcxLinks,
  tracingMulti,
} from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { fixtureSkeleton } from "../../runtime/fixtures/skeleton.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { run } from "../support/root.js";

type Programs = Readonly<Record<string, SkeletonProgram>>;
type Any = Skeleton<object, Programs, object, { runs: bigint }>;

/** A program of a fixture, and what is shared with it. */
function load(
  t: Bench,
  fixture: string,
  name: string,
): { readonly program: SkeletonProgram; readonly all: Any } {
  const all = fixtureSkeleton<Any>(fixture).open({ programs: { [name]: { autoload: true } } });
  t.defer(() => all.close());
  return { program: all.load().programs[name]!, all };
}

function veth(t: Bench): AttachOptions {
  const iface = `b${t.prefix.replace(/\D/g, "").slice(-8)}`;
  run("ip", "link", "add", iface, "type", "veth");
  t.defer(() => void run("ip", "link", "del", iface));
  return { iface };
}

const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
const libc = koffi.load("libc.so.6");
const getpgid = libc.func("int getpgid(int pid)");
const getpgrp = libc.func("int getpgrp()");

const rows: readonly {
  readonly name: string;
  readonly section: string;
  readonly kind: LinkKind;
  readonly target?: (t: Bench) => AttachOptions;
  readonly needs?: readonly Feature[];
}[] = [
  { name: "raw_a", section: "raw_tp/sched_process_exit", kind: "raw_tracepoint" },
  { name: "typed_a", section: "tp_btf", kind: "raw_tracepoint" },
  { name: "entry_a", section: "fentry", kind: "tracing", needs: [fentry] },
  { name: "both_a", section: "fsession", kind: "tracing", needs: [fsession] },
  {
    name: "entries_a",
    section: "fentry.multi/bpf_fentry_test1",
    kind: "tracing_multi",
    needs: [tracingMulti],
  },
  { name: "maps_a", section: "iter", kind: "iter" },
  { name: "pass_a", section: "xdp", kind: "xdp", target: veth },
  { name: "tcx_in_a", section: "tcx/egress", kind: "tcx", target: veth, needs: [tcxLinks] },
  {
    name: "connects_a",
    section: "cgroup/connect4",
    kind: "cgroup",
    target: (t: Bench) => ({ cgroup: t.cgroup().path }),
  },
  {
    name: "lookup_a",
    section: "sk_lookup",
    kind: "netns",
    target: (t: Bench) => ({ netns: t.namespace().path }),
  },
  {
    name: "sample_a",
    section: "perf_event",
    kind: "perf_event",
    target: () => ({ pid: process.pid, sampling: { period: 1_000_000_000 } }),
  },
];

describe("a program that was opened from a pin is attached by a section's name", () => {
  for (const { name, section, kind, target, needs = [] } of rows)
    kernelTest(`${section} of ${name}: its link is of kind ${kind}`, { needs }, (t) => {
      const pin = `${t.pins()}/program`;
      const { program, all } = load(t, "link-kinds", name);
      program.program.pin(pin);
      const { id } = program.info();
      all.close();
      using opened = pinnedProgram(pin)!;
      using link = opened.attach({ section, ...target?.(t) });
      expect(link.info()).toMatchObject({ kind, programId: id });
      opened.unpin(pin);
    });

  kernelTest("a uprobe runs, and its program's number does as well as a pin", {}, (t) => {
    const { program, all } = load(t, "inspect", "user");
    using opened = programById(program.info().id)!;
    const section = "uprobe/libc.so.6:getpgid";
    const link = opened.attach({ section, pid: process.pid });
    getpgid(0);
    expect(all.globals.runs).toBe(1n);
    link.close();
    getpgid(0);
    expect(all.globals.runs).toBe(1n);
  });
});

describe("a skeleton's program is attached elsewhere than its section says", () => {
  kernelTest("to another function, and to its return, beside its own", {}, (t) => {
    const { program, all } = load(t, "inspect", "user");
    for (const section of ["uprobe/libc.so.6:getpgrp", "uretprobe/libc.so.6:getpgrp"])
      program.attach({ section, pid: process.pid });
    getpgid(0);
    expect(all.globals.runs).toBe(0n);
    getpgrp();
    expect(all.globals.runs).toBe(2n);
    program.attach({ pid: process.pid });
    getpgid(0);
    expect(all.globals.runs).toBe(3n);
    expect(program.links).toHaveLength(3);
  });
});

describe("a section that does not fit is refused with the reason", () => {
  kernelTest("an unknown one, one for another type, none at all", {}, (t) => {
    const { program } = load(t, "link-kinds", "pass_a");
    using opened = programById(program.info().id)!;
    const bad = expect.objectContaining({ code: "bad-value" });
    expect(() => opened.attach({ section: "xpd" })).toThrow(/no kind of section "xpd"/);
    expect(() => opened.attach({ section: "tcx/ingress" })).toThrow(bad);
    expect(() => opened.attach({ section: "tcx/ingress" })).toThrow(/type xdp.*programs of type sched_cls/);
    // What a caller without types would write.
    expect(() => Reflect.apply(opened.attach, opened, [{}])).toThrow(/section: "xdp"/);
    expect(() => opened.attach({ section: "xdp/devmap" })).toThrow(/DevMap/);
  });

  kernelTest("another hook than it was loaded for", {}, (t) => {
    const { program, all } = load(t, "link-kinds", "typed_a");
    using opened = programById(program.info().id)!;
    expect(() => opened.attach({ section: "tp_btf/sched_switch" })).toThrow(/fixed when it is loaded/);
    expect(() => program.attach({ section: "tp_btf/sched_switch" })).toThrow(/fixed when it is loaded/);
    expect(() => opened.attach({ section: "fentry" })).toThrow(/loaded for another hook/);
    expect(program.attach({ section: "tp_btf" }).info().kind).toBe("raw_tracepoint");
    all.close();
    const { program: connects } = load(t, "link-kinds", "connects_a");
    const { path: cgroup } = t.cgroup();
    expect(() => connects.attach({ section: "cgroup/bind4", cgroup })).toThrow(/loaded for another hook/);
  });

  kernelTest("sockets: the verdict of a stream is no message's", { needs: [sockmapLinks] }, (t) => {
    const { program } = load(t, "link-kinds", "on_stream_a");
    expect(() => program.attach({ section: "sk_msg" })).toThrow(/type sk_skb.*type sk_msg/);
  });
});
