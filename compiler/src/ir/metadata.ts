import { quote } from "./text.js";

/** A numbered metadata node: `!7`. */
export interface MdNode {
  readonly ref: string;
}

/** A node whose text comes after its number: what lets types refer to themselves. */
export interface OpenMdNode extends MdNode {
  readonly filled: boolean;
  fill(text: string): void;
}

interface Entry {
  text: string | null;
}

/**
 * The module's metadata. Numbers follow the order of creation, and equal nodes are one node, so that
 * the same calls give the same text.
 */
export class Metadata {
  readonly #entries: Entry[] = [];
  readonly #unique = new Map<string, MdNode>();

  /** A node equal to any other of the same text. */
  node(text: string): MdNode {
    const known = this.#unique.get(text);
    if (known !== undefined) return known;
    const node = this.#add({ text });
    this.#unique.set(text, node);
    return node;
  }

  /** A node of its own identity. */
  distinct(text: string): MdNode {
    return this.#add({ text: `distinct ${text}` });
  }

  /** A node filled in later; one never filled is an empty tuple. Of its own identity unless `unique`. */
  open(options: { unique?: boolean } = {}): OpenMdNode {
    const prefix = options.unique === true ? "" : "distinct ";
    const entry: Entry = { text: null };
    const { ref } = this.#add(entry);
    return {
      ref,
      get filled() {
        return entry.text !== null;
      },
      fill: (text) => {
        entry.text = `${prefix}${text}`;
      },
    };
  }

  tuple(items: readonly (MdNode | null | string)[]): MdNode {
    return this.node(`!{${items.map(printItem).join(", ")}}`);
  }

  print(): string[] {
    return this.#entries.map(({ text }, i) => `!${i} = ${text ?? "distinct !{}"}`);
  }

  #add(entry: Entry): MdNode {
    this.#entries.push(entry);
    return { ref: `!${this.#entries.length - 1}` };
  }
}

/** A string item is already LLVM text, such as `i32 7` or what `mdString` gives. */
const printItem = (item: MdNode | null | string): string =>
  item === null ? "null" : typeof item === "string" ? item : item.ref;

export const mdString = (text: string): string => `!${quote(text)}`;

/** `!DIThing(a: 1, b: !2)` from what is not undefined, in order. */
export function specialized(name: string, fields: Record<string, string | number | undefined>): string {
  const body = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ");
  return `!${name}(${body})`;
}
