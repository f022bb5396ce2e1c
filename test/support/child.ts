import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import type { Cgroup } from "./cgroup.js";

export interface ChildOptions {
  /** The process is in it from its first instruction on that a test sees: it waits for a byte before it goes on. */
  readonly cgroup?: Cgroup;
}

/** A process with its output. */
export class Child {
  readonly #process: ChildProcess;
  /** Its exit status; null if a signal ended it. */
  readonly exited: Promise<number | null>;
  output = "";
  errors = "";
  #ended = false;
  #listeners: (() => void)[] = [];

  constructor(command: string, args: readonly string[], { cgroup }: ChildOptions = {}) {
    // The shell waits until it is in the cgroup, and becomes the command then: same process.
    const wrapped = cgroup
      ? ["sh", "-c", 'read -r _ && exec "$@"', "sh", command, ...args]
      : [command, ...args];
    const [file = "", ...rest] = wrapped;
    this.#process = spawn(file, rest, { stdio: "pipe" });
    const { stdout, stderr, stdin } = this.#process;
    stdout?.on("data", (chunk: Buffer) => this.#heard("output", chunk));
    stderr?.on("data", (chunk: Buffer) => this.#heard("errors", chunk));
    stdin?.on("error", () => {});
    this.exited = new Promise((resolve, reject) => {
      this.#process.on("error", reject);
      this.#process.on("close", (status) => {
        this.#ended = true;
        this.#wake();
        resolve(status);
      });
    });
    this.exited.catch(() => {});
    if (cgroup) {
      writeFileSync(`${cgroup.path}/cgroup.procs`, `${this.pid}`);
      stdin?.write("\n");
    }
  }

  /** Of the process itself, if it was not started through another (`Namespace.start` does). */
  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error("the process could not be started");
    return pid;
  }

  write(text: string): void {
    this.#process.stdin?.write(text);
  }

  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    this.#process.kill(signal);
  }

  /** Until its output holds a text. @throws Error if it ends before */
  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.#ended)
        throw new Error(`the process ended before it said '${text}': ${this.output}${this.errors}`);
      await new Promise<void>((resolve) => this.#listeners.push(resolve));
    }
  }

  /** Kills it, if it still runs. */
  async end(): Promise<void> {
    if (!this.#ended) this.#process.kill("SIGKILL");
    await this.exited.catch(() => null);
  }

  #heard(kind: "output" | "errors", chunk: Buffer): void {
    this[kind] += chunk;
    this.#wake();
  }

  #wake(): void {
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
