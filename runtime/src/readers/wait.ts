import { UsageError } from "../sys/errors.js";
import type { Readiness } from "../sys/kernel.js";
import { poller, type Waiting } from "./poller.js";

/** Waits for one descriptor, for one reader at a time. */
export class Wait {
  #current: Waiting | null = null;
  #forget = (): void => {};

  constructor(
    /** What is waited for, for messages. */
    readonly label: string,
    readonly until: Readiness = "readable",
  ) {}

  /**
   * True when `fd` is ready, or `there()` says so once the kernel knows that somebody waits: what came before that
   * has woken nobody. What {@link end} says if it ends the wait, and false if the signal came.
   *
   * @throws UsageError `busy` if somebody waits already: two readers would take each other's records
   */
  async for(fd: number, there: () => boolean, signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return false;
    if (this.#current)
      throw new UsageError("busy", `${this.label} is waited for by another loop: end that first`);
    const shared = poller();
    const current = shared.wait({ fd, until: this.until, there, signal });
    this.#forget = () => shared.forget(fd);
    this.#current = current;
    try {
      return await current.done;
    } finally {
      this.#current = null;
    }
  }

  /** To be called before the descriptor is closed: ends the wait that there may be. */
  close(): void {
    this.#forget();
    this.#forget = () => {};
  }

  /** Ends the wait that there may be. */
  end(ready: boolean): void {
    this.#current?.end(ready);
  }
}
