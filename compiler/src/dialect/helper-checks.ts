import { matchSection } from "@tsbpfc/loader";
import { type Message, TSB } from "../diagnostics/catalogue.js";
import { spaceOf } from "./build.js";
import type { Expr } from "./model/expressions.js";
import type { Loc } from "./model/location.js";
import type { Func } from "./model/model.js";
import type { Space } from "./model/types.js";
import { walkStatements } from "./model/walk.js";
import type { Session } from "./session.js";
import { helperNamed, knownProgramTypes } from "./stdlib-tables.js";
import { isOlder, printVersion } from "./target.js";

/** A helper that a function calls, whether the source names it or not. */
interface Use {
  readonly helper: string;
  readonly loc: Loc;
}

/** What one function uses by itself, and the functions that it calls or hands to the kernel. */
interface Uses {
  readonly helpers: readonly Use[];
  readonly functions: readonly Func[];
}

/**
 * Every helper must be there on the oldest kernel, for the license, and for each program that reaches the call. One
 * error a call.
 */
export function checkHelpers(session: Session, functions: readonly Func[], license: string): void {
  const uses = new Map(functions.map((func) => [func, usesOf(func)]));
  const reported = new Set<string>();
  const report = ({ helper, loc }: Use, message: Message): void => {
    const place = `${helper} ${loc.file}:${loc.line}:${loc.column}`;
    if (!reported.has(place)) session.reportLoc(loc, message);
    reported.add(place);
  };
  for (const { helpers } of uses.values())
    for (const use of helpers) {
      const message = wherever(session, use.helper, license);
      if (message) report(use, message);
    }
  for (const program of functions) {
    const type = program.section === null ? undefined : matchSection(program.section)?.def.type;
    const known = knownProgramTypes.find((name) => name === type);
    if (!known) continue;
    for (const use of reachedFrom(program, uses)) {
      const programs = helperNamed(use.helper)?.programs ?? [];
      if (!programs.includes(known))
        report(use, TSB.helperNotAllowed(use.helper, program.section ?? "", known, programs));
    }
  }
}

/** What is wrong with a helper whoever calls it. */
function wherever({ target }: Session, name: string, license: string): Message | null {
  const helper = helperNamed(name);
  if (!helper) return null;
  if (target.kernel && isOlder(target, helper.since))
    return TSB.kernelTooOld(name, helper.since, printVersion(target.kernel));
  return helper.gplOnly && !gplCompatible.has(license) ? TSB.licenseNotGpl(name, license) : null;
}

/** `license_is_gpl_compatible`, include/linux/license.h. */
const gplCompatible: ReadonlySet<string> = new Set([
  "GPL",
  "GPL v2",
  "GPL and additional rights",
  "Dual BSD/GPL",
  "Dual MIT/GPL",
  "Dual MPL/GPL",
]);

function* reachedFrom(program: Func, uses: ReadonlyMap<Func, Uses>): Generator<Use> {
  const seen = new Set<Func>([program]);
  for (const func of seen) {
    const { helpers, functions } = uses.get(func) ?? usesOf(func);
    yield* helpers;
    for (const called of functions) seen.add(called);
  }
}

function usesOf(func: Func): Uses {
  const helpers: Use[] = [];
  const functions: Func[] = [];
  walkStatements(func.body, {
    expression: (expr) => {
      const helper = helperOf(expr);
      if (helper !== null) helpers.push({ helper, loc: expr.loc });
      if (expr.kind === "call") functions.push(expr.callee);
      if (expr.kind === "closure") functions.push(expr.closure);
    },
  });
  return { helpers, functions };
}

const readers: Readonly<Record<Space, string | null>> = {
  direct: null,
  probe: "bpf_probe_read_kernel",
  user: "bpf_probe_read_user",
};

/** The helper behind an expression; memory that is not read directly is read by one. */
function helperOf(expr: Expr): string | null {
  switch (expr.kind) {
    case "helper":
      return expr.name;
    case "read":
      return readers[spaceOf(expr.place)];
    case "copy":
      return expr.source.type.kind === "ptr" ? readers[expr.source.type.space] : null;
    default:
      return null;
  }
}
