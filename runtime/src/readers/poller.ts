import { SyscallError, UsageError } from "../sys/errors.js";
import { type Kernel, kernel, type Readiness, type Watch } from "../sys/kernel.js";

/** What is waited for. */
export interface Want {
  readonly fd: number;
  readonly until: Readiness;
  /** Whether it is there, whatever the kernel says of the descriptor. */
  there(): boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A wait that has begun. */
export interface Waiting {
  readonly done: Promise<boolean>;
  /** Resolves it, if nothing has yet. */
  end(ready: boolean): void;
}

/**
 * One epoll for all readers of the thread, which libuv's own epoll waits for: no thread of its pool is taken, and
 * none has to wake another. It keeps the process alive only while somebody waits.
 *
 * A descriptor stays in it when a wait ends, for the next: a reader that keeps pace needs no system call to wait. It is
 * taken out when it is ready and nobody waits.
 */
class Poller {
  readonly #epoll: number;
  readonly #known = new Map<number, Readiness>();
  readonly #waiting = new Map<number, { readonly want: Want; readonly end: Waiting["end"] }>();
  #watch: Watch | null = null;

  constructor(readonly k: Kernel) {
    this.#epoll = must(k.epollCreate(), "epoll_create1");
  }

  /**
   * Resolves with true when it is there, with false when the signal comes. It is looked for once more when the kernel
   * knows of the wait: what came before that has woken nobody.
   *
   * @throws UsageError `busy` if somebody waits for the descriptor already
   */
  wait(want: Want): Waiting {
    const { fd, signal } = want;
    let settle: Waiting["end"] = () => {};
    const done = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    const end = (ready: boolean): void => {
      if (this.#waiting.get(fd)?.end !== end) return;
      this.#waiting.delete(fd);
      signal?.removeEventListener("abort", abort);
      settle(ready);
      if (this.#waiting.size === 0) this.#watch?.keepAlive(false);
    };
    const abort = (): void => end(false);
    if (signal?.aborted) return { done: Promise.resolve(false), end };
    this.#add(want);
    this.#waiting.set(fd, { want, end });
    signal?.addEventListener("abort", abort, { once: true });
    if (want.there()) end(true);
    else this.#keepAlive();
    return { done, end };
  }

  /** To be called before the descriptor is closed. */
  forget(fd: number): void {
    this.#waiting.get(fd)?.end(false);
    if (this.#known.delete(fd)) this.k.epollRemove(this.#epoll, fd);
  }

  #add({ fd, until }: Want): void {
    if (this.#waiting.has(fd))
      throw new UsageError("busy", "the same records are waited for by another reader: end that first");
    if (this.#known.get(fd) === until) return;
    this.forget(fd);
    must(this.k.epollAdd(this.#epoll, fd, fd, until), "epoll_ctl");
    this.#known.set(fd, until);
  }

  #keepAlive(): void {
    if (this.#watch) {
      this.#watch.keepAlive(true);
      return;
    }
    this.#watch = this.k.watch(this.#epoll, () => this.#look());
    // libuv tells its epoll before it sleeps next, and a perf event that is asked then forgets that it was ready
    // (kernel: `perf_poll`).
    setImmediate(() => this.#look());
  }

  /**
   * What is there is seen without a system call; and the kernel may have told libuv, which has no use for it, that an
   * event was ready. Others are left to the kernel's word, which it repeats.
   */
  #look(): void {
    const found = [...this.#waiting.values()].filter(({ want }) => want.there());
    for (const { end } of found) end(true);
    if (found.length > 0) return;
    for (const fd of this.k.epollReady(this.#epoll)) {
      const waiting = this.#waiting.get(fd);
      if (waiting) waiting.end(true);
      else this.forget(fd);
    }
  }
}

function must(result: number, syscall: string): number {
  if (result < 0) throw new SyscallError(syscall, -result, "waiting for records");
  return result;
}

let shared: Poller | null = null;

/** The thread's poller; made anew for another kernel (tests). */
export function poller(): Poller {
  if (shared?.k !== kernel()) shared = new Poller(kernel());
  return shared;
}
