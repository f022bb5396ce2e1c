import { essentialName, matchSection } from "@tsbpfc/loader";
import { isCallableUnlocked, membersCalling, sleepableSince } from "@tsbpfc/stdlib/tables";
import { type Message, TSB } from "../diagnostics/catalogue.js";
import { tooOld } from "./ages.js";
import type { Loc } from "./model/location.js";
import type { Func } from "./model/model.js";
import { isStructOps, operationOf } from "./operations.js";
import type { Program } from "./program.js";
import { collect, reachedFrom } from "./reached.js";
import type { Session } from "./session.js";
import { kfuncNamed } from "./stdlib-tables.js";
import { isOlder } from "./target.js";
import { withoutFlavour } from "./types/flavours.js";

const SCHEDULER = "sched_ext_ops";

/** A function of the kernel that is called, or the forms of one that the standard library chooses from. */
interface Call {
  readonly names: readonly string[];
  readonly loc: Loc;
}

/**
 * Functions for CPU schedulers are called by those members of one that may: older kernels end the scheduler where it calls
 * another, and newer ones refuse the program. Members may sleep that the kernel calls without locks.
 */
export function checkSchedulerCalls(program: Program): void {
  const { session } = program;
  const reported = new Set<string>();
  for (const func of program.functions) {
    if (func.linkage !== "program" || func.section === null) continue;
    const caller = callerOf(program, func, func.section);
    if (caller === "any") continue;
    const wrong = caller.member && asleep(session, caller.member, func.section);
    if (wrong) session.reportLoc(func.loc, wrong);
    for (const { names, loc } of [...reachedFrom(func)].flatMap((one) => callsOf(session, one))) {
      const place = `${loc.file}:${loc.line}:${loc.column}`;
      const [first = ""] = names;
      if (reported.has(place) || names.length === 0 || names.some((name) => mayCall(caller, name))) continue;
      reported.add(place);
      session.reportLoc(
        loc,
        TSB.schedulerCallNotHere(shown(first), caller.text, membersCalling(first) ?? []),
      );
    }
  }
}

/** What is wrong with a member that may sleep, if this one does. */
function asleep({ target }: Session, member: string, section: string): Message | null {
  if (!/^\??struct_ops\.s/.test(section)) return null;
  const since = sleepableSince(member);
  return since === null
    ? TSB.memberNotSleepable(member, section)
    : tooOld(target, `'${member}' as a program that may sleep`, since);
}

/** What calls: a member of a scheduler, or a program that is none. */
interface Caller {
  readonly text: string;
  readonly member: string | null;
  readonly isSyscall: boolean;
}

/** "any" for a program of struct_ops that no map names: it may become a member before load. */
function callerOf(program: Program, { name }: Func, section: string): Caller | "any" {
  const operation = operationOf(program, name);
  if (!operation && isStructOps(section)) return "any";
  const isScheduler = operation !== null && withoutFlavour(operation.struct) === SCHEDULER;
  return {
    text: operation ? `'${operation.member}' of ${withoutFlavour(operation.struct)}` : `@SEC("${section}")`,
    member: isScheduler ? operation.member : null,
    isSyscall: matchSection(section)?.def.type === "syscall",
  };
}

function mayCall({ member, isSyscall }: Caller, name: string): boolean {
  const members = membersCalling(name);
  if (!members) return true;
  return member === null ? isSyscall && isCallableUnlocked(name) : members.includes(member);
}

/**
 * The calls of a function of the probe's. One that goes to the standard library may go to any form of the kernel's
 * function: those that the oldest kernel lacks are no way out.
 */
function callsOf(session: Session, func: Func): readonly Call[] {
  if (isStdlib(session, func)) return [];
  return collect(func, (expr): Call | null => {
    if (expr.kind === "kernelCall") return { names: [essentialName(expr.callee.name)], loc: expr.loc };
    if (expr.kind !== "call" || !isStdlib(session, expr.callee)) return null;
    const names = [...reachedFrom(expr.callee)].flatMap((one) =>
      collect(one, (inner) => (inner.kind === "kernelCall" ? essentialName(inner.callee.name) : null)),
    );
    const there = names.filter((name) => !isOlder(session.target, kfuncNamed(name)?.since ?? "0.0"));
    return { names: there, loc: expr.loc };
  });
}

const isStdlib = ({ files }: Session, { loc }: Func): boolean =>
  files[loc.file]?.name.startsWith("@tsbpfc/stdlib/") === true;

/** As it is imported. */
const shown = (name: string): string =>
  withoutFlavour(name)
    .replace(/^__/, "")
    .replace(/_bstr$/, "");
