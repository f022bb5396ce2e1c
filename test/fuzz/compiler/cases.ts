import { caseSeed, Random } from "../random.js";
import { ordinary, probes, type Source } from "./corpus.js";
import { mutate } from "./mutate.js";

/** One in so many cases is a file that was not written for the kernel, as it is. */
const ORDINARY = 8;

export interface Case {
  readonly text: string;
  readonly how: string;
}

export class Cases {
  readonly #probes: readonly Source[];
  readonly #ordinary: readonly Source[];

  constructor(
    root: string,
    readonly seed: number,
  ) {
    this.#probes = probes(root);
    this.#ordinary = ordinary(root);
  }

  /** The same each time for the same seed and the same files. */
  at(index: number): Case {
    const random = new Random(caseSeed(this.seed, index));
    if (random.below(ORDINARY) === 0) {
      const { name, text } = random.pick(this.#ordinary);
      return { text, how: name };
    }
    const { name, text } = random.pick(this.#probes);
    const mutated = mutate(text, random, [...this.#probes, ...this.#ordinary]);
    return { text: mutated.text, how: `${name}: ${mutated.how.join(", ")}` };
  }
}
