import type { Btf } from "../btf/btf.js";
import type { TypeId } from "../btf/types.js";
import { lineAt } from "../spec/lines.js";
import type { ProgramSpec } from "../spec/spec.js";
import { type Access, describeAccess, localAccess } from "./access.js";
import { isEnum } from "./compatible.js";
import { CoreError, type CorePlace } from "./error.js";
import type { CoreKind, CoreRelocation } from "./relocation.js";
import { targetAccess } from "./target.js";
import { accessValue, type CoreValue, missingValues } from "./value.js";

/** A relocation, solved: what to put into its instruction. */
export interface CoreFixup {
  readonly relocation: CoreRelocation;
  readonly place: CorePlace;
  /** What the compiler computed from the object's own types. */
  readonly local: CoreValue;
  /** What the kernel's types give; null: nothing fits, and the instruction must never run. */
  readonly target: CoreValue | null;
}

/** One type of a kernel that a local type may stand for. */
interface Candidate {
  readonly btf: Btf;
  readonly id: TypeId;
}

interface Prepared {
  readonly relocation: CoreRelocation;
  readonly place: CorePlace;
  readonly access: Access;
  readonly local: CoreValue;
}

/**
 * Solves a program's CO-RE relocations against a kernel's types. All relocations of one local type are solved
 * together, so that they never mix two kernel types of the same name: the candidate that has most of what is
 * asked for wins, and candidates that are equally good must agree.
 *
 * @param kernelBtfs the kernel's BTF, then those of modules to look into
 * @returns one fixup for each relocation, in their order
 * @throws CoreError CORE_BAD_RELOCATION, CORE_AMBIGUOUS; BtfError for damaged BTF
 */
export function solveCore(program: ProgramSpec, objectBtf: Btf, kernelBtfs: readonly Btf[]): CoreFixup[] {
  const groups = new Map<TypeId, Prepared[]>();
  for (const relocation of program.coreRelocations) {
    const prepared = prepare(program, relocation, objectBtf);
    const group = groups.get(relocation.type);
    if (group === undefined) groups.set(relocation.type, [prepared]);
    else group.push(prepared);
  }
  const solved = new Map<CoreRelocation, CoreFixup>();
  for (const [type, group] of groups) {
    for (const fixup of solveGroup(type, group, objectBtf, kernelBtfs)) solved.set(fixup.relocation, fixup);
  }
  return program.coreRelocations.map((relocation) => solved.get(relocation)!);
}

function prepare(program: ProgramSpec, relocation: CoreRelocation, btf: Btf): Prepared {
  const place = placeOf(program, relocation, btf);
  const access = localAccess(btf, relocation);
  if ("fault" in access) {
    throw new CoreError(
      "CORE_BAD_RELOCATION",
      `the access string "${relocation.access}" is wrong: ${access.fault}; build the object again`,
      place,
    );
  }
  const named = { ...place, field: describeAccess(access) };
  return { relocation, place: named, access, local: valued(relocation.kind, access, btf.endian, named) };
}

function solveGroup(
  type: TypeId,
  group: readonly Prepared[],
  btf: Btf,
  kernelBtfs: readonly Btf[],
): CoreFixup[] {
  const remote = group.filter(({ relocation }) => relocation.kind !== "type_id_local");
  const candidates = remote.length === 0 ? [] : findCandidates(type, btf, kernelBtfs, remote[0]!.place);
  // No candidate at all: everything is missing.
  let best = solveFor(null, group, btf.endian);
  let bestMissing = Number.POSITIVE_INFINITY;
  let rival: readonly CoreFixup[] | null = null;
  for (const candidate of candidates) {
    const fixups = solveFor(candidate, group, btf.endian);
    const missing = fixups.filter(isMissing).length;
    if (missing > bestMissing) continue;
    if (missing < bestMissing) {
      best = fixups;
      bestMissing = missing;
      rival = null;
    } else if (rival === null && !best.every((fixup, i) => agree(fixup, fixups[i]!))) {
      rival = fixups;
    }
  }
  if (rival !== null) throw ambiguous(best, rival);
  return best;
}

function solveFor(
  candidate: Candidate | null,
  group: readonly Prepared[],
  endian: "little" | "big",
): CoreFixup[] {
  return group.map(({ relocation, place, access, local }): CoreFixup => {
    const { kind } = relocation;
    if (kind === "type_id_local") return { relocation, place, local, target: local };
    const found = candidate === null ? null : targetAccess(kind, access, candidate.btf, candidate.id);
    if (found !== null) return { relocation, place, local, target: valued(kind, found, endian, place) };
    const value = missingValues[kind];
    return { relocation, place, local, target: value === null ? null : { value, field: null, exact: true } };
  });
}

function isMissing({ relocation, target }: CoreFixup): boolean {
  return target === null || target.value === missingValues[relocation.kind];
}

function agree(a: CoreFixup, b: CoreFixup): boolean {
  return a.target?.value === b.target?.value && a.target?.field?.size === b.target?.field?.size;
}

function ambiguous(best: readonly CoreFixup[], rival: readonly CoreFixup[]): CoreError {
  const i = best.findIndex((fixup, at) => !agree(fixup, rival[at]!));
  const [a, b] = [best[i]!, rival[i]!];
  const show = (fixup: CoreFixup): string => (fixup.target === null ? "nothing" : String(fixup.target.value));
  return new CoreError(
    "CORE_AMBIGUOUS",
    `the kernel has more than one type of this name, and they differ: ${a.relocation.kind} is ${show(a)} in one and ${show(b)} in another; access more fields of the one you mean, to tell them apart`,
    a.place,
  );
}

/** Types of the same name, less flavours, and the same kind. */
function findCandidates(type: TypeId, btf: Btf, kernelBtfs: readonly Btf[], place: CorePlace): Candidate[] {
  const name = btf.name(type);
  if (name === "") {
    throw new CoreError(
      "CORE_BAD_RELOCATION",
      "its type has no name to find in the kernel; name the struct or enum",
      place,
    );
  }
  const kind = btf.kind(type);
  const kinds = isEnum(kind) ? (["enum", "enum64"] as const) : [kind];
  return kernelBtfs.flatMap((kernel) => kernel.findEssential(name, kinds).map((id) => ({ btf: kernel, id })));
}

function valued(kind: CoreKind, access: Access, endian: "little" | "big", place: CorePlace): CoreValue {
  const value = accessValue(kind, access, endian);
  if ("fault" in value) throw new CoreError("CORE_BAD_RELOCATION", value.fault, place);
  return value;
}

function placeOf(program: ProgramSpec, { insn, type }: CoreRelocation, btf: Btf): CorePlace {
  const line = lineAt(program.lines, insn);
  return {
    program: program.name,
    insn,
    field: btf.name(type) || `type ${type}`,
    file: line?.file ?? "",
    line: line?.line ?? 0,
    text: line?.text ?? "",
  };
}
