// Many programs, compiled to one object and run in this kernel.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CompileOptions, type CompileResult, compile } from "@tsbpfc/compiler";
import { type CollectionSpec, parseObject } from "@tsbpfc/loader";
import { type Collection, codecs, loadCollection, SharedArray, VerifierError } from "@tsbpfc/runtime";
import { temporaryFolder } from "../support/probe.js";
import type { ArrayMap } from "./meaning/maps.js";
import { layoutOf } from "./meaning/types.js";
import {
  entryName,
  evaluate,
  type Inputs,
  inputType,
  nameIn,
  type Outcome,
  type Program,
  sourceOf,
} from "./program.js";

/** What became of a program. */
export type Verdict =
  | { readonly kind: "same" }
  | {
      readonly kind: "different";
      readonly inputs: Inputs;
      readonly expected: Outcome;
      readonly actual: Outcome;
    }
  /** By the compiler: a diagnostic, or an exception. */
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  /** By TypeScript, which knows more of the values than the generator: it is no program of the dialect. */
  | { readonly kind: "ill-typed"; readonly code: string; readonly message: string }
  /** By the verifier. */
  | { readonly kind: "rejected"; readonly message: string }
  /** The verifier gave up: that may happen to correct programs. */
  | { readonly kind: "too complex" };

/** What it is compiled for. */
export type Target = Pick<CompileOptions, "cpu" | "kernel">;
export type Compile = (options: CompileOptions) => Pick<CompileResult, "diagnostics" | "output">;

export interface RunOptions {
  readonly target: Target;
  readonly inputs: readonly Inputs[];
  readonly compile?: Compile;
}

const SAME: Verdict = { kind: "same" };

export function run(programs: readonly Program[], options: RunOptions): readonly Verdict[] {
  const verdicts: Verdict[] = programs.map(() => SAME);
  const object = compiled(
    programs,
    options,
    verdicts,
    programs.map((_, i) => i),
  );
  if (object) inKernel(object.bytes, programs, object.indices, options, verdicts);
  return verdicts;
}

interface Compiled {
  readonly bytes: Uint8Array;
  /** Of the programs in it. */
  readonly indices: readonly number[];
}

/** The object of those that compile. */
function compiled(
  programs: readonly Program[],
  options: RunOptions,
  verdicts: Verdict[],
  indices: readonly number[],
): Compiled | null {
  if (indices.length === 0) return null;
  const source = sourceOf(indices.map((i) => programs[i]).filter((p) => p !== undefined));
  let result: ReturnType<Compile>;
  try {
    result = compileText(source.text, options);
  } catch (error) {
    return withoutCrash(error, programs, options, verdicts, indices);
  }
  if (result.output) return { bytes: result.output.object, indices };
  const bad = new Set<number>();
  for (const { severity, code, message, span } of result.diagnostics) {
    const index = indices[source.programAt(span.line) ?? -1];
    if (severity !== "error" || index === undefined || bad.has(index)) continue;
    bad.add(index);
    const line = source.text
      .split("\n")
      [span.line - 1]?.slice(span.column - 1)
      .trim();
    const kind = code.startsWith("TSB") ? "refused" : "ill-typed";
    verdicts[index] = { kind, code, message: `${message}\n  at ${line}` };
  }
  if (bad.size === 0) throw new Error(`an error of no program: ${JSON.stringify(result.diagnostics[0])}`);
  return compiled(
    programs,
    options,
    verdicts,
    indices.filter((i) => !bad.has(i)),
  );
}

/** Finds the one that the compiler throws at, by halves, and leaves it out. */
function withoutCrash(
  error: unknown,
  programs: readonly Program[],
  options: RunOptions,
  verdicts: Verdict[],
  indices: readonly number[],
): Compiled | null {
  const [only] = indices;
  if (indices.length === 1 && only !== undefined) {
    verdicts[only] = { kind: "refused", code: "exception", message: `${error}`.slice(0, 2000) };
    return null;
  }
  const half = Math.ceil(indices.length / 2);
  const good = [indices.slice(0, half), indices.slice(half)].flatMap(
    (part) => compiled(programs, options, verdicts, part)?.indices ?? [],
  );
  return compiled(programs, options, verdicts, good);
}

function compileText(
  text: string,
  { target, compile: compileWith = compile }: RunOptions,
): ReturnType<Compile> {
  const folder = temporaryFolder();
  try {
    const file = join(folder.path, "probe.bpf.ts");
    writeFileSync(file, text);
    return compileWith({ file, ...target });
  } finally {
    folder.remove();
  }
}

function inKernel(
  object: Uint8Array,
  programs: readonly Program[],
  indices: readonly number[],
  options: RunOptions,
  verdicts: Verdict[],
): void {
  const spec = parseObject(object);
  const collection = loaded(spec, (name, verdict) => {
    const index = indices[indices.findIndex((_, at) => entryName(at) === name)];
    if (index === undefined) throw new Error(`no program ${name}`);
    verdicts[index] = verdict;
  });
  try {
    const memory = new Memory(spec, collection);
    for (const [at, index] of indices.entries()) {
      const program = programs[index];
      const live = collection.programs.get(entryName(at));
      if (!program || !live) continue;
      for (const inputs of options.inputs) {
        memory.reset(inputs);
        const returned = live.testRun({ data: PACKET }).returnValue;
        const globals = new Map([
          ...program.globals.map(({ name }) => [name, memory.variable(nameIn(at, name))] as const),
          ...program.maps.map((map) => [map.name, memory.values(map, nameIn(at, map.name))] as const),
        ]);
        const actual: Outcome = { returned, globals };
        const expected = evaluate(program, inputs);
        if (equal(expected, actual)) continue;
        verdicts[index] = { kind: "different", inputs, expected, actual };
        break;
      }
    }
  } finally {
    collection.close();
  }
}

/** The kernel wants at least a link-layer header. */
const PACKET = new Uint8Array(64);
/** The kernel's words for "one million instructions are too much", and for too many states or jumps. */
const COMPLEX = /too large|too complex|too many states|jumps is too complex/;

/** All programs that the verifier takes; what it does not take is told. */
function loaded(spec: CollectionSpec, tell: (name: string, verdict: Verdict) => void): Collection {
  for (;;) {
    try {
      return loadCollection(spec);
    } catch (error) {
      if (!(error instanceof VerifierError)) throw error;
      const program = spec.programs.get(error.program.name);
      if (!program?.autoload) throw error;
      program.autoload = false;
      const { message, log } = error;
      tell(program.name, COMPLEX.test(log) ? { kind: "too complex" } : { kind: "rejected", message });
    }
  }
}

/** The globals and maps of an object, as memory that is shared with its programs. */
class Memory {
  readonly #maps = new Map<string, { readonly live: Uint8Array; readonly first: Uint8Array }>();
  readonly #variables = new Map<string, Uint8Array>();

  constructor(spec: CollectionSpec, collection: Collection) {
    for (const [name, map] of collection.maps) {
      const declared = spec.maps.get(name);
      // Constants: nobody writes them, and this process may not.
      if (declared?.origin === "rodata") continue;
      // Sections of globals are shared as they are; an array is when it is asked for.
      const shared = declared?.origin === "declared";
      const view = shared ? new SharedArray(map, codecs.u8).view : map.memory;
      if (!view) continue;
      const live = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      this.#maps.set(name, { live, first: live.slice() });
      for (const [variable, { section, offset, size }] of spec.variables)
        if (section === name) this.#variables.set(variable, live.subarray(offset, offset + size));
    }
  }

  /** As after the load, with these inputs. */
  reset(inputs: Inputs): void {
    for (const { live, first } of this.#maps.values()) live.set(first);
    // No program of the object may read it.
    const input = this.#variables.get("input");
    if (!input) return;
    const { offsets } = layoutOf(inputType);
    const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
    inputType.fields.forEach(({ type }, i) => {
      const { size } = layoutOf(type);
      const value = inputs[i] ?? 0n;
      for (let byte = 0; byte < size; byte++)
        view.setUint8((offsets[i] ?? 0) / 8 + byte, Number((value >> BigInt(byte * 8)) & 0xffn));
    });
  }

  /** Null for a variable that no program uses: it may be left out. */
  variable(name: string): Uint8Array | null {
    return this.#variables.get(name)?.slice() ?? null;
  }

  /** A map's values, without what the kernel puts between them: each begins at a multiple of 8 (array_map_alloc). */
  values({ value, entries }: ArrayMap, name: string): Uint8Array | null {
    const map = this.#maps.get(name);
    if (!map) return null;
    const { size } = layoutOf(value);
    const stride = Math.ceil(size / 8) * 8;
    const bytes = new Uint8Array(size * entries);
    for (let i = 0; i < entries; i++) bytes.set(map.live.subarray(i * stride, i * stride + size), i * size);
    return bytes;
  }
}

function equal(a: Outcome, b: Outcome): boolean {
  if (a.returned !== b.returned) return false;
  return [...a.globals].every(([name, bytes]) => {
    const other = b.globals.get(name);
    return !bytes || !other || Buffer.compare(bytes, other) === 0;
  });
}
