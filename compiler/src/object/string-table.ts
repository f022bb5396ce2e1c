/** An ELF string table: NUL-terminated strings, each once, the empty one first. */
export class StringTable {
  readonly #offsets = new Map<string, number>([["", 0]]);
  readonly #strings: Uint8Array[] = [new Uint8Array(1)];
  #size = 1;

  add(text: string): void {
    if (this.#offsets.has(text)) return;
    const bytes = new TextEncoder().encode(`${text}\0`);
    this.#offsets.set(text, this.#size);
    this.#strings.push(bytes);
    this.#size += bytes.length;
  }

  /** Where a string that was added begins. */
  offset(text: string): number {
    return this.#offsets.get(text) ?? 0;
  }

  bytes(): Uint8Array {
    const out = new Uint8Array(this.#size);
    let at = 0;
    for (const bytes of this.#strings) {
      out.set(bytes, at);
      at += bytes.length;
    }
    return out;
  }
}
