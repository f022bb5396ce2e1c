import { type CoreKind, coreKinds } from "../core/relocation.js";
import type { Btf } from "./btf.js";
import { BtfError } from "./error.js";
import type { TypeId } from "./types.js";

/** What `.BTF.ext` says of one code section. Byte offsets count from the start of the section. */
export interface BtfExtSection {
  readonly functions: readonly ExtFunction[];
  readonly lines: readonly ExtLine[];
  readonly coreRelocations: readonly ExtCoreRelocation[];
}

export interface ExtFunction {
  readonly offset: number;
  readonly type: TypeId;
}

export interface ExtLine {
  readonly offset: number;
  readonly fileOffset: number;
  readonly textOffset: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface ExtCoreRelocation {
  readonly offset: number;
  readonly type: TypeId;
  readonly access: string;
  readonly kind: CoreKind;
}

/** Bytes of `struct bpf_func_info`, `bpf_line_info`, `bpf_core_relo`; newer compilers may append to them. */
const recordSizes = { functions: 8, lines: 16, core: 16 } as const;
const minHeader = 24;

/**
 * Reads `.BTF.ext` (`struct btf_ext_header`), by name of code section.
 *
 * @throws BtfError BTF_BAD_EXT, BTF_BAD_STRING
 */
export function parseBtfExt(bytes: Uint8Array, btf: Btf): ReadonlyMap<string, BtfExtSection> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < minHeader) throw bad(`${bytes.byteLength} bytes are too few for its header`);
  const little = view.getUint16(0, true) === 0xeb9f;
  if (!little && view.getUint16(0, false) !== 0xeb9f) throw bad("it does not start with 0xeb9f");
  const headerLength = view.getUint32(4, little);
  if (headerLength < minHeader || headerLength > bytes.byteLength) {
    throw bad(`a header of ${headerLength} bytes does not fit`);
  }
  const reader: Reader = { view, little, headerLength, btf };
  const functions = readPart(reader, 8, recordSizes.functions, (at) => ({
    offset: view.getUint32(at, little),
    type: view.getUint32(at + 4, little),
  }));
  const lines = readPart(reader, 16, recordSizes.lines, (at) => {
    const place = view.getUint32(at + 12, little);
    return {
      offset: view.getUint32(at, little),
      fileOffset: view.getUint32(at + 4, little),
      textOffset: view.getUint32(at + 8, little),
      line: place >>> 10,
      column: place & 0x3ff,
    };
  });
  // Headers of 24 bytes, from before CO-RE, end here.
  const core = readPart(reader, headerLength >= 32 ? 24 : null, recordSizes.core, (at) => ({
    offset: view.getUint32(at, little),
    type: view.getUint32(at + 4, little),
    access: btf.string(view.getUint32(at + 8, little)),
    kind: coreKind(view.getUint32(at + 12, little)),
  }));
  const names = new Set([...functions.keys(), ...lines.keys(), ...core.keys()]);
  return new Map(
    [...names].map((name) => [
      name,
      {
        functions: functions.get(name) ?? [],
        lines: lines.get(name) ?? [],
        coreRelocations: core.get(name) ?? [],
      },
    ]),
  );
}

interface Reader {
  readonly view: DataView;
  readonly little: boolean;
  readonly headerLength: number;
  readonly btf: Btf;
}

/** One of the three parts: a record size, then for each code section its name, a count and the records. */
function readPart<T extends { readonly offset: number }>(
  { view, little, headerLength, btf }: Reader,
  field: number | null,
  minSize: number,
  read: (at: number) => T,
): Map<string, T[]> {
  const found = new Map<string, T[]>();
  if (field === null) return found;
  const start = headerLength + view.getUint32(field, little);
  const length = view.getUint32(field + 4, little);
  const end = start + length;
  if (length === 0) return found;
  if (end > view.byteLength || length < 4) throw bad(`a part at bytes ${start} to ${end} does not fit`);
  const size = view.getUint32(start, little);
  if (size < minSize || size % 4 !== 0) throw bad(`records of ${size} bytes, where ${minSize} are needed`);
  for (let at = start + 4; at < end; ) {
    if (at + 8 > end) throw bad(`the file ends within a section's head at byte ${at}`);
    const name = btf.string(view.getUint32(at, little));
    const count = view.getUint32(at + 4, little);
    at += 8;
    if (count === 0 || at + count * size > end) throw bad(`${count} records of ${name} do not fit`);
    const records = found.get(name) ?? [];
    for (let i = 0; i < count; i++) records.push(read(at + i * size));
    found.set(name, records);
    at += count * size;
  }
  for (const records of found.values()) records.sort((a, b) => a.offset - b.offset);
  return found;
}

function coreKind(value: number): CoreKind {
  const kind = coreKinds[value];
  if (kind === undefined) throw bad(`CO-RE relocation kind ${value} is not known`);
  return kind;
}

function bad(what: string): BtfError {
  return new BtfError("BTF_BAD_EXT", `.BTF.ext is damaged: ${what}; build the object again`);
}
