import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { release } from "node:os";
import { attachTypeName, attachTypeSince, sections } from "@tsbpfc/loader";
import { attached, type Link, loadCollection, type Skeleton, type SkeletonProgram } from "@tsbpfc/runtime";
import { expect } from "vitest";
import { program, specOf } from "../../runtime/fixtures/specs.js";
import type { Bench } from "../support/bench.js";
import type { Cgroup } from "../support/cgroup.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast } from "../support/needs.js";
import { declareProbe, probe } from "../support/probe-source.js";

const refusing = declareProbe({
  "probe.bpf.ts": probe(
    `  readonly port: u16 = 0;
  @SEC("cgroup/connect4") connect(ctx: SockAddr): i32 { return ntohs(be16(ctx.user_port)) === this.port ? 0 : 1; }`,
    { imports: "SockAddr, ntohs," },
  ),
});
type Refusing = Skeleton<object, { connect: SkeletonProgram }, { port: number }, object>;

/** What a process in a cgroup, or outside, gets from connecting: "connected", or an error's name. */
async function connecting(t: Bench, port: number, cgroup?: Cgroup): Promise<string> {
  const script = `const s = require("node:net").connect(${port}, "127.0.0.1", () => { console.log("connected"); s.destroy(); });
    s.on("error", (e) => console.log(e.code));`;
  const child = t.spawn(process.execPath, ["-e", script], cgroup ? { cgroup } : {});
  expect(await child.exited, child.errors).toBe(0);
  return child.output.trim();
}

kernelTest(
  "a cgroup's processes cannot connect to a port, others can; a pinned link holds on",
  {},
  async (t) => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.defer(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const { port } = address;

    const cgroup = t.cgroup();
    const pin = `${t.pins()}/connect`;
    const refused = await t.load<Refusing>(refusing, { rodata: { port } });
    const link: Link = refused.programs.connect.attach({ cgroup: cgroup.path });
    expect(await connecting(t, port, cgroup)).toBe("EPERM");
    expect(await connecting(t, port)).toBe("connected");

    link.pin(pin);
    refused.close();
    expect(existsSync(pin)).toBe(true);
    expect(await connecting(t, port, cgroup)).toBe("EPERM");
  },
);

/** `return 1`: what every hook of a cgroup takes for "go on". */
const goOn = Uint8Array.of(0xb7, 0, 0, 0, 1, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);

kernelTest("every hook of a cgroup that a section names is attached, found there, and left", {}, (t) => {
  const { path: cgroup } = t.cgroup();
  const hooks = sections.flatMap(({ prefix: section, type, attachType }) =>
    attachType?.startsWith("cgroup_") && isAtLeast(release(), attachTypeSince[attachType] ?? "0")
      ? [{ section, type, attachType }]
      : [],
  );
  // 28 of Linux 6.7 and later, 23 before; some have two names.
  expect(new Set(hooks.map(({ attachType }) => attachType)).size).toBe(isAtLeast(release(), "6.7") ? 28 : 23);
  for (const { section, type, attachType } of hooks) {
    const spec = program("hook", { section, type, expectedAttachType: attachType, instructions: goOn });
    const loaded = loadCollection(specOf([], [spec]));
    t.defer(() => loaded.close());
    const hook = loaded.programs.get("hook")!;
    const link = hook.attach({ cgroup });
    const info = link.info();
    if (info.kind !== "cgroup") throw new Error(`${section}: a link of kind ${info.kind}`);
    expect(attachTypeName(Number(info.details.attach_type))).toBe(attachType);
    expect(attached(attachType, { cgroup }).programs.map(({ programId }) => programId)).toEqual([
      hook.info().id,
    ]);
    link.close();
    expect(attached(attachType, { cgroup }).programs).toEqual([]);
  }
});
