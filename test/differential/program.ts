import { type Expr, fitted } from "./meaning/expressions.js";
import { type Func, functionLines } from "./meaning/functions.js";
import { bytesOf, type Cell, cellOf, Machine, partOf, store } from "./meaning/machine.js";
import { type ArrayMap, mapLine, valuesOf } from "./meaning/maps.js";
import { type Block, linesOf, runBlock } from "./meaning/statements.js";
import {
  allInts,
  type DataType,
  type EnumType,
  fieldText,
  ints,
  isScalar,
  type StructType,
} from "./meaning/types.js";

export interface Global {
  readonly name: string;
  readonly type: DataType;
  readonly initial: bigint;
}

/** One program of many in an object. In its names `$` stands for a prefix that no other program has. */
export interface Program {
  readonly enums: readonly EnumType[];
  readonly maps: readonly ArrayMap[];
  readonly structs: readonly StructType[];
  readonly globals: readonly Global[];
  readonly functions: readonly Func[];
  readonly body: Block;
  readonly result: Expr;
}

/** What all programs read: two of each integer type. A test run fills them. */
export const inputType: StructType = {
  kind: "struct",
  name: "Input",
  fields: allInts.flatMap((type) =>
    ["a", "b"].map((which) => ({ name: `${which}_${type.name}`, type, bits: null })),
  ),
};
export type Inputs = readonly bigint[];

export interface Outcome {
  readonly returned: number;
  /** Bytes of each of its globals and maps, by name; null for one that no program of the object uses. */
  readonly globals: ReadonlyMap<string, Uint8Array | null>;
}

/** What the dialect page says that the program does. */
export function evaluate(program: Program, inputs: Inputs): Outcome {
  const input = cellOf(inputType);
  for (const [i, value] of inputs.entries()) store(partOf(input, i), value);
  const globals = program.globals.map(({ name, type, initial }): [string, Cell] => {
    const cell = cellOf(type);
    if (isScalar(type)) store(cell, initial);
    return [name, cell];
  });
  const maps = program.maps.map((map): [string, Cell] => [map.name, cellOf(valuesOf(map))]);
  const own = [...globals, ...maps];
  const machine = new Machine(
    new Map([["input", input], ...own]),
    new Map(program.functions.map((f) => [f.signature.name, f])),
  );
  const jump = runBlock(machine, program.body);
  const value = jump?.kind === "return" ? jump.value : fitted(ints.i32, program.result).value(machine);
  return {
    returned: Number(BigInt.asUintN(32, value)),
    globals: new Map(own.map(([name, cell]) => [name, bytesOf(cell)])),
  };
}

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

/** Lines outside the class, then in it. */
function partsOf(program: Program, entry: string): { before: readonly string[]; inside: readonly string[] } {
  const { enums, structs, maps, globals, functions, body, result } = program;
  const ofKind = (...kinds: readonly Func["signature"]["kind"][]): readonly string[] =>
    functions.filter((f) => kinds.includes(f.signature.kind)).flatMap(functionLines);
  const structLines = ({ name, fields, union, generic }: StructType): readonly string[] => {
    if (generic) return [];
    const methods = functions.filter((f) => f.signature.owner?.name === name);
    const head = `${union ? "@union " : ""}class ${name} { ${fields.map(fieldText).join(" ")}`;
    return methods.length === 0 ? [`${head} }`] : [head, ...indented(methods.flatMap(functionLines)), "}"];
  };
  const generic = new Set(structs.flatMap((struct) => struct.generic ?? []));
  return {
    before: [
      ...enums.map(
        ({ name, members }) =>
          `enum ${name} { ${members.map((each) => `${each.name} = ${each.value}`).join(", ")} }`,
      ),
      ...[...generic, ...structs].flatMap(structLines),
      ...ofKind("static", "global"),
    ],
    inside: [
      ...globals.map(
        ({ name, type, initial }) => `${name}: ${type.name}${initial === 0n ? "" : ` = ${initial}`};`,
      ),
      ...maps.map(mapLine),
      ...ofKind("method"),
      '@SEC("tc")',
      `${entry}(ctx: SkBuff): i32 {`,
      ...linesOf(body),
      `  return ${fitted(ints.i32, result).text};`,
      "}",
    ],
  };
}

export const entryName = (index: number): string => `p${index}`;
/** A name of the index-th program, as it is in the object. */
export const nameIn = (index: number, name: string): string => name.replaceAll("$", `p${index}_`);

export interface Source {
  readonly text: string;
  /** Which program a line, from 1, belongs to; null for what they share. */
  programAt(line: number): number | null;
}

/** A probe that holds all of them. */
export function sourceOf(programs: readonly Program[]): Source {
  const lines: { readonly text: string; readonly program: number | null }[] = [];
  const add = (texts: readonly string[], program: number | null): void => {
    for (const text of texts) lines.push({ text: program === null ? text : nameIn(program, text), program });
  };
  const parts = programs.map((program, i) => partsOf(program, entryName(i)));
  add(
    [
      `import { program, SEC, SkBuff, u8, u16, u32, u64, i8, i16, i32, i64, array, bits, union, copy, zeroed, loop, repeat, range, atomic, map, ArrayMap, BPF_F_MMAPABLE } from "@tsbpfc/stdlib";`,
      `class Input { ${inputType.fields.map(fieldText).join(" ")} }`,
    ],
    null,
  );
  for (const [i, { before }] of parts.entries()) add(before, i);
  add(['@program({ license: "GPL" })', "export class Probe {", "  input: Input;"], null);
  for (const [i, { inside }] of parts.entries()) add(indented(inside), i);
  add(["}"], null);
  return {
    text: `${lines.map(({ text }) => text).join("\n")}\n`,
    programAt: (line) => lines[line - 1]?.program ?? null,
  };
}
