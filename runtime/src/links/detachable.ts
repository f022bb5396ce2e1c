import { UsageError } from "../sys/errors.js";
import { Link } from "./link.js";

/** An attachment that the kernel keeps without a BPF link: it stays until it is closed, even after this process. */
export class DetachableLink extends Link {
  #detach: (() => void) | null;
  readonly #replace: ((program: { readonly fd: number }) => void) | null;

  /** @param why why there is no link that could be pinned or asked; `replace`: how another program takes its place */
  constructor(
    label: string,
    why: string,
    detach: () => void,
    replace: ((program: { readonly fd: number }) => void) | null = null,
  ) {
    super(-1, label, [], why);
    this.#detach = detach;
    this.#replace = replace;
  }

  override get closed(): boolean {
    return this.#detach === null;
  }

  override get fd(): number {
    if (this.closed) return super.fd;
    throw new UsageError("unsupported", `${this.label} has no descriptor: ${this.notOneLink}`);
  }

  override update(program: { readonly fd: number }): void {
    if (this.#replace) this.#replace(program);
    else super.update(program);
  }

  override close(): void {
    // What fails may be tried again.
    this.#detach?.();
    this.#detach = null;
  }
}
