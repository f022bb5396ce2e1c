import type { Random } from "./random.js";

/** Where a section's header and its bytes stand. */
interface Section {
  readonly header: number;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly name: string;
}

/** Layout of ELF64: the header's fields, and the section header's with their sizes. */
const SECTION_TABLE = 40;
const SECTION_COUNT = 60;
const NAMES_INDEX = 62;
const HEADER_SIZE = 64;
const SHT_SYMTAB = 2;
const SHT_REL = 9;
const SYMBOL_SIZE = 24;
const REL_SIZE = 16;
/** Binding and type, section, value, size: where in a symbol, their bytes, and below what a likely one is. */
const symbolFields: readonly (readonly [at: number, size: 1 | 2 | 8, most: number])[] = [
  [4, 1, 40],
  [6, 2, 40],
  [8, 8, 256],
  [16, 8, 256],
];
const headerFields: readonly (readonly [offset: number, size: 4 | 8])[] = [
  [0, 4],
  [4, 4],
  [8, 8],
  [24, 8],
  [32, 8],
  [40, 4],
  [44, 4],
  [48, 8],
  [56, 8],
];

const extremes: readonly bigint[] = [
  0n,
  1n,
  2n,
  7n,
  8n,
  0x7fn,
  0xffn,
  0xfff1n,
  0xffffn,
  0x1_0000n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_fff8n,
  0xffff_ffffn,
  0x1_0000_0000n,
  1n << 53n,
  (1n << 63n) - 1n,
  (1n << 64n) - 1n,
];

/** An object that is changed in place, but for its length. */
class Draft {
  bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = new Uint8Array(bytes);
  }

  get view(): DataView {
    return new DataView(this.bytes.buffer);
  }

  get little(): boolean {
    return this.bytes[5] !== 2;
  }

  /** As far as the headers can be read. */
  sections(): Section[] {
    const { view, little } = this;
    if (view.byteLength < HEADER_SIZE) return [];
    const table = Number(view.getBigUint64(SECTION_TABLE, little));
    const count = view.getUint16(SECTION_COUNT, little);
    const sections: Section[] = [];
    for (let i = 0; i < count; i++) {
      const header = table + i * HEADER_SIZE;
      if (!(header + HEADER_SIZE <= view.byteLength)) break;
      const offset = Number(view.getBigUint64(header + 24, little));
      const size = Number(view.getBigUint64(header + 32, little));
      const inFile = offset + size <= view.byteLength;
      const type = view.getUint32(header + 4, little);
      sections.push({ header, type, offset, size: inFile ? size : 0, name: "" });
    }
    const names = sections[view.getUint16(NAMES_INDEX, little)];
    return sections.map((section) => ({ ...section, name: this.#text(names, section.header) }));
  }

  put(at: number, size: number, value: bigint): void {
    if (at < 0 || at + size > this.bytes.length) return;
    const { view, little } = this;
    if (size === 1) view.setUint8(at, Number(BigInt.asUintN(8, value)));
    else if (size === 2) view.setUint16(at, Number(BigInt.asUintN(16, value)), little);
    else if (size === 4) view.setUint32(at, Number(BigInt.asUintN(32, value)), little);
    else view.setBigUint64(at, BigInt.asUintN(64, value), little);
  }

  #text(names: Section | undefined, header: number): string {
    if (!names) return "";
    const from = names.offset + this.view.getUint32(header, this.little);
    const end = this.bytes.indexOf(0, from);
    return end < 0 ? "" : Buffer.from(this.bytes.subarray(from, end)).toString("latin1");
  }
}

type Mutate = (draft: Draft, random: Random, others: readonly Uint8Array[]) => void;

const withBytes = (draft: Draft): Section[] => draft.sections().filter((s) => s.size > 0);
const value = (draft: Draft, random: Random): bigint =>
  random.pick([
    ...extremes,
    BigInt(draft.bytes.length),
    BigInt(draft.bytes.length - 1),
    BigInt(random.below(200)),
  ]);

/** Where an entry of some section of this type begins. */
function entryOf(draft: Draft, random: Random, type: number, size: number): number | null {
  const tables = withBytes(draft).filter((s) => s.type === type && s.size >= size);
  if (tables.length === 0) return null;
  const table = random.pick(tables);
  return table.offset + random.below(table.size / size) * size;
}

/** Ways of damage, by name. */
export const mutations: Readonly<Record<string, Mutate>> = {
  truncate: (draft, random) => {
    draft.bytes = draft.bytes.slice(0, random.below(draft.bytes.length + 1));
  },
  "flip bits": (draft, random) => {
    for (let n = 1 + random.below(8); n > 0; n--) {
      const at = random.below(draft.bytes.length);
      draft.put(at, 1, BigInt((draft.bytes[at] ?? 0) ^ (1 << random.below(8))));
    }
  },
  "flip bits of one section": (draft, random) => {
    const sections = withBytes(draft);
    if (sections.length === 0) return;
    const { offset, size } = random.pick(sections);
    for (let n = 1 + random.below(8); n > 0; n--) {
      const at = offset + random.below(size);
      draft.put(at, 1, BigInt((draft.bytes[at] ?? 0) ^ (1 << random.below(8))));
    }
  },
  "extreme words": (draft, random) => {
    const size = random.pick([1, 2, 4, 8]);
    draft.put(random.below(draft.bytes.length / size) * size, size, value(draft, random));
  },
  "extreme words of one section": (draft, random) => {
    const sections = withBytes(draft);
    if (sections.length === 0) return;
    const section = random.pick(sections);
    const size = random.pick([2, 4, 4, 4, 8]);
    for (let n = 1 + random.below(4); n > 0; n--)
      draft.put(section.offset + random.below(section.size / size) * size, size, value(draft, random));
  },
  "section header": (draft, random) => {
    const sections = draft.sections();
    if (sections.length === 0) return;
    const [offset, size] = random.pick(headerFields);
    draft.put(random.pick(sections).header + offset, size, value(draft, random));
  },
  "swap section headers": (draft, random) => {
    const sections = draft.sections();
    if (sections.length === 0) return;
    const [a, b] = [random.pick(sections).header, random.pick(sections).header];
    const first = draft.bytes.slice(a, a + HEADER_SIZE);
    draft.bytes.copyWithin(a, b, b + HEADER_SIZE);
    draft.bytes.set(first, b);
  },
  "section of another object": (draft, random, others) => {
    const own = withBytes(draft);
    const other = new Draft(random.pick(others));
    if (own.length === 0) return;
    const target = random.pick(own);
    const same = withBytes(other).filter((s) => s.name === target.name);
    const all = withBytes(other);
    const from = same.length > 0 && random.below(4) > 0 ? random.pick(same) : random.pick(all);
    const given = other.bytes.subarray(from.offset, from.offset + from.size);
    const at = Math.ceil(draft.bytes.length / 8) * 8;
    const longer = new Uint8Array(at + given.length);
    longer.set(draft.bytes);
    longer.set(given, at);
    draft.bytes = longer;
    draft.put(target.header + 24, 8, BigInt(at));
    draft.put(target.header + 32, 8, BigInt(given.length));
  },
  "types that name each other": (draft, random) => {
    const btf = draft.sections().find((s) => s.name === ".BTF");
    if (!btf || btf.size < 24) return;
    // `struct btf_header`: where the types begin, and their bytes.
    const types = btf.offset + 24 + draft.view.getUint32(btf.offset + 8, draft.little);
    const bytes = draft.view.getUint32(btf.offset + 12, draft.little);
    for (let n = 1 + random.below(12); n > 0; n--)
      draft.put(types + random.below(bytes / 4) * 4, 4, BigInt(random.below(60)));
  },
  "huge counts of types": (draft, random) => {
    const btf = draft.sections().find((s) => s.name === ".BTF");
    if (!btf || btf.size < 24) return;
    const types = btf.offset + 24 + draft.view.getUint32(btf.offset + 8, draft.little);
    const bytes = draft.view.getUint32(btf.offset + 12, draft.little);
    // A type's second word holds its kind and how many members follow.
    const at = types + random.below(bytes / 4) * 4;
    draft.put(at, 4, BigInt(((1 + random.below(19)) << 24) | random.pick([0, 1, 0xff, 0xffff])));
    draft.put(at + 4, 4, value(draft, random));
  },
  "header of .BTF or .BTF.ext": (draft, random) => {
    const found = draft.sections().filter((s) => s.name.startsWith(".BTF") && s.size >= 32);
    if (found.length === 0) return;
    draft.put(random.pick(found).offset + 4 * random.below(8), 4, value(draft, random));
  },
  "records of .BTF.ext that are likely": (draft, random) => {
    const ext = draft.sections().find((s) => s.name === ".BTF.ext");
    if (!ext || ext.size < 4) return;
    for (let n = 1 + random.below(8); n > 0; n--)
      draft.put(ext.offset + random.below(ext.size / 4) * 4, 4, BigInt(random.below(64)));
  },
  "relocations to other places and symbols": (draft, random) => {
    const entry = entryOf(draft, random, SHT_REL, REL_SIZE);
    if (entry === null) return;
    if (random.below(2) === 0) draft.put(entry, 8, BigInt(random.below(512) * 8));
    else
      draft.put(entry + 8, 8, (BigInt(random.below(64)) << 32n) | BigInt(random.pick([1, 2, 3, 4, 10, 11])));
  },
  "symbols of other places and kinds": (draft, random) => {
    const entry = entryOf(draft, random, SHT_SYMTAB, SYMBOL_SIZE);
    if (entry === null) return;
    const [at, size, most] = random.pick(symbolFields);
    draft.put(entry + at, size, random.below(4) > 0 ? BigInt(random.below(most)) : value(draft, random));
  },
  "moved bytes": (draft, random) => {
    const sections = withBytes(draft);
    if (sections.length === 0) return;
    const { offset, size } = random.pick(sections);
    const from = offset + random.below(size);
    draft.bytes.copyWithin(offset + random.below(size), from, from + random.below(size));
  },
  "filled bytes": (draft, random) => {
    const from = random.below(draft.bytes.length);
    draft.bytes.fill(random.pick([0, 0xff]), from, from + random.below(256));
  },
};

const names = Object.keys(mutations);

/** Damages an object in one to four ways. */
export function damage(
  sound: Uint8Array,
  random: Random,
  others: readonly Uint8Array[],
): { readonly bytes: Uint8Array; readonly how: readonly string[] } {
  const draft = new Draft(sound);
  const how = Array.from({ length: 1 + random.below(4) }, () => random.pick(names));
  for (const name of how) if (draft.bytes.length > 0) mutations[name]?.(draft, random, others);
  return { bytes: draft.bytes, how };
}
