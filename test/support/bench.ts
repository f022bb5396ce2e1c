import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OpenOptions } from "@tsbpfc/runtime";
import { type BuiltProbe, builtProbe } from "./built-probes.js";
import { Cgroup } from "./cgroup.js";
import { Child, type ChildOptions } from "./child.js";
import { Leaks } from "./leaks.js";
import { Namespace, vethPair } from "./namespace.js";
import { pinFolder } from "./pins.js";
import type { ProbeSource } from "./probe-source.js";

/** A generated skeleton, of whatever maps and programs. */
interface AnySkeleton {
  load(): this;
  close(): void;
}

/** What its class can be opened with. */
export type OptionsOf<S> = S extends {
  readonly maps: infer Maps;
  readonly programs: infer Programs;
  readonly rodata: infer Rodata;
  readonly globals: infer Globals;
  readonly structOps: infer StructOps;
}
  ? OpenOptions<Maps, Programs, Rodata, Globals, StructOps>
  : never;

/** A skeleton's class, as its module exports it. */
interface SkeletonClass<S> {
  open(options?: OptionsOf<S>): S;
}

let count = 0;

/** What a kernel test works with. Everything that comes from here is taken away at its end, last first. */
export class Bench {
  /** Names of what the test makes begin with this: tests of other processes run at the same time. */
  readonly prefix = `tsbpfc-${process.pid}-${++count}`;
  /** What the test was there to find out, told with its result. */
  measured?: unknown;
  readonly #cleanups: (() => void | Promise<void>)[] = [];
  readonly #leaks: Leaks;

  /** @param patienceMs how long the kernel has to free what was let go */
  constructor(patienceMs?: number) {
    this.#leaks = new Leaks(this.prefix, patienceMs);
  }

  /** Runs at the test's end, whatever happens. */
  defer(cleanup: () => void | Promise<void>): void {
    this.#cleanups.push(cleanup);
  }

  /** The object of a declared probe, and where it is. */
  object(source: ProbeSource): Pick<BuiltProbe, "object" | "objectPath"> {
    return builtProbe(source);
  }

  /** Opens a declared probe by its skeleton: nothing is in the kernel yet. */
  async open<S extends AnySkeleton>(source: ProbeSource, options?: OptionsOf<S>): Promise<S> {
    const exported = (await import(builtProbe(source).skeleton)) as Readonly<Record<string, unknown>>;
    const skeleton = Object.values(exported).find((value): value is SkeletonClass<S> =>
      isSkeletonClass(value),
    );
    if (!skeleton) throw new Error("the probe's skeleton exports no class");
    const opened = skeleton.open(options);
    this.defer(() => opened.close());
    return opened;
  }

  /** Opens a declared probe, and makes its maps and programs. */
  async load<S extends AnySkeleton>(source: ProbeSource, options?: OptionsOf<S>): Promise<S> {
    return (await this.open<S>(source, options)).load();
  }

  /** A network namespace, with its loopback up. */
  namespace(name = "net"): Namespace {
    const made = new Namespace(`${this.prefix}-${name}`);
    this.defer(() => made.remove());
    return made;
  }

  /** Two namespaces, joined by a pair of interfaces `veth0` with these addresses (`10.9.1.1/16`, `fd09::1/64`). */
  vethPair(left: readonly string[], right: readonly string[]): readonly [Namespace, Namespace] {
    const ends = [this.namespace("a"), this.namespace("b")] as const;
    vethPair(ends, [left, right]);
    return ends;
  }

  /** A cgroup (version 2), to be left by its processes before the test ends. */
  cgroup(): Cgroup {
    const made = new Cgroup(this.prefix);
    this.defer(() => made.remove());
    return made;
  }

  /** A folder in a BPF file system. */
  pins(): string {
    const path = pinFolder(this.prefix);
    this.defer(() => rmSync(path, { recursive: true, force: true }));
    return path;
  }

  /** A process of the test's own; killed if it runs longer than the test. */
  spawn(command: string, args: readonly string[] = [], options: ChildOptions = {}): Child {
    const child = new Child(command, args, options);
    this.defer(() => child.end());
    return child;
  }

  /** Until the test ends, no other that asks for the same name runs on this machine, in whatever process. */
  async alone(name: string): Promise<void> {
    // The lock is the shell's: it goes with the process, however that ends.
    const script = `exec 9>"$1" && flock 9 && echo held && read -r _`;
    await this.spawn("sh", ["-c", script, "sh", join(tmpdir(), `tsbpfc-${name}.lock`)]).says("held");
  }

  /** For `kernelTest`. @throws Error if something is left, or could not be taken away */
  async end(): Promise<void> {
    this.#leaks.note();
    const failures: unknown[] = [];
    for (const cleanup of this.#cleanups.splice(0).reverse()) {
      try {
        await cleanup();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, `cleaning up failed: ${failures.join("; ")}`);
    await this.#leaks.check();
  }
}

const isSkeletonClass = (value: unknown): boolean =>
  typeof value === "function" && "open" in value && typeof value.open === "function";
