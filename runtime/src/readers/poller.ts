import { SyscallError } from "../sys/errors.js";
import { type Kernel, kernel } from "../sys/kernel.js";

interface Waiter {
  readonly fd: number;
  readonly settle: (readable: boolean) => void;
  readonly fail: (error: Error) => void;
}

/** Token of the eventfd that interrupts a wait. */
const INTERRUPT = 0;

/**
 * Waits for many descriptors with one epoll on one thread of libuv's pool. The thread runs only while somebody
 * waits, so that a process without readers ends by itself.
 */
export class Poller {
  readonly #kernel: Kernel;
  readonly #epoll: number;
  readonly #interrupt: number;
  readonly #waiters = new Map<number, Waiter>();
  #token = INTERRUPT;
  #running = false;

  constructor(k: Kernel = kernel()) {
    this.#kernel = k;
    this.#epoll = checked("epoll_create1", k.epollCreate());
    this.#interrupt = k.eventfd();
    if (this.#interrupt < 0) {
      k.close(this.#epoll);
      throw new SyscallError("eventfd", -this.#interrupt, "the wait for readers");
    }
    const added = k.epollAdd(this.#epoll, this.#interrupt, INTERRUPT);
    if (added < 0) {
      k.close(this.#interrupt);
      k.close(this.#epoll);
      throw new SyscallError("epoll_ctl", -added, "the wait for readers");
    }
  }

  /**
   * True once `fd` is readable; false if `signal` is aborted first. One wait for each descriptor at a time.
   *
   * @throws SyscallError
   */
  readable(fd: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false);
    const token = ++this.#token;
    return new Promise((resolve, reject) => {
      const added = this.#kernel.epollAdd(this.#epoll, fd, token);
      if (added < 0) return reject(new SyscallError("epoll_ctl", -added, `the reader of descriptor ${fd}`));
      const abort = (): void => this.#leave(token)?.settle(false);
      const leave = (): void => signal.removeEventListener("abort", abort);
      this.#waiters.set(token, {
        fd,
        settle: (readable) => {
          leave();
          resolve(readable);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      });
      signal.addEventListener("abort", abort, { once: true });
      if (!this.#running) void this.#run();
    });
  }

  /** For a process that exits while a thread waits: libuv joins its threads. */
  interrupt(): void {
    this.#kernel.signalEventfd(this.#interrupt);
  }

  /** A descriptor leaves epoll with its waiter: epoll would report it again and again until it is drained. */
  #leave(token: number): Waiter | undefined {
    const waiter = this.#waiters.get(token);
    if (waiter === undefined) return undefined;
    this.#waiters.delete(token);
    this.#kernel.epollRemove(this.#epoll, waiter.fd);
    if (this.#waiters.size === 0) this.interrupt();
    return waiter;
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#waiters.size > 0) {
        const tokens = await this.#kernel.epollWait(this.#epoll, -1);
        for (const token of tokens) {
          if (token === INTERRUPT) this.#kernel.clearEventfd(this.#interrupt);
          else this.#leave(token)?.settle(true);
        }
      }
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      for (const token of [...this.#waiters.keys()]) this.#leave(token)?.fail(error);
    } finally {
      this.#running = false;
    }
  }
}

function checked(call: string, result: number): number {
  if (result < 0) throw new SyscallError(call, -result, "the wait for readers");
  return result;
}

let shared: Poller | null = null;

/** The process's poller, made when something first waits. */
export function poller(): Poller {
  if (shared === null) {
    const made = new Poller();
    // process.exit() joins libuv's threads, and ours may be in epoll_wait.
    process.once("exit", () => made.interrupt());
    shared = made;
  }
  return shared;
}
