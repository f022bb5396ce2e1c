import { Instructions, insnSize } from "../insn/insn.js";
import { SpecError } from "./error.js";
import type { CodeFunction } from "./functions.js";
import type { FunctionInfo, ProgramSpec, Reference } from "./spec.js";

type Linked = Pick<ProgramSpec, "instructions" | "references" | "functions" | "lines" | "coreRelocations">;

/**
 * Joins a program with every subprogram that it reaches, each once, in the order in which they are met, and
 * puts the distances into calls and addresses. Everything that counts instructions is re-based.
 *
 * @throws SpecError SPEC_BAD_FUNCTION if a call leads to where no function starts
 */
export function linkProgram(
  entry: CodeFunction,
  functions: ReadonlyMap<string, CodeFunction>,
  endian: "little" | "big",
): Linked {
  const order = reachable(entry, functions);
  const starts = new Map<string, number>();
  let end = 0;
  for (const func of order) {
    starts.set(func.key, end);
    end += func.code.byteLength / insnSize;
  }
  const bytes = new Uint8Array(end * insnSize);
  for (const func of order) bytes.set(func.code, starts.get(func.key)! * insnSize);
  const insns = new Instructions(bytes, endian);
  const rebase = <T extends { readonly insn: number }>(of: (func: CodeFunction) => readonly T[]): T[] =>
    order.flatMap((func) => of(func).map((item) => ({ ...item, insn: item.insn + starts.get(func.key)! })));

  const addresses: Reference[] = [];
  for (const { insn, key, address } of rebase((func) => func.targets)) {
    const target = starts.get(key)!;
    // Relative to the next instruction, for calls and for addresses (BPF_PSEUDO_FUNC) alike.
    insns.setImm(insn, target - insn - 1);
    if (address) addresses.push({ kind: "function", insn, target });
  }
  const own = order.flatMap((func) => func.references.map((item) => moved(item, starts.get(func.key)!)));
  const references = [...own, ...addresses];
  return {
    instructions: bytes,
    references: references.sort((a, b) => a.insn - b.insn),
    functions: order.map(
      (func): FunctionInfo => ({ insn: starts.get(func.key)!, name: func.name, type: func.type }),
    ),
    lines: rebase((func) => func.lines),
    coreRelocations: rebase((func) => func.coreRelocations),
  };
}

function moved(reference: Reference, by: number): Reference {
  const insn = reference.insn + by;
  if (reference.kind !== "jumpTable") return { ...reference, insn };
  return { ...reference, insn, targets: reference.targets.map((target) => target + by) };
}

function reachable(entry: CodeFunction, functions: ReadonlyMap<string, CodeFunction>): CodeFunction[] {
  // A Set keeps the order of insertion, and iterating it visits what is added meanwhile.
  const order = new Set([entry]);
  for (const func of order) {
    for (const { key, insn } of func.targets) {
      const target = functions.get(key);
      if (target === undefined) {
        throw new SpecError(
          "SPEC_BAD_FUNCTION",
          `${func.name}: instruction ${insn} calls or addresses a place where no function starts; build the object again`,
          {
            section: func.section.name,
            symbol: func.name,
          },
        );
      }
      order.add(target);
    }
  }
  return [...order];
}
