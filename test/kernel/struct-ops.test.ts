import { readFileSync } from "node:fs";
import { release } from "node:os";
import type { Program, Skeleton, SkeletonProgram, StructOps } from "@tsbpfc/runtime";
import {
  loadCollection,
  pinnedLink,
  structOps,
  structOpsAssociations,
  structOpsLinks,
} from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { fixtureSkeleton } from "../../runtime/fixtures/skeleton.js";
import { program, specOf } from "../../runtime/fixtures/specs.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast } from "../support/needs.js";
import { declareProbe } from "../support/probe-source.js";

/** `return 0`. */
const nothing = Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);

interface Control {
  name: string;
  flags: number;
  init: string | null;
  cong_avoid: string | null;
  ssthresh: string | null;
}
type Maps = "counted" | "counted_again" | "by_value";
type Congestion = Skeleton<
  Record<Maps, StructOps>,
  Record<"begin_otherwise" | "BPF_PROG_init", SkeletonProgram>,
  object,
  { started: bigint; acks: bigint },
  Record<Maps, Control>
>;

/** Names of controls are the machine's, and the fixture's are given: other runs of these tests wait. */
async function load(t: Bench, options: object = {}): Promise<Congestion> {
  await t.alone("congestion");
  const probe = fixtureSkeleton<Congestion>("congestion").open(options);
  t.defer(() => probe.close());
  return probe.load();
}

/** The kernel frees such programs after a grace period of RCU tasks: 10 s, and with busy CPUs a minute. */
const patienceMs = 150_000;
/** Another run may be before this one, and take as long. */
const timeoutMs = 400_000;

const available = (): readonly string[] =>
  readFileSync("/proc/sys/net/ipv4/tcp_available_congestion_control", "utf8").trim().split(" ");

/** Both ends are closed, by agreement, before the process ends: an orphaned socket would keep its control. */
const server = `
const { createServer, connect } = require("net");
let open = 2;
const closed = () => --open === 0 && process.exit();
const s = createServer((c) => c.on("close", closed).end(Buffer.alloc(1 << 20)));
s.listen(7, "127.0.0.1", () => connect(7, "127.0.0.1").on("data", () => {}).on("close", closed));
`;

/** Sends a megabyte over TCP in a namespace with this congestion control. */
async function send(t: Bench, control: string): Promise<void> {
  const net = t.namespace();
  const use = (name: string): string =>
    net.run("sh", "-c", `echo ${name} >/proc/sys/net/ipv4/tcp_congestion_control`);
  use(control);
  const child = net.start(process.execPath, ["-e", server]);
  t.defer(() => child.end());
  expect(await child.exited, child.errors).toBe(0);
  // The kernel takes its time to end a namespace, which holds the control that it names.
  use("reno");
}

describe("struct_ops of an object of clang's", () => {
  kernelTest(
    "a congestion control whose members are fewer and in another order is registered, used, and gone when closed",
    { needs: [structOpsLinks], patienceMs, timeoutMs },
    async (t) => {
      const probe = await load(t);
      const link = probe.maps.counted.attach();
      t.defer(() => link.close());
      expect(probe.maps.counted.attached).toBe(true);
      expect(available()).toContain("tsbpfc_counted");
      expect(available()).not.toContain("tsbpfc_left_out");
      await send(t, "tsbpfc_counted");
      expect(probe.globals.started).toBeGreaterThan(0n);
      expect(probe.globals.acks).toBeGreaterThan(0n);
      expect(() => probe.maps.counted_again.attach()).toThrow(/EEXIST/);
      link.close();
      expect(available()).not.toContain("tsbpfc_counted");
    },
  );

  kernelTest(
    "its link is pinned, and updated with another struct of the same name",
    { needs: [structOpsLinks], patienceMs, timeoutMs },
    async (t) => {
      const probe = await load(t);
      const link = probe.maps.counted.attach();
      t.defer(() => link.close());
      const pin = `${t.pins()}/congestion`;
      link.pin(pin);
      link.update(probe.maps.counted_again);
      expect(() => link.update({ fd: 1 })).toThrow(/struct_ops/);
      link.close();
      expect(available()).toContain("tsbpfc_counted");
      using again = pinnedLink(pin)!;
      expect(again.info()).toMatchObject({ kind: "struct_ops" });
      if (isAtLeast(release(), "6.11")) {
        again.detach();
        expect(available()).not.toContain("tsbpfc_counted");
      } else expect(() => again.detach()).toThrow(/needs Linux 6\.11/);
      again.unpin(pin);
    },
  );

  kernelTest(
    "its members are set before load: a name, and another program in the place of the object's",
    { needs: [structOpsLinks], patienceMs, timeoutMs },
    async (t) => {
      await t.alone("congestion");
      const probe = fixtureSkeleton<Congestion>("congestion").open({
        maps: { counted_again: { autocreate: false }, by_value: { autocreate: false } },
        structOps: { counted: { name: "tsbpfc_shadow" } },
      });
      t.defer(() => probe.close());
      const { counted } = probe.structOps;
      expect(counted).toMatchObject({ flags: 1, init: "BPF_PROG_init", cong_avoid: "keep_window" });
      counted.init = "begin_otherwise";
      probe.load();
      expect(() => {
        counted.init = null;
      }).toThrow(/set it before load/);
      expect(() => probe.programs.BPF_PROG_init.info()).toThrow(/no struct of struct_ops .* member/);
      const link = probe.maps.counted.attach();
      t.defer(() => link.close());
      expect(available()).toContain("tsbpfc_shadow");
      await send(t, "tsbpfc_shadow");
      expect(probe.globals.started).toBeGreaterThan(0n);
      expect(probe.globals.started % 1000n).toBe(0n);
      expect(probe.globals.acks).toBeGreaterThan(0n);
      link.close();
    },
  );

  kernelTest(
    "a member without its program is refused when the kernel needs it",
    { needs: [structOpsLinks], patienceMs, timeoutMs },
    async (t) => {
      await t.alone("congestion");
      const probe = fixtureSkeleton<Congestion>("congestion").open();
      t.defer(() => probe.close());
      probe.structOps.counted.ssthresh = null;
      expect(() => {
        probe.structOps.counted.init = "nothing";
      }).toThrow(/nothing is no program of struct_ops/);
      expect(() => fixtureSkeleton("congestion").open({ structOps: { counted: { cwnd: 1 } } })).toThrow(
        /structOps\.counted.*cwnd/,
      );
      probe.load();
      expect(() => probe.maps.counted.attach()).toThrow(/EINVAL/);
    },
  );

  kernelTest(
    "one of .struct_ops is registered by its value, without a link",
    { needs: [structOps], patienceMs, timeoutMs },
    async (t) => {
      const probe = await load(t, {
        maps: { counted: { autocreate: false }, counted_again: { autocreate: false } },
      });
      const link = probe.maps.by_value.attach();
      t.defer(() => link.close());
      expect(available()).toContain("tsbpfc_value");
      expect(() => link.pin("/sys/fs/bpf/none")).toThrow(/\.struct_ops\.link/);
      expect(() => link.fd).toThrow(/no descriptor/);
      link.close();
      link.close();
      expect(available()).not.toContain("tsbpfc_value");
    },
  );
});

type Typed = Skeleton<
  Record<"typed", StructOps>,
  Record<string, never>,
  object,
  { started: bigint; acks: bigint; acked: bigint; family: number }
>;

const typed = declareProbe({
  "probe.bpf.ts": `
import { program, map, SEC, StructOps, StructOpsCtx, u16, u32, u64, ptr, atomic } from "@tsbpfc/stdlib";
import type { tcp_congestion_ops, sock } from "./vmlinux";
@program({ license: "GPL" })
export class Congestion {
  started: u64 = 0; acks: u64 = 0; acked: u64 = 0; family: u16 = 0;
  @map({
    link: true,
    values: { name: "tsbpfc_typed", flags: 1, init: "begin", cong_avoid: "keep", ssthresh: "lower", undo_cwnd: "undo" },
  })
  typed: StructOps<tcp_congestion_ops>;
  @SEC("struct_ops") begin(ctx: StructOpsCtx, sk: ptr<sock>): void {
    atomic.add(this.started, 1);
    this.family = sk.__sk_common.skc_family;
  }
  @SEC("struct_ops/cong_avoid") keep(ctx: StructOpsCtx, sk: ptr<sock>, ack: u32, acked: u32): void {
    atomic.add(this.acks, 1);
    atomic.add(this.acked, acked);
  }
  @SEC("struct_ops") lower(ctx: StructOpsCtx): u32 { return 10; }
  @SEC("struct_ops") undo(ctx: StructOpsCtx): u32 { return 10; }
}
`,
});

describe("struct_ops in TypeScript", () => {
  kernelTest(
    "a congestion control is registered, and its methods are called with their arguments",
    { needs: [structOpsLinks], patienceMs },
    async (t) => {
      const probe = await t.load<Typed>(typed);
      const link = probe.maps.typed.attach();
      t.defer(() => link.close());
      expect(available()).toContain("tsbpfc_typed");
      await send(t, "tsbpfc_typed");
      const { started, acks, acked, family } = probe.globals;
      expect(started).toBeGreaterThan(0n);
      expect(family).toBe(2); // AF_INET
      // A megabyte was acknowledged, one or more segments each time.
      expect(acked).toBeGreaterThanOrEqual(acks);
      expect(acks).toBeGreaterThan(0n);
      link.close();
      expect(available()).not.toContain("tsbpfc_typed");
    },
  );
});

describe("a struct_ops map of a program that is none of its own", () => {
  const other = (t: Bench): Program => {
    const collection = loadCollection(specOf([], [program("other", { instructions: nothing })]));
    t.defer(() => collection.close());
    return collection.programs.get("other")!;
  };

  kernelTest(
    "is given once, and refused to its own programs",
    { needs: [structOpsAssociations, structOpsLinks], patienceMs, timeoutMs },
    async (t) => {
      const probe = await load(t);
      const using = other(t);
      using.assocStructOps(probe.maps.counted);
      expect(() => using.assocStructOps(probe.maps.counted_again)).toThrow(/EBUSY/);
      expect(() => probe.programs.BPF_PROG_init.program.assocStructOps(probe.maps.counted)).toThrow(/EINVAL/);
    },
  );

  if (structOpsAssociations.probe() === "no")
    kernelTest("an older kernel is told from the release that has them", {}, (t) => {
      expect(() => other(t).assocStructOps({ fd: -1 })).toThrow(/needs Linux 7\.0; this is/);
    });
});
