import { SyscallError } from "../sys/errors.js";
import { type Kernel, kernel, type Readiness } from "../sys/kernel.js";

type Wake = (ready: boolean) => void;

/** A wait that has begun. */
export interface Waiting {
  readonly done: Promise<boolean>;
  /** Resolves it, if nothing has yet. */
  readonly end: Wake;
}

/**
 * One epoll for all readers of the process, waited for on one thread of libuv's pool, and only while somebody waits:
 * a process that waits for nothing can end. An eventfd interrupts the wait when a reader comes or goes.
 */
class Poller {
  readonly #epoll: number;
  readonly #interrupt: number;
  readonly #waiting = new Map<number, Wake>();
  #running = false;
  /** The thread waits, or has not been heard yet. */
  #asleep = false;

  constructor(readonly k: Kernel) {
    this.#epoll = must(k.epollCreate(), "epoll_create1");
    this.#interrupt = must(k.eventfd(), "eventfd");
    must(k.epollAdd(this.#epoll, this.#interrupt, this.#interrupt, "readable"), "epoll_ctl");
  }

  /** Resolves with true when `fd` is ready, with false when the signal comes. */
  wait(fd: number, until: Readiness, signal: AbortSignal | undefined): Waiting {
    let settle: Wake = () => {};
    const done = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    const end = (ready: boolean): void => {
      if (this.#waiting.get(fd) !== end) return;
      this.#waiting.delete(fd);
      this.k.epollRemove(this.#epoll, fd);
      signal?.removeEventListener("abort", abort);
      settle(ready);
      if (this.#waiting.size === 0) this.interrupt();
    };
    const abort = (): void => end(false);
    if (signal?.aborted) return { done: Promise.resolve(false), end };
    // EEXIST: somebody waits for it already. Their wait stays as it is.
    must(this.k.epollAdd(this.#epoll, fd, fd, until), "epoll_ctl");
    this.#waiting.set(fd, end);
    signal?.addEventListener("abort", abort, { once: true });
    if (!this.#running) void this.#run();
    return { done, end };
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.size > 0) {
      this.#asleep = true;
      const tokens = await this.k.epollWait(this.#epoll, -1);
      this.#asleep = false;
      for (const token of tokens) {
        if (token === this.#interrupt) this.k.clearEventfd(token);
        else this.#waiting.get(token)?.(true);
      }
    }
    this.#running = false;
  }

  /** The waiting thread looks again at who is waiting. */
  interrupt(): void {
    if (this.#asleep) this.k.signalEventfd(this.#interrupt);
  }
}

function must(result: number, syscall: string): number {
  if (result < 0) throw new SyscallError(syscall, -result, "waiting for records");
  return result;
}

let shared: Poller | null = null;

/** The process's poller; made anew for another kernel (tests). */
export function poller(): Poller {
  if (shared?.k === kernel()) return shared;
  const made = new Poller(kernel());
  // process.exit() joins libuv's threads, and ours may be in epoll_wait.
  process.once("exit", () => made.interrupt());
  shared = made;
  return made;
}
