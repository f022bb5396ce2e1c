import { existsSync } from "node:fs";
import { createServer } from "node:net";
import type { Link, Skeleton, SkeletonProgram } from "@tsbpfc/runtime";
import { expect } from "vitest";
import type { Bench } from "../support/bench.js";
import type { Cgroup } from "../support/cgroup.js";
import { kernelTest } from "../support/kernel-test.js";
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
