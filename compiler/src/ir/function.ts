import type { DISubprogram } from "./debug-types.js";
import { type BlockRef, type Instruction, TERMINATORS } from "./instructions.js";
import { InternalError } from "./internal-error.js";
import { quoteName } from "./text.js";
import { type FunctionType, ptr } from "./types.js";
import type { Constant, Value } from "./values.js";

export type Linkage = "external" | "internal" | "private" | "weak" | "extern_weak";

export interface FunctionOptions {
  /** `external` (a program or a global function, verified on its own) if absent. */
  readonly linkage?: Linkage;
  /** `hidden`: libbpf treats a global function as static then. */
  readonly visibility?: "default" | "hidden";
  /** ELF section: libbpf's program section name, or `.ksyms` for a kfunc; `.text` if absent. */
  readonly section?: string;
  readonly paramNames?: readonly string[];
  /** Per parameter, such as `zeroext`; definitions always have `noundef`. */
  readonly paramAttributes?: readonly string[];
  readonly returnAttributes?: string;
  /** Added to the module's defaults: `alwaysinline`, `noinline`, `cold`, `"key"="value"`. */
  readonly attributes?: readonly string[];
  readonly debug?: DISubprogram;
}

/** A straight run of instructions that ends in exactly one terminator. */
export class Block implements BlockRef {
  readonly instructions: Instruction[] = [];

  constructor(
    readonly name: string,
    readonly parent: IrFunction,
  ) {}

  get terminated(): boolean {
    const last = this.instructions.at(-1);
    return last !== undefined && TERMINATORS.has(last.operation.op);
  }

  append(instruction: Instruction): void {
    if (this.terminated) {
      throw new InternalError(
        "ir-after-terminator",
        `${this.parent.name}: ${instruction.operation.op} after the end of block ${this.name}`,
      );
    }
    this.instructions.push(instruction);
  }
}

/** A function: a declaration until it has a block. As a value it is its address. */
export class IrFunction implements Constant {
  readonly constant = true;
  readonly type = ptr;
  readonly text: string;
  readonly params: readonly Value[];
  readonly blocks: Block[] = [];
  /** Stack slots: printed at the top of the entry block, wherever they were asked for. */
  readonly allocas: Instruction[] = [];
  readonly #names = new Map<string, number>();

  constructor(
    readonly name: string,
    readonly signature: FunctionType,
    readonly options: FunctionOptions,
    readonly attributes: readonly string[],
  ) {
    this.text = `@${quoteName(name)}`;
    this.params = signature.params.map((type, i) => ({
      type,
      text: this.localName(options.paramNames?.[i] ?? "arg"),
    }));
  }

  get isDeclaration(): boolean {
    return this.blocks.length === 0;
  }

  /** A block, which stands where a builder first comes to it. The first one is the entry. */
  block(name = "bb"): Block {
    return new Block(this.#unique(name), this);
  }

  /** Puts a block behind the others, if it is not there yet: LLVM's layout begins from this order. */
  place(block: Block): void {
    if (!this.blocks.includes(block)) this.blocks.push(block);
  }

  /** A fresh `%name`. */
  localName(hint: string): string {
    return `%${quoteName(this.#unique(hint))}`;
  }

  /** Values and blocks share one name space: the first of a hint has its name, the next a number after a dot. */
  #unique(hint: string): string {
    let count = this.#names.get(hint) ?? 0;
    let name = count === 0 ? hint : `${hint}.${count}`;
    while (count > 0 && this.#names.has(name)) name = `${hint}.${++count}`;
    this.#names.set(hint, count + 1);
    if (name !== hint) this.#names.set(name, 1);
    return name;
  }
}
