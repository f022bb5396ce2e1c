// Faults put into copies of the compiler on purpose: a search that does not find them would find nothing.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { Compile } from "./kernel.js";
import { search } from "./search.js";

interface Mutant {
  readonly name: string;
  /** Of the compiler's sources, within `compiler/src/lower/`. */
  readonly file: string;
  /** Stands there exactly once, or the mutant is out of date. */
  readonly find: string;
  readonly replace: string;
}

const mutants: readonly Mutant[] = [
  {
    name: "a wrong shift: `>>` of a signed value is logical",
    file: "expressions/integers.ts",
    find: 'expr.op === ">>") return f.b.binary(signed ? "ashr" : "lshr", left, right)',
    replace: 'expr.op === ">>") return f.b.binary("lshr", left, right)',
  },
  {
    name: "a signed comparison made unsigned",
    file: "expressions/integers.ts",
    find: 'predicates[expr.op][signed ? "signed" : "unsigned"]',
    replace: 'predicates[expr.op]["unsigned"]',
  },
  {
    name: "a dropped truncation: a conversion that is widened again keeps all bits",
    file: "expressions/conversions.ts",
    find: "const value = lowerExpression(f, operand);",
    replace:
      'if (operand.kind === "convert" && operand.operand.type.kind === "int") operand = operand.operand;\n  const value = lowerExpression(f, operand);',
  },
  {
    name: "a wrong struct offset: a field at byte 4 is taken for the one at 0",
    file: "expressions/fields.ts",
    find: "local: (f, base, { field }) => f.b.gep(ir.i8, base, [ir.constInt(ir.i64, field.offset)])",
    replace: "local: (f, base, { field }) => f.b.gep(ir.i8, base, [ir.constInt(ir.i64, field.offset & ~4)])",
  },
  {
    name: "a swapped branch: `?:` takes the other value",
    file: "expressions/conditions.ts",
    find: "(yes, no) => branchOn(f, expr.condition, yes, no),",
    replace: "(yes, no) => branchOn(f, expr.condition, no, yes),",
  },
];

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The compiler with the fault, as a module of its own. Nothing of it stays in the product. */
async function compilerWith({ file, find, replace }: Mutant, index: number): Promise<Compile> {
  const path = join(root, "compiler/src/lower", file);
  const source = readFileSync(path, "utf8");
  if (source.split(find).length !== 2) throw new Error(`${file} no longer holds once: ${find}`);
  const outfile = join(root, "test/.build", `mutant-${process.pid}-${index}.mjs`);
  await build({
    entryPoints: [join(root, "compiler/src/index.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "error",
    plugins: [
      {
        name: "mutant",
        setup: ({ onLoad }) => {
          onLoad({ filter: /\.ts$/ }, ({ path: loaded }) =>
            loaded === path ? { contents: source.replace(find, () => replace), loader: "ts" } : null,
          );
        },
      },
    ],
  });
  const { compile } = (await import(pathToFileURL(outfile).href)) as typeof import("@tsbpfc/compiler");
  rmSync(outfile);
  return compile;
}

export interface Caught {
  readonly name: string;
  /** Programs that had run before the object with the finding; null if none was found. */
  readonly after: number | null;
  readonly how: string;
  readonly seconds: number;
}

/** Searches with each fault until it is found, or `count` programs have run. */
export async function catchMutants(count: number, seed: number): Promise<readonly Caught[]> {
  const results: Caught[] = [];
  for (const [i, mutant] of mutants.entries()) {
    const compile = await compilerWith(mutant, i);
    const start = performance.now();
    const { findings } = search({ count, seed, cpus: ["v3"], compile, most: 1 });
    const found = findings.find(({ verdict }) => verdict.kind === "different") ?? findings[0];
    results.push({
      name: mutant.name,
      after: found?.after ?? null,
      how: found?.verdict.kind ?? "not found",
      seconds: (performance.now() - start) / 1000,
    });
  }
  return results;
}
