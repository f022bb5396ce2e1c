import { Link } from "./link.js";

/** Links of one program that live and end together. */
export class LinkGroup extends Link {
  readonly #links: readonly Link[];
  readonly #done: () => void;

  /** @param why why it is not one link */
  constructor(links: readonly Link[], label: string, why: string, done: () => void = () => {}) {
    super(links[0]?.fd ?? -1, label, [], why);
    this.#links = links;
    this.#done = done;
  }

  override update(program: { readonly fd: number }): void {
    for (const link of this.#links) link.update(program);
  }

  override close(): void {
    if (this.closed) return;
    for (const link of this.#links) link.close();
    super.release();
    this.#done();
  }
}
