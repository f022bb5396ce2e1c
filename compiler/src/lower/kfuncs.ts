import * as ir from "../ir/index.js";

/** Something that a kernel function takes or returns: for the code, and for BTF, by which the kernel finds it. */
interface Passed {
  readonly value: ir.IrType;
  /** Null is void. */
  readonly debug: ir.DIType | null;
}

/** A kernel function that is called by its name, as the kernel's own header declares it. */
export interface Kfunc {
  readonly name: string;
  readonly returns: Passed;
  readonly params: readonly (Passed & { readonly name: string; readonly debug: ir.DIType })[];
}

/** Declarations of the kernel functions that a module calls, each made once. */
export class KfuncTable {
  readonly #declared = new Map<string, ir.IrFunction>();

  constructor(readonly module: ir.Module) {}

  declare({ name, returns, params }: Kfunc): ir.IrFunction {
    const known = this.#declared.get(name);
    if (known) return known;
    const { debug } = this.module;
    const signature = ir.functionType(
      returns.value,
      params.map((p) => p.value),
    );
    const made = this.module.function(name, signature, {
      section: ".ksyms",
      debug: debug.subprogram({
        name,
        file: debug.mainFile,
        line: 1,
        returns: returns.debug,
        params: params.map((p) => ({ name: p.name, type: p.debug })),
        definition: false,
      }),
    });
    this.#declared.set(name, made);
    return made;
  }
}
