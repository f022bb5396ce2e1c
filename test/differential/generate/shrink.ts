// Programs that are smaller than one, largest steps first. Not all of them compile: what is left of a program without
// one of its variables is for the compiler to refuse.
import { type Expr, IllTyped, literal, truth } from "../meaning/expressions.js";
import { type Func, func } from "../meaning/functions.js";
import type { Block, Statement } from "../meaning/statements.js";
import type { Program } from "../program.js";

export function* smaller(program: Program): Generator<Program> {
  const { enums, structs, maps, globals, functions, body, result } = program;
  const text = (value: Program): string =>
    [...value.body, ...value.functions.flatMap((f) => f.body)].flatMap((s) => s.lines).join("\n") +
    [value.result, ...value.functions.map((f) => f.result)].map((e) => e.text).join("\n");
  for (const without of lessOf(body)) yield { ...program, body: without };
  for (const [i, one] of functions.entries()) {
    const others = functions.filter((_, j) => j !== i);
    yield { ...program, functions: others };
    for (const less of lessOfFunction(one))
      yield { ...program, functions: functions.map((f, j) => (j === i ? less : f)) };
  }
  for (const less of lessOfExpr(result)) yield { ...program, result: less };
  const used = text(program);
  for (const one of globals)
    if (!used.includes(one.name)) yield { ...program, globals: globals.filter((g) => g !== one) };
  for (const one of maps)
    if (!used.includes(one.name)) yield { ...program, maps: maps.filter((m) => m !== one) };
  for (const one of enums) yield { ...program, enums: enums.filter((e) => e !== one) };
  for (const one of structs) yield { ...program, structs: structs.filter((s) => s !== one) };
}

function* lessOfFunction({ signature, body, result }: Func): Generator<Func> {
  // Its instances would have to shrink with it.
  if (signature.instance) return;
  for (const less of lessOf(body)) yield func(signature, less, result);
  for (const less of lessOfExpr(result)) {
    const made = attempt(() => func(signature, body, less));
    if (made) yield made;
  }
}

/** Blocks with fewer statements, then with smaller ones. */
function* lessOf(block: Block): Generator<Block> {
  for (let size = block.length; size >= 1; size = Math.floor(size / 2))
    for (let at = 0; at < block.length; at += size) yield [...block.slice(0, at), ...block.slice(at + size)];
  for (const [i, statement] of block.entries()) {
    const put = (statements: Block): Block => [...block.slice(0, i), ...statements, ...block.slice(i + 1)];
    for (const body of statement.bodies) yield put(body);
    for (const less of lessOfStatement(statement)) yield put([less]);
  }
}

function* lessOfStatement(statement: Statement): Generator<Statement> {
  const { parts, bodies } = statement;
  for (const [i, body] of bodies.entries())
    for (const less of lessOf(body)) {
      const made = attempt(() => statement.rebuild(parts, bodies.with(i, less)));
      if (made) yield made;
    }
  for (const [i, part] of parts.entries())
    for (const less of lessOfExpr(part)) {
      const made = attempt(() => statement.rebuild(parts.with(i, less), bodies));
      if (made) yield made;
    }
}

function* lessOfExpr(expr: Expr): Generator<Expr> {
  const simple = {
    number: [literal(0n), literal(1n)],
    boolean: [truth(false), truth(true)],
    enum: [],
  }[expr.kind];
  if (expr.parts.length > 0 || !/^[01]$|^true$|^false$/.test(expr.text)) yield* simple;
  for (const part of expr.parts) if (part.kind === expr.kind) yield part;
  for (const [i, part] of expr.parts.entries())
    for (const less of lessOfExpr(part)) {
      const made = attempt(() => expr.rebuild(expr.parts.with(i, less)));
      if (made) yield made;
    }
}

function attempt<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof IllTyped) return null;
    throw error;
  }
}
