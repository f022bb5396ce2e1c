import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { cgroupMount } from "./cgroup.js";
import { idKinds, type ObjectKind, objectIds } from "./kernel-objects.js";
import { labKernel } from "./needs.js";
import { bpffs } from "./pins.js";

/** The kernel frees programs, maps and links a while after the last descriptor is closed (RCU, work queues). */
const PATIENCE_MS = 5_000;

/** What of this process, or by its names, is in the kernel. */
type Things = ReadonlySet<string>;

/**
 * Finds what a test left behind. On this machine others work at the same time: what counts is what this process had
 * descriptors of, and what bears the test's own name. In the lab's machines nobody else is: there every program, map,
 * link, pin, namespace and cgroup counts.
 */
export class Leaks {
  readonly #alone = labKernel !== "host";
  readonly #before: Things;
  readonly #held = new Set<string>();

  constructor(
    private readonly prefix: string,
    private readonly patienceMs = PATIENCE_MS,
  ) {
    this.#before = this.#things();
  }

  /** To be called while the test's objects are still there: what it holds must be gone later. */
  note(): void {
    for (const thing of heldObjects()) if (!this.#before.has(thing)) this.#held.add(thing);
  }

  /** @throws Error naming what is left */
  async check(): Promise<void> {
    const end = performance.now() + this.patienceMs;
    let left = this.#left();
    while (left.length > 0 && performance.now() < end) {
      await sleep(20);
      left = this.#left();
    }
    if (left.length > 0) throw new Error(`the test left behind: ${left.join(", ")}`);
  }

  #left(): readonly string[] {
    const now = [...this.#things()].filter((thing) => !this.#before.has(thing));
    const alive = [...this.#held].filter(inKernel);
    return [...new Set([...now, ...alive])].sort();
  }

  #things(): Things {
    const named = [
      ...names("namespace", "/run/netns"),
      ...names("pin", bpffs),
      ...names("cgroup", cgroupMount()),
    ];
    const mine = this.#alone ? named : named.filter((name) => name.includes(this.prefix));
    const objects = this.#alone
      ? idKinds.flatMap((kind) => objectIds(kind).map((id) => `${kind} ${id}`))
      : [];
    return new Set([...mine, ...objects, ...heldObjects(), ...descriptors()]);
  }
}

const inKernel = (thing: string): boolean => {
  const [kind = "", id = ""] = thing.split(" ");
  return objectIds(kind as ObjectKind).includes(Number(id));
};

/** Entries of a folder; none if it is not there. */
function names(what: string, folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => `${what} ${folder}/${name}`);
  } catch {
    return [];
  }
}

/** Descriptors of this process that hold something of BPF, or a perf event. */
function descriptors(): readonly string[] {
  return own().flatMap((fd) => {
    const target = link(`/proc/self/fd/${fd}`);
    return /^anon_inode:(bpf|\[perf_event\]|btf)/.test(target) ? [`descriptor ${fd} (${target})`] : [];
  });
}

/** Programs, maps and links that this process has descriptors of: `program 12`. */
function heldObjects(): readonly string[] {
  return own().flatMap((fd) => {
    const info = text(`/proc/self/fdinfo/${fd}`);
    return Array.from(
      info.matchAll(/^(prog|map|link)_id:\s*(\d+)$/gm),
      ([, kind, id]) => `${kind === "prog" ? "program" : kind} ${id}`,
    );
  });
}

const own = (): readonly string[] => readdirSync("/proc/self/fd");

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
