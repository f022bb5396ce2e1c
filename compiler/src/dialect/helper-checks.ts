import { essentialName, matchSection } from "@tsbpfc/loader";
import { type Message, TSB } from "../diagnostics/catalogue.js";
import { tooNew, tooOld } from "./ages.js";
import { spaceOf } from "./build.js";
import { isGplCompatible } from "./license.js";
import type { Expr } from "./model/expressions.js";
import type { Loc } from "./model/location.js";
import type { Func } from "./model/model.js";
import { objectsIn, type Space, type Type } from "./model/types.js";
import { walkStatements } from "./model/walk.js";
import { reachedFrom } from "./reached.js";
import type { Session } from "./session.js";
import {
  type FormerPrograms,
  type Helper,
  helperNamed,
  type Kfunc,
  kfuncNamed,
  knownProgramTypes,
  type LaterPrograms,
  type ProgramTypeName,
  programsWithout,
} from "./stdlib-tables.js";

/** A helper, or a function of the kernel, that a function calls, whether the source names it or not. */
interface Use {
  readonly kind: "helper" | "kfunc";
  readonly name: string;
  readonly loc: Loc;
  /** Called only where the kernel has no newer form of it. */
  readonly isFormer?: boolean;
}

/** A map or a global, by what it holds. */
interface Holder {
  readonly name: string;
  readonly type: Type | null;
  readonly loc: Loc;
}

/** What one function uses by itself. */
interface Uses {
  readonly calls: readonly Use[];
  readonly holders: readonly Holder[];
}

/**
 * Every helper must be there on the oldest kernel, for the license, and for each program that reaches the call; so must
 * functions of the kernel, as far as they are known; and what maps and globals hold has to be allowed to each program that
 * reaches them. One error a place.
 */
export function checkHelpers(session: Session, functions: readonly Func[], license: string): void {
  const uses = new Map(functions.map((func) => [func, usesOf(func)]));
  const reported = new Set<string>();
  const report = ({ name, loc }: Pick<Use, "name" | "loc">, message: Message | null): void => {
    const place = `${name} ${loc.file}:${loc.line}:${loc.column}`;
    if (message && !reported.has(place)) {
      session.reportLoc(loc, message);
      reported.add(place);
    }
  };
  for (const { calls } of uses.values())
    for (const use of calls) report(use, wherever(session, use, license));
  for (const program of functions) {
    const type = program.section === null ? undefined : matchSection(program.section)?.def.type;
    const known = knownProgramTypes.find((name) => name === type);
    if (!known) continue;
    const reached = [...reachedFrom(program)].map((func) => uses.get(func) ?? usesOf(func));
    for (const holder of reached.flatMap(({ holders }) => holders))
      report(holder, notHere(holder, program.section ?? "", known));
    for (const use of reached.flatMap(({ calls }) => calls)) {
      const programs = use.kind === "helper" ? (helperNamed(use.name)?.programs ?? []) : null;
      if (programs && !programs.includes(known))
        report(use, TSB.helperNotAllowed(use.name, program.section ?? "", known, programs));
      else report(use, tooOldFor(session, use, known) ?? tooNewFor(session, use, known));
    }
  }
}

/** What the program may not use for an object in it. */
function notHere({ name, type }: Holder, section: string, program: ProgramTypeName): Message | null {
  const object = type && objectsIn(type).find((one) => programsWithout(one).includes(program));
  return object ? TSB.objectNotHere(name, object, section, program) : null;
}

const callee = ({ kind, name }: Use): Helper | Kfunc | null =>
  kind === "helper" ? helperNamed(name) : kfuncNamed(name);

/** What is wrong with a call whoever makes it. */
function wherever({ target }: Session, use: Use, license: string): Message | null {
  const called = callee(use);
  const old = called && tooOld(target, use.name, called.since);
  if (old) return old;
  const isGone = called !== null && "gone" in called && called.gone !== undefined && !use.isFormer;
  if (isGone) return tooNew(target, use.name, called.gone);
  // Functions of the kernel all are (kernel: add_kfunc_call), and some helpers.
  const gplOnly = use.kind === "kfunc" || (called !== null && "gplOnly" in called && called.gplOnly);
  return gplOnly && !isGplCompatible(license) ? TSB.licenseNotGpl(use.name, license) : null;
}

/** Programs of this type got the function after the oldest kernel. */
function tooOldFor({ target }: Session, use: Use, type: ProgramTypeName): Message | null {
  const later: LaterPrograms = callee(use)?.later ?? {};
  const [since] = Object.entries(later).find(([, types]) => types.includes(type)) ?? [];
  return since === undefined ? null : tooOld(target, `${use.name} in a program of type ${type}`, since);
}

/** Programs of this type may call the function no more. */
function tooNewFor({ target }: Session, use: Use, type: ProgramTypeName): Message | null {
  const until: FormerPrograms = callee(use)?.until ?? {};
  const [gone] = Object.entries(until).find(([, types]) => types.includes(type)) ?? [];
  return gone === undefined ? null : tooNew(target, `${use.name} in a program of type ${type}`, gone);
}

function usesOf(func: Func): Uses {
  const calls: Use[] = [];
  const holders: Holder[] = [];
  walkStatements(func.body, {
    expression: (expr) => {
      const helper = helperOf(expr);
      if (helper !== null) calls.push({ kind: "helper", name: helper, loc: expr.loc });
      if (expr.kind === "kernelCall") {
        const oldest = expr.callee.former ?? expr.callee;
        // A weak function need not be there, but one of two forms has to.
        if (!oldest.weak || expr.callee.former)
          calls.push({
            kind: "kfunc",
            name: essentialName(oldest.name),
            loc: expr.loc,
            isFormer: oldest !== expr.callee,
          });
      }
      if (expr.kind === "map")
        for (const map of [expr.map, expr.map.inner])
          if (map) holders.push({ name: expr.map.name, type: map.type.value, loc: expr.loc });
    },
    place: (place) => {
      if (place.kind === "global")
        holders.push({ name: place.global.name, type: place.type, loc: place.loc });
    },
  });
  return { calls, holders };
}

const readers: Readonly<Record<Space, string | null>> = {
  direct: null,
  arena: null,
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
