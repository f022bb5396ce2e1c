import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fixtureSkeleton } from "../../fixtures/skeleton.js";
import type * as runtime from "../index.js";

interface Key {
  readonly cgroup_inode_id: bigint;
  readonly attach_type: number;
}
interface Maps {
  readonly attached: runtime.AttachedCgroupStorage<Key, bigint>;
  readonly each_cpu: runtime.PerCpuAttachedCgroupStorage<bigint, number>;
}
type Live = runtime.Skeleton<Maps, { readonly on_connect: runtime.SkeletonProgram }, object, object>;

/** Where cgroups of version 2 are. */
const cgroups = /^\S+ (\S+) cgroup2 /m.exec(readFileSync("/proc/mounts", "utf8"))?.[1];
/** BPF_CGROUP_INET4_CONNECT. */
const CONNECT4 = 10;

describe.skipIf(process.getuid?.() !== 0 || cgroups === undefined)(
  "the storage of an attachment to a cgroup",
  () => {
    test("is there with the attachment, shows what its program counted, and is changed from Node", () => {
      const path = `${cgroups}/tsbpfc-attached-${process.pid}`;
      mkdirSync(path);
      try {
        using live = fixtureSkeleton<Live>("cgroup-storage").open().load();
        const { attached, each_cpu } = live.maps;
        const id = statSync(path, { bigint: true }).ino;
        const key = { cgroup_inode_id: id, attach_type: CONNECT4 };
        expect([attached.get(key), attached.has(key), [...each_cpu]]).toEqual([undefined, false, []]);
        expect(() => attached.set(key, 1n)).toThrow(/ENOENT/);

        live.programs.on_connect.attach({ cgroup: path });
        attached.set(key, 40n);
        const connect = `require("node:net").connect(1, "127.0.0.1").on("error", () => {})`;
        const script = `echo $$ > ${path}/cgroup.procs; exec "${process.execPath}" -e '${connect}; ${connect}'`;
        expect(spawnSync("sh", ["-c", script]).status).toBe(0);
        expect([...attached]).toEqual([[key, 42n]]);
        expect([...each_cpu.keys()]).toEqual([id]);
        expect(each_cpu.get(id)?.reduce((sum, count) => sum + count, 0)).toBe(2);

        live.programs.on_connect.detach();
        expect(attached.get(key)).toBe(42n);
      } finally {
        rmdirSync(path);
      }
    });
  },
);
