import { release } from "node:os";
import type { ProgramType } from "@tsbpfc/loader";
import { type FormerPrograms, helpers, kfuncs, type LaterPrograms } from "@tsbpfc/stdlib/tables";
import { describe, expect } from "vitest";
import { mayCallHelper, mayCallKfunc, usable } from "../support/callable.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast } from "../support/needs.js";

/** A type of program, and the releases from which on programs of it may call a function, and may not. */
type Row = readonly [type: ProgramType, since: string, until: string | null];

const releaseOf = (by: LaterPrograms | FormerPrograms, type: string): string | null =>
  Object.entries(by).find(([, types]) => types.some((one) => one === type))?.[0] ?? null;

function rows(later: LaterPrograms = {}, until: FormerPrograms = {}): readonly Row[] {
  const types = new Set([...Object.values(later), ...Object.values(until)].flat());
  return [...types].map((type): Row => [type, releaseOf(later, type) ?? "0.0", releaseOf(until, type)]);
}

const ways = new Map<ProgramType, ReturnType<typeof usable>>();
function waysOf(type: ProgramType): ReturnType<typeof usable> {
  const found = ways.get(type) ?? usable(type);
  ways.set(type, found);
  return found;
}

/** What the kernel answers and the table has not, or the other way round: an older kernel that has it, a newer without. */
function differing(name: string, rows: readonly Row[], mayCall: (type: ProgramType) => boolean): string[] {
  return rows.flatMap(([type, since, until]) => {
    if (waysOf(type).length === 0) return [];
    const isThere = mayCall(type);
    const should = isAtLeast(release(), since) && !(until !== null && isAtLeast(release(), until));
    return isThere === should ? [] : [`${name} in ${type}, since ${since} until ${until}: ${isThere}`];
  });
}

describe("the standard library's tables, asked of this kernel", () => {
  kernelTest("helpers that some program types got later, or lost, are there just then", {}, () => {
    const wrong = Object.entries(helpers).flatMap(([name, { id, since, later, until }]) =>
      differing(name, isAtLeast(release(), since) ? rows(later, until) : [], (type) =>
        mayCallHelper(type, waysOf(type), id),
      ),
    );
    expect(wrong).toEqual([]);
  });

  kernelTest("the kernel's functions for programs are there from their release on, to their last", {}, () => {
    const types = ["xdp", "tracing", "sched_cls", "syscall", "sock_ops", "lsm"] as const;
    const wrong = Object.entries(kfuncs).flatMap(([name, { since, gone, later, until }]) => {
      const isThere = types.some((type) => mayCallKfunc(type, waysOf(type), name));
      const early = isThere && !isAtLeast(release(), since) ? [`${name}: before ${since}`] : [];
      const isGone = gone !== undefined && isAtLeast(release(), gone);
      if (isThere && isGone) return [`${name}: after ${gone}`];
      // A kernel may be built without it: whatever the release, no program may call it then.
      if (!isThere || !isAtLeast(release(), since)) return early;
      return differing(name, rows(later, until), (type) => mayCallKfunc(type, waysOf(type), name));
    });
    expect(wrong).toEqual([]);
  });
});
