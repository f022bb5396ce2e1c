import { Child, type ChildOptions } from "./child.js";
import { run } from "./root.js";

/** A network namespace of a test's own. */
export class Namespace {
  /** For `setns`, and for programs that attach to a namespace. */
  readonly path: string;

  constructor(readonly name: string) {
    run("ip", "netns", "add", name);
    this.path = `/run/netns/${name}`;
    this.run("ip", "link", "set", "lo", "up");
  }

  /** Runs a command in it to its end; gives what it printed. */
  run(...command: readonly string[]): string {
    return run("ip", ...this.#exec, ...command);
  }

  /** Starts a process in it, to be ended by the caller. */
  start(command: string, args: readonly string[] = [], options: ChildOptions = {}): Child {
    return new Child("ip", [...this.#exec, command, ...args], options);
  }

  remove(): void {
    run("ip", "netns", "del", this.name);
  }

  get #exec(): readonly string[] {
    return ["netns", "exec", this.name];
  }
}

type Two<T> = readonly [T, T];

/** Joins two namespaces by interfaces called `veth0`, with IPv6 addresses usable at once. */
export function vethPair([left, right]: Two<Namespace>, addresses: Two<readonly string[]>): void {
  const peer = ["peer", "name", "veth0", "netns", right.name];
  run("ip", "link", "add", "veth0", "netns", left.name, "type", "veth", ...peer);
  for (const [index, namespace] of [left, right].entries()) {
    namespace.run("sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/veth0/accept_dad");
    namespace.run("ip", "link", "set", "veth0", "up");
    for (const address of addresses[index] ?? []) namespace.run("ip", "addr", "add", address, "dev", "veth0");
  }
}
