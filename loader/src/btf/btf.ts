import { type BtfBlob, readBlob } from "./blob.js";
import { decodeType } from "./decode.js";
import { BtfError } from "./error.js";
import { btfKindNumbers, btfKinds, infoKind, infoVlen, modifierKinds, trailingWords } from "./kinds.js";
import { BtfStrings, essentialName, hashEssential } from "./strings.js";
import type { BtfKind, BtfType, TypeId } from "./types.js";

/** Decoded types kept for the next question; a loader asks about few, so the oldest go in bulk. */
const cacheLimit = 4096;
/** The kernel follows at most 32 references (MAX_RESOLVE_DEPTH in kernel/bpf/btf.c); a longer chain is a cycle. */
const maxDepth = 64;
const maxTypes = 0xfffff;
const FUNC = btfKindNumbers.func;
const encoder = new TextEncoder();

/**
 * BTF: the types of a kernel, a module or a BPF object. Parsing only finds where each type starts; types and
 * names are decoded when asked for. Format: Documentation/bpf/btf.rst.
 */
export class Btf {
  /** As parsed; not a copy. Objects' BTF goes to the kernel through {@link loadableBtf}. */
  readonly bytes: Uint8Array;
  readonly endian: "little" | "big";
  /** What split BTF (a module's) goes on from. */
  readonly base: Btf | null;
  /** First id of this blob: 1, or the base's `count`. */
  readonly firstId: TypeId;
  /** Ids go from 0 (`void`) to below this, the base's included. */
  readonly count: number;
  /** This blob's own string section, not a copy. */
  readonly strings: Uint8Array;
  /** Whether the header has more than types and strings: the layout of kinds, of Linux 7.1. */
  readonly hasLongHeader: boolean;
  readonly #words: Uint32Array;
  /** Index of each own type in `#words`. */
  readonly #starts: Uint32Array;
  readonly #strings: BtfStrings;
  readonly #cache = new Map<TypeId, BtfType>();
  #tags: ReadonlyMap<string, readonly string[]> | null = null;
  readonly #names: { functions: NameIndex | null; others: NameIndex | null } = {
    functions: null,
    others: null,
  };

  private constructor(bytes: Uint8Array, blob: BtfBlob, base: Btf | null) {
    this.bytes = bytes;
    this.endian = blob.endian;
    this.base = base;
    this.strings = blob.strings;
    this.hasLongHeader = blob.hasLongHeader;
    this.#words = blob.words;
    this.#starts = indexTypes(blob.words);
    this.#strings = new BtfStrings(blob.strings, base === null ? null : base.#strings);
    this.firstId = base === null ? 1 : base.count;
    this.count = this.firstId + this.#starts.length;
  }

  /**
   * Indexes a BTF blob, in either byte order. `bytes` is kept and must not change. `base` is for split BTF.
   *
   * @throws BtfError BTF_TRUNCATED, BTF_BAD_MAGIC, BTF_BAD_HEADER, BTF_BAD_KIND, BTF_BAD_TYPE
   */
  static parse(bytes: Uint8Array, options: { readonly base?: Btf } = {}): Btf {
    // As a plain Uint8Array: a Buffer's slice() would share its memory.
    const blob = readBlob(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const base = options.base ?? null;
    if (base !== null && base.endian !== blob.endian) {
      throw new BtfError(
        "BTF_BAD_HEADER",
        `split BTF in ${blob.endian} endian cannot go on a base in ${base.endian}`,
      );
    }
    return new Btf(bytes, blob, base);
  }

  /** Decodes one type. @throws BtfError BTF_BAD_ID, BTF_BAD_STRING, BTF_BAD_TYPE */
  type(id: TypeId): BtfType {
    if (id === 0) return { kind: "void" };
    if (id < this.firstId && this.base !== null) return this.base.type(id);
    const known = this.#cache.get(id);
    if (known !== undefined) return known;
    const decoded = decodeType(this.#words, this.#start(id), this.#strings);
    if (this.#cache.size >= cacheLimit) this.#cache.clear();
    this.#cache.set(id, decoded);
    return decoded;
  }

  /** The kind alone, without decoding the type. @throws BtfError BTF_BAD_ID */
  kind(id: TypeId): BtfKind {
    if (id === 0) return "void";
    if (id < this.firstId && this.base !== null) return this.base.kind(id);
    return btfKinds[infoKind(this.#words[this.#start(id) + 1]!)]!;
  }

  /** The name alone; empty for an anonymous type. @throws BtfError BTF_BAD_ID, BTF_BAD_STRING */
  name(id: TypeId): string {
    if (id === 0) return "";
    if (id < this.firstId && this.base !== null) return this.base.name(id);
    return this.#strings.at(this.#words[this.#start(id)]!);
  }

  /** A string of the string table: BTF.ext refers to them. @throws BtfError BTF_BAD_STRING */
  string(offset: number): string {
    return this.#strings.at(offset);
  }

  /**
   * Ids of the types with this name, ascending, base first; of the given kinds only. The first call indexes names
   * (of a kernel 2 ms; 8 ms more when functions are asked for, which are four names of five).
   */
  find(name: string, kinds?: readonly BtfKind[]): TypeId[] {
    const bytes = encoder.encode(name);
    const own = this.#sameHash(bytes, kinds).filter((id) =>
      this.#strings.equals(this.#nameOffset(id), bytes),
    );
    return this.base === null ? own : [...this.base.find(name, kinds), ...own];
  }

  /**
   * Own types (not the base's) whose name, less a flavour `___x`, is that of `name`: CO-RE's candidates.
   */
  findEssential(name: string, kinds?: readonly BtfKind[]): TypeId[] {
    const wanted = essentialName(name);
    return this.#sameHash(encoder.encode(name), kinds).filter(
      (id) => essentialName(this.name(id)) === wanted,
    );
  }

  /** Skips typedefs, qualifiers and type tags. @throws BtfError BTF_BAD_ID, BTF_CYCLE */
  resolve(id: TypeId): TypeId {
    let at = id;
    for (let depth = 0; depth < maxDepth; depth++) {
      if (!modifierKinds.has(this.kind(at))) return at;
      at = this.#third(at);
    }
    throw new BtfError("BTF_CYCLE", `type ${id} refers to itself through its typedefs or qualifiers`);
  }

  /**
   * Bytes of a value of the type. Pointers are 8: BPF's. @throws BtfError BTF_NO_SIZE for what has none
   * (void, functions, forward declarations), BTF_BAD_ID, BTF_CYCLE
   */
  size(id: TypeId): number {
    let at = id;
    let count = 1;
    for (let depth = 0; depth < maxDepth; depth++) {
      at = this.resolve(at);
      const type = this.type(at);
      switch (type.kind) {
        case "int":
        case "struct":
        case "union":
        case "enum":
        case "enum64":
        case "float":
        case "datasec":
          return this.#checked(count * type.size, id);
        case "ptr":
          return this.#checked(count * 8, id);
        case "var":
          at = type.type;
          break;
        case "array":
          count = this.#checked(count * type.length, id);
          at = type.type;
          break;
        default:
          throw new BtfError("BTF_NO_SIZE", `type ${id} has no size: it is or holds a ${type.kind}`);
      }
    }
    throw new BtfError("BTF_CYCLE", `type ${id} is an array of itself`);
  }

  /**
   * What own `decl_tag`s say of a type, variable or function (`btf_decl_tag` in C), in their order.
   *
   * @param component index of a member or parameter; -1: the whole
   */
  declTags(id: TypeId, component = -1): readonly string[] {
    this.#tags ??= indexTags(this);
    return this.#tags.get(`${id}:${component}`) ?? [];
  }

  /** Ids of this blob's own types, ascending. */
  *ids(): Generator<TypeId> {
    for (let id = this.firstId; id < this.count; id++) yield id;
  }

  #checked(size: number, id: TypeId): number {
    if (size <= 0xffffffff) return size;
    throw new BtfError("BTF_BAD_TYPE", `type ${id} is larger than 4 GiB`);
  }

  #start(id: TypeId): number {
    const start = this.#starts[id - this.firstId];
    if (start !== undefined) return start;
    throw new BtfError("BTF_BAD_ID", `type id ${id} is not below ${this.count}, the number of types`);
  }

  #third(id: TypeId): number {
    if (id < this.firstId && this.base !== null) return this.base.#third(id);
    return this.#words[this.#start(id) + 2]!;
  }

  #nameOffset(id: TypeId): number {
    return this.#words[this.#start(id)]!;
  }

  #sameHash(name: Uint8Array, kinds: readonly BtfKind[] | undefined): TypeId[] {
    const hash = hashEssential(name, 0);
    const found: TypeId[] = [];
    for (const which of ["functions", "others"] as const) {
      if (kinds !== undefined && !kinds.some((kind) => (kind === "func") === (which === "functions")))
        continue;
      this.#names[which] ??= indexNames(this.#words, this.#starts, this.#strings, which);
      const { heads, next } = this.#names[which];
      for (let i = heads[hash & (heads.length - 1)]!; i >= 0; i = next[i]!) {
        const id = i + this.firstId;
        if (kinds === undefined || kinds.includes(this.kind(id))) found.push(id);
      }
    }
    return found.sort((a, b) => a - b);
  }
}

/** Chains of own types whose names share a hash: two typed arrays instead of a hundred thousand strings. */
interface NameIndex {
  /** First index of each chain; -1 ends it. Its length is a power of two. */
  readonly heads: Int32Array;
  readonly next: Int32Array;
}

function indexNames(
  words: Uint32Array,
  starts: Uint32Array,
  strings: BtfStrings,
  which: "functions" | "others",
): NameIndex {
  const heads = new Int32Array(1 << Math.max(4, 32 - Math.clz32(starts.length))).fill(-1);
  const next = new Int32Array(starts.length).fill(-1);
  const functions = which === "functions";
  // Backwards, so that every chain is in ascending order.
  for (let i = starts.length - 1; i >= 0; i--) {
    const start = starts[i]!;
    const nameOffset = words[start]!;
    if (nameOffset === 0 || (infoKind(words[start + 1]!) === FUNC) !== functions) continue;
    const slot = strings.hash(nameOffset) & (heads.length - 1);
    next[i] = heads[slot]!;
    heads[slot] = i;
  }
  return { heads, next };
}

/** Tags by what they are on: `id:component`. */
function indexTags(btf: Btf): ReadonlyMap<string, readonly string[]> {
  const tags = new Map<string, string[]>();
  for (const id of btf.ids()) {
    const tag = btf.kind(id) === "decl_tag" ? btf.type(id) : null;
    if (tag?.kind !== "decl_tag") continue;
    const key = `${tag.type}:${tag.component}`;
    const known = tags.get(key);
    if (known === undefined) tags.set(key, [tag.name]);
    else known.push(tag.name);
  }
  return tags;
}

function indexTypes(words: Uint32Array): Uint32Array {
  let starts = new Uint32Array(Math.min(maxTypes, words.length / 3) + 1);
  let count = 0;
  let at = 0;
  while (at < words.length) {
    if (at + 3 > words.length) throw truncated(count);
    const info = words[at + 1]!;
    const kind = infoKind(info);
    const trailing = trailingWords[kind];
    if (trailing === undefined || kind === 0) {
      throw new BtfError(
        "BTF_BAD_KIND",
        `type ${count + 1} of the blob has kind ${kind}, which is not known`,
      );
    }
    if (count >= maxTypes) throw new BtfError("BTF_BAD_TYPE", `more than ${maxTypes} types`);
    starts[count++] = at;
    at += 3 + trailing.fixed + trailing.each * infoVlen(info);
    if (at > words.length) throw truncated(count - 1);
  }
  starts = starts.slice(0, count);
  return starts;
}

function truncated(index: number): BtfError {
  return new BtfError("BTF_TRUNCATED", `the type section ends within type ${index + 1} of the blob`);
}
