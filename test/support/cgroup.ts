import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";

/** A cgroup (version 2) of a test's own. */
export class Cgroup {
  readonly path: string;

  constructor(name: string) {
    this.path = `${cgroupMount()}/${name}`;
    mkdirSync(this.path);
  }

  /** Its processes go back to the root first: a cgroup in use cannot be removed. */
  remove(): void {
    if (!existsSync(this.path)) return;
    for (const pid of readFileSync(`${this.path}/cgroup.procs`, "utf8").split("\n").filter(Boolean))
      writeFileSync(`${cgroupMount()}/cgroup.procs`, pid);
    rmdirSync(this.path);
  }
}

/** Where the unified hierarchy is: `/sys/fs/cgroup`, or beside version 1. */
export function cgroupMount(): string {
  const mount = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .find(([, , type]) => type === "cgroup2");
  if (mount?.[1] === undefined) throw new Error("no cgroup version 2 is mounted");
  return mount[1];
}
