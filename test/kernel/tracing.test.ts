import { mkdirSync, rmdirSync } from "node:fs";
import { release } from "node:os";
import { attachTypes } from "@tsbpfc/loader";
import {
  fentry,
  fsession,
  kprobeMulti,
  kprobeSession,
  modifyReturn,
  type Skeleton,
  type SkeletonProgram,
  tracingMulti,
} from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { fixtureSkeleton } from "../../runtime/fixtures/skeleton.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast } from "../support/needs.js";

type Names =
  | "entry"
  | "groups"
  | "sent"
  | "modify"
  | "many"
  | "session"
  | "both"
  | "entries"
  | "exits"
  | "sessions"
  | "of_module"
  | "careless"
  | "target";
type Tracing = Skeleton<
  object,
  Record<Names, SkeletonProgram>,
  object,
  { runs: bigint; returns: bigint; cookie: bigint; cookies: bigint; result: number; arguments: bigint }
>;
type Replacement = Skeleton<object, { other: SkeletonProgram }, object, { runs: bigint }>;

function load(t: Bench, ...names: readonly Names[]): Tracing {
  const programs = Object.fromEntries(names.map((name) => [name, { autoload: true }]));
  const probe = fixtureSkeleton<Tracing>("tracing").open({ programs });
  t.defer(() => probe.close());
  return probe.load();
}

const packet = { data: new Uint8Array(64) };

describe("tracing of an object of clang's", () => {
  kernelTest("an iterator of cgroups goes through one, or through it and all below", {}, (t) => {
    const probe = load(t, "groups");
    const path = t.cgroup().path;
    mkdirSync(`${path}/below`);
    t.defer(() => rmdirSync(`${path}/below`));
    const count = (order?: "self" | "ancestors" | "children"): bigint => {
      probe.globals.runs = 0n;
      const link = probe.programs.groups.attach(order ? { cgroup: path, order } : { cgroup: path });
      link.output().bytes();
      link.close();
      return probe.globals.runs;
    };
    expect([count("self"), count(), count("ancestors")]).toEqual([1n, 2n, 2n]);
    if (isAtLeast(release(), "7.0")) expect(count("children")).toBe(1n);
    else expect(() => count("children")).toThrow(/"children" needs Linux 7\.0; this is/);
    expect(() => probe.programs.groups.attach({ cgroup: path, pid: 1 })).toThrow(/pid and cgroup/);
  });

  kernelTest("fentry is told its cookie", { needs: [fentry] }, (t) => {
    const probe = load(t, "entry");
    probe.programs.entry.attach({ cookie: 0x1_0000_0001n });
    probe.programs.entry.testRun();
    expect(probe.globals.runs).toBe(1n);
    expect(probe.globals.cookie).toBe(0x1_0000_0001n);
    expect(probe.programs.entry.links[0]?.info().kind).toBe("tracing");
  });

  const ofModule = [
    ["a function of a kernel module is found in the module's BTF", "sent", fentry],
    ["so are those of a module that a pattern takes", "of_module", tracingMulti],
  ] as const;
  for (const [what, name, feature] of ofModule)
    kernelTest(`${what} (${name})`, { needs: [feature] }, (t) => {
      const [left] = t.vethPair(["10.9.1.1/24"], ["10.9.1.2/24"]);
      const probe = load(t, name);
      probe.programs[name].attach();
      const script =
        'const s = require("dgram").createSocket("udp4"); s.send("x", 9, "10.9.1.2", () => s.close());';
      left.run(process.execPath, "-e", script);
      expect(probe.globals.runs).toBeGreaterThan(0n);
    });

  kernelTest(
    "fsession runs at the entry and at the return, which finds what the entry has kept",
    { needs: [fsession] },
    (t) => {
      const probe = load(t, "both");
      const { both } = probe.programs;
      expect(both.attach({ cookie: 7n }).info()).toMatchObject({
        kind: "tracing",
        details: { attach_type: BigInt(attachTypes.trace_fsession), cookie: 7n },
      });
      both.testRun();
      // int bpf_fentry_test1(int a) is called with 1, and gives a + 1.
      expect(probe.globals).toMatchObject({ runs: 2n, returns: 1n, result: 2, cookies: 1001n, cookie: 7n });
    },
  );

  kernelTest(
    "fentry.multi: functions by a pattern, or by name with a cookie and arguments for each",
    { needs: [tracingMulti] },
    (t) => {
      const probe = load(t, "entries");
      const { entries } = probe.programs;
      const all = entries.attach();
      entries.testRun();
      expect(probe.globals.runs).toBeGreaterThanOrEqual(8n);
      all.close();
      Object.assign(probe.globals, { runs: 0n, arguments: 0n, cookies: 0n });
      const symbols = ["bpf_fentry_test3", "bpf_fentry_test1"];
      expect(() => entries.attach({ symbols, cookies: [1n] })).toThrow(/1 cookies for 2 functions/);
      const link = entries.attach({ symbols, cookies: [10n, 200n] });
      entries.testRun();
      // Called with 4, 5, 6 and with 1.
      expect(probe.globals).toMatchObject({ runs: 2n, arguments: 5n, cookies: 210n });
      // Linux 7.2 tells nothing of such a link.
      if (!isAtLeast(release(), "7.3")) return;
      const attachType = BigInt(attachTypes.trace_fentry_multi);
      const { details, lists } = link.info();
      expect(details).toMatchObject({ attach_type: attachType, count: 2n });
      expect(lists.addrs?.every((address) => address > 0n)).toBe(true);
      // In an order of the kernel's own.
      expect(lists.ids).toHaveLength(2);
      expect(new Set(lists.cookies)).toEqual(new Set([10n, 200n]));
    },
  );

  kernelTest("fexit.multi is told what each function gave", { needs: [tracingMulti] }, (t) => {
    const probe = load(t, "exits");
    probe.programs.exits.attach({ symbols: ["bpf_fentry_test1", "bpf_fentry_test2"] });
    probe.programs.exits.testRun();
    // 1 + 1 and 2 + 3.
    expect(probe.globals).toMatchObject({ runs: 2n, result: 7 });
  });

  kernelTest("fsession.multi keeps something for each call", { needs: [tracingMulti] }, (t) => {
    const probe = load(t, "sessions");
    probe.programs.sessions.attach();
    probe.programs.sessions.testRun();
    const { runs, returns, arguments: kept } = probe.globals;
    expect(returns).toBeGreaterThanOrEqual(8n);
    expect([runs, kept]).toEqual([2n * returns, returns]);
  });

  kernelTest("what fentry.multi cannot take is refused with the reason", { needs: [tracingMulti] }, (t) => {
    const { entries, exits } = load(t, "entries", "exits").programs;
    const twice = { symbols: ["bpf_fentry_test1", "bpf_fentry_test1"] };
    expect(() => entries.attach(twice)).toThrow(/EINVAL.*takes a function once/);
    expect(() => exits.attach({ symbols: ["do_exit"] })).toThrow(/EINVAL.*never returns/);
    expect(() => entries.attach({ symbols: ["bpf_fentry_tset1"] })).toThrow(
      /no function 'bpf_fentry_tset1'. Did you mean 'bpf_fentry_test1'/,
    );
    expect(() => entries.attach({ symbol: "bpf_fentry_none*" })).toThrow(/no traceable function/);
    expect(() => entries.attach({ section: "fentry.multi/nothing:*" })).toThrow(/no kernel module 'nothing'/);
  });

  kernelTest(
    "fmod_ret puts its own result in the place of a function",
    { needs: [fentry, modifyReturn] },
    (t) => {
      const probe = load(t, "modify");
      const before = probe.programs.modify.testRun().returnValue;
      probe.programs.modify.attach();
      expect(probe.programs.modify.testRun().returnValue).toBe(before);
      expect(probe.globals.runs).toBeGreaterThan(0n);
      probe.globals.result = -22;
      expect(probe.programs.modify.testRun().returnValue).not.toBe(before);
    },
  );

  kernelTest(
    "kprobe.multi: functions by a pattern, or by name with a cookie for each",
    { needs: [fentry, kprobeMulti] },
    (t) => {
      const probe = load(t, "many", "entry");
      const { many, entry } = probe.programs;
      const all = many.attach();
      entry.testRun();
      expect(probe.globals.runs).toBeGreaterThanOrEqual(8n);
      all.close();
      probe.globals.runs = 0n;
      const symbols = ["bpf_fentry_test1", "bpf_fentry_test3"];
      expect(() => many.attach({ symbols, cookies: [1n] })).toThrow(/1 cookies for 2 functions/);
      const two = many.attach({ symbols, cookies: [10n, 200n] });
      entry.testRun();
      expect([probe.globals.runs, probe.globals.cookies]).toEqual([2n, 210n]);
      expect(two.info()).toMatchObject({ kind: "kprobe_multi" });
    },
  );

  kernelTest(
    "kprobe.session runs at the entry and at the return",
    { needs: [fentry, kprobeSession] },
    (t) => {
      const probe = load(t, "session", "entry");
      probe.programs.session.attach();
      probe.programs.entry.testRun();
      expect([probe.globals.runs, probe.globals.returns]).toEqual([2n, 1n]);
    },
  );

  kernelTest(
    "a weak call of a function that this kernel has with other parameters is refused with both declarations",
    { needs: [fsession] },
    (t) => {
      expect(() => load(t, "careless")).toThrow(
        /ask first whether it exists .*'bpf_session_is_return' has another type.*\n +kernel: bool bpf_session_is_return\(void \*ctx\)\n +object: _Bool bpf_session_is_return___before\(void\)/,
      );
    },
  );

  kernelTest(
    "freplace takes the place of a loaded program's function, also of another such program",
    { needs: [fentry] },
    (t) => {
      const probe = load(t, "target");
      const second = load(t, "target");
      const { target } = probe.programs;
      const run = (which: Tracing) => which.programs.target.testRun(packet).returnValue;
      expect(run(probe)).toBe(1);
      const without = fixtureSkeleton<Replacement>("replace").open();
      t.defer(() => without.close());
      expect(() => without.load()).toThrow(/target/);
      const replacement = fixtureSkeleton<Replacement>("replace").open({
        programs: { other: { target: target.program } },
      });
      t.defer(() => replacement.close());
      const { other } = replacement.load().programs;
      const link = other.attach();
      expect([run(probe), run(second)]).toEqual([42, 1]);
      expect(replacement.globals.runs).toBe(1n);
      link.close();
      expect(run(probe)).toBe(1);
      const elsewhere = other.attach({ target: second.programs.target.program, symbol: "decide" });
      expect([run(probe), run(second)]).toEqual([1, 42]);
      elsewhere.close();
      expect(() => other.attach({ target: second.programs.target.program, symbol: "none" })).toThrow(
        /'none'/,
      );
    },
  );
});
