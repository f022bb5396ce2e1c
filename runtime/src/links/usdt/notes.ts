import { ElfError, type ElfFile, type ElfSection, parseElf } from "@tsbpfc/loader";
import { UsageError } from "../../sys/errors.js";
import { binaryBytes } from "../binary.js";

/** A place of a binary where a static probe is: there are several if the compiler has copied it. */
export interface UsdtPlace {
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** The counter that turns the probe on, likewise; 0 if it has none. */
  readonly semaphore: number;
  /** Where its arguments are: `-4@%edi 8@-20(%rbp)`. */
  readonly args: string;
}

const SHT_NOTE = 7;
const NT_STAPSDT = 3;
const NOTE_HEADER = 12;
/** Three addresses, before three texts. */
const ADDRESSES = 24;

const align = (bytes: number): number => (bytes + 3) & ~3;

/**
 * The places of a probe in an executable or library, from its notes (`.note.stapsdt`, SystemTap's UprobeStaticProbe
 * format).
 *
 * @throws UsageError for a file that cannot be read or has no such probe, naming those that it has
 */
export function usdtPlaces(
  path: string,
  provider: string,
  name: string,
  label: string,
): readonly UsdtPlace[] {
  const bytes = binaryBytes(path, label);
  try {
    const elf = parseElf(bytes, { anyMachine: true });
    const notes = elf.sections
      .filter(({ type }) => type === SHT_NOTE)
      .flatMap((section) => readNotes(elf, section));
    const found = notes.filter((note) => note.provider === provider && note.name === name);
    if (found.length > 0) return found.map((note) => placeOf(elf, note, label));
    const known = [...new Set(notes.map((note) => `${note.provider}:${note.name}`))].sort();
    throw new UsageError(
      "target-missing",
      `${label}: ${path} has no probe '${provider}:${name}'; it has ${known.slice(0, 20).join(", ") || "none"}`,
    );
  } catch (error) {
    if (error instanceof ElfError || error instanceof RangeError)
      throw new UsageError("bad-value", `${label}: ${path}: ${error.message}`);
    throw error;
  }
}

interface Note {
  readonly provider: string;
  readonly name: string;
  readonly args: string;
  readonly location: bigint;
  readonly base: bigint;
  readonly semaphore: bigint;
}

function readNotes(elf: ElfFile, section: ElfSection): Note[] {
  const bytes = Buffer.from(elf.contents(section));
  const little = elf.endian === "little";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const notes: Note[] = [];
  for (let at = 0; at + NOTE_HEADER <= bytes.length; ) {
    const [nameSize, size] = [view.getUint32(at, little), view.getUint32(at + 4, little)];
    const start = at + NOTE_HEADER + align(nameSize);
    const owner = bytes.toString("latin1", at + NOTE_HEADER, at + NOTE_HEADER + nameSize);
    if (view.getUint32(at + 8, little) === NT_STAPSDT && owner === "stapsdt\0") {
      const [provider = "", name = "", args = ""] = bytes
        .toString("utf8", start + ADDRESSES, start + size)
        .split("\0");
      const address = (index: number): bigint => view.getBigUint64(start + index * 8, little);
      notes.push({ provider, name, args, location: address(0), base: address(1), semaphore: address(2) });
    }
    at = start + align(size);
  }
  return notes;
}

/** Prelink may have moved the code after the note was written: `.stapsdt.base` moved with it. */
function placeOf(elf: ElfFile, note: Note, label: string): UsdtPlace {
  const base = elf.section(".stapsdt.base");
  const moved = base === null || note.base === 0n ? 0n : BigInt(base.address) - note.base;
  return {
    offset: fileOffset(elf, note.location + moved, label),
    semaphore: note.semaphore === 0n ? 0 : fileOffset(elf, note.semaphore, label),
    args: note.args,
  };
}

/** Of what is there when the program runs: a section's bytes stand in the file as in memory. */
function fileOffset(elf: ElfFile, address: bigint, label: string): number {
  const at = Number(address);
  const section = elf.sections.find((s) => s.address !== 0 && at >= s.address && at < s.address + s.size);
  if (section) return at - section.address + section.offset;
  throw new UsageError(
    "bad-value",
    `${label}: address 0x${address.toString(16)} of the probe is in no section`,
  );
}
