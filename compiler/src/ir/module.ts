import { DebugInfo } from "./debug-info.js";
import type { DIGlobal, DIType } from "./debug-types.js";
import { type FunctionOptions, IrFunction, type Linkage } from "./function.js";
import { InternalError } from "./internal-error.js";
import { type MdNode, Metadata, mdString } from "./metadata.js";
import { printModule } from "./print.js";
import { quote, quoteName } from "./text.js";
import { type FunctionType, functionType, type IrType, ptr, type StructType } from "./types.js";
import { type Constant, constBytes, cString, expectType, printOperand } from "./values.js";

export interface ModuleOptions {
  /** As it shall stand in line info and verifier logs: relative, the same on every machine. */
  readonly fileName: string;
  readonly source: string;
  /** `target-cpu` of every function. */
  readonly cpu: "v1" | "v2" | "v3" | "v4";
  readonly producer?: string;
}

export interface GlobalOptions {
  /** `external` (defined here, seen by the loader) if absent. */
  readonly linkage?: Linkage;
  readonly visibility?: "default" | "hidden";
  readonly section?: string;
  readonly align?: number;
  /** LLVM may fold a constant's value into the code; `.rodata` settings need volatile loads. */
  readonly constant?: boolean;
  /** The initialiser is not the last word: LLVM may not fold it into the code. */
  readonly externallyInitialized?: boolean;
  readonly unnamedAddr?: boolean;
  /** In the arena, in address space 1: the value is its address there, as a number is. */
  readonly inArena?: boolean;
  /** Absent: declared only (a ksym, a kconfig value). */
  readonly initializer?: Constant;
  readonly debug?: DIGlobal | readonly DIGlobal[];
  readonly metadata?: readonly (readonly [kind: string, node: MdNode])[];
  readonly attributes?: readonly string[];
}

/** A global variable. As a value it is its address. */
export interface GlobalVariable extends Constant {
  readonly name: string;
  /** `@name`: how a definition is written. */
  readonly symbol: string;
  readonly valueType: IrType;
  readonly options: GlobalOptions;
}

/** An identified struct; `setFields` closes a recursion. */
export interface IdentifiedStruct extends StructType {
  readonly name: string;
  setFields(fields: readonly IrType[]): void;
}

/**
 * One translation unit: everything that becomes one BPF object. `print` gives LLVM IR, and the same calls
 * give the same text.
 */
export class Module {
  readonly metadata = new Metadata();
  readonly debug: DebugInfo;
  readonly structs: IdentifiedStruct[] = [];
  readonly globals: GlobalVariable[] = [];
  readonly functions: IrFunction[] = [];
  readonly used: Constant[] = [];
  readonly flags: readonly string[] = [
    `i32 7, ${mdString("Dwarf Version")}, i32 5`,
    `i32 2, ${mdString("Debug Info Version")}, i32 3`,
    `i32 1, ${mdString("wchar_size")}, i32 4`,
  ];
  readonly #byName = new Map<string, GlobalVariable | IrFunction>();
  readonly #strings = new Map<string, GlobalVariable>();
  readonly #constants = new Map<string, GlobalVariable>();
  readonly #structNames = new Set<string>();
  #sequence = 0;

  constructor(readonly options: ModuleOptions) {
    const { fileName, source, producer = "tsbpfc" } = options;
    this.debug = new DebugInfo(this.metadata, { fileName, source, producer });
  }

  /** An identified struct; a name already taken gets a number. Null fields: set later. */
  struct(
    name: string,
    fields: readonly IrType[] | null,
    options: { packed?: boolean } = {},
  ): IdentifiedStruct {
    const unique = fresh(name, this.#structNames);
    const struct = {
      kind: "struct" as const,
      name: unique,
      packed: options.packed ?? false,
      fields,
      setFields(late: readonly IrType[]) {
        struct.fields = late;
      },
    };
    this.structs.push(struct);
    return struct;
  }

  /** @throws InternalError `ir-duplicate-name`. */
  global(name: string, type: IrType, options: GlobalOptions = {}): GlobalVariable {
    if (options.initializer !== undefined) expectType(options.initializer, type, `initialiser of ${name}`);
    const symbol = `@${quoteName(name)}`;
    const global: GlobalVariable = {
      constant: true,
      type: ptr,
      symbol,
      text:
        options.inArena === true
          ? `inttoptr (i64 ptrtoint (ptr addrspace(1) ${symbol} to i64) to ptr)`
          : symbol,
      name,
      valueType: type,
      options,
    };
    this.#register(name, global);
    this.globals.push(global);
    return global;
  }

  /** A NUL-terminated string in `.rodata`, shared between equal ones: printk formats. */
  string(text: string): GlobalVariable {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    const value = cString(text);
    const global = this.global(`.str.${this.#strings.size}`, value.type, {
      linkage: "private",
      constant: true,
      unnamedAddr: true,
      align: 1,
      initializer: value,
    });
    this.#strings.set(text, global);
    return global;
  }

  /** Bytes in `.rodata` that nobody changes before the load, shared between equal ones. */
  constantBytes(bytes: Uint8Array): GlobalVariable {
    const value = constBytes(unmergeable(bytes));
    const known = this.#constants.get(printOperand(value));
    if (known !== undefined) return known;
    const global = this.global(`.const.${this.#constants.size}`, value.type, {
      linkage: "private",
      constant: true,
      unnamedAddr: true,
      // By itself LLVM chooses a section by size, and each is a map of its own to the loader.
      section: ".rodata",
      align: 8,
      initializer: value,
    });
    this.#constants.set(printOperand(value), global);
    return global;
  }

  /** A function, which is a declaration until it gets a block. @throws InternalError `ir-duplicate-name`. */
  function(name: string, signature: FunctionType, options: FunctionOptions = {}): IrFunction {
    const attributes = [...defaultAttributes(this.options.cpu), ...(options.attributes ?? [])];
    const fn = new IrFunction(name, signature, options, attributes);
    this.#register(name, fn);
    this.functions.push(fn);
    return fn;
  }

  /** An intrinsic, declared on first use. LLVM gives it its attributes. */
  intrinsic(name: string, returns: IrType, params: readonly IrType[]): IrFunction {
    const known = this.#byName.get(name);
    if (known instanceof IrFunction) return known;
    const fn = new IrFunction(name, functionType(returns, params), {}, []);
    this.#register(name, fn);
    this.functions.push(fn);
    return fn;
  }

  named(name: string): GlobalVariable | IrFunction | undefined {
    return this.#byName.get(name);
  }

  /** Keeps a symbol through optimisation: maps, the license, programs. */
  keep(symbol: Constant): void {
    this.used.push(symbol);
  }

  /** See `DebugInfo.exportType`: BTF for a type that only a ring buffer carries. */
  exportType(type: DIType): void {
    this.debug.exportType(type);
  }

  /** A number no other caller of this module gets: tells passthroughs and enum relocations apart. */
  nextSequence(): number {
    return this.#sequence++;
  }

  quote(text: string): string {
    return quote(text);
  }

  /**
   * The module as LLVM IR.
   *
   * @throws InternalError on a block without terminator, or an exported type that no function can carry.
   */
  print(): string {
    const carrier = this.functions.find(
      ({ isDeclaration, options }) =>
        !isDeclaration && (options.linkage ?? "external") === "external" && options.debug !== undefined,
    );
    this.debug.finish(carrier?.options.debug ?? null);
    return printModule(this);
  }

  #register(name: string, value: GlobalVariable | IrFunction): void {
    if (this.#byName.has(name)) throw new InternalError("ir-duplicate-name", `@${name} is there already`);
    this.#byName.set(name, value);
  }
}

function fresh(name: string, taken: Set<string>): string {
  let unique = name;
  for (let i = 1; taken.has(unique); i++) unique = `${name}.${i}`;
  taken.add(unique);
  return unique;
}

/**
 * `no-builtins` keeps LLVM from turning a loop into a call of memset or memcpy, which BPF has not;
 * the rest is what clang writes for BPF.
 */
const defaultAttributes = (cpu: string): readonly string[] => [
  "nounwind",
  '"frame-pointer"="all"',
  '"no-builtins"',
  '"no-trapping-math"="true"',
  `"target-cpu"="${cpu}"`,
];

/**
 * With a byte at the end that keeps LLVM from taking it for a text, or for one of the sizes that it merges: those get a section
 * of their own of the same name, and two maps cannot have one.
 */
function unmergeable(bytes: Uint8Array): Uint8Array {
  const merged = [4, 8, 16, 32].includes(bytes.length + 1);
  const longer = new Uint8Array(bytes.length + (merged ? 2 : 1)).fill(0xff);
  longer.set(bytes);
  return longer;
}
