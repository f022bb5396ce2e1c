import { release } from "node:os";
import type { ProgramType } from "@tsbpfc/loader";
import { helpers, kfuncs, type LaterPrograms } from "@tsbpfc/stdlib/tables";
import { describe, expect } from "vitest";
import { mayCallHelper, mayCallKfunc, usable } from "../support/callable.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast } from "../support/needs.js";

/** A type of program, and the release from which on programs of it may call a function. */
type Row = readonly [type: ProgramType, since: string];
const rows = (later: LaterPrograms = {}): readonly Row[] =>
  Object.entries(later).flatMap(([since, types]) => types.map((type): Row => [type, since]));

const ways = new Map<ProgramType, ReturnType<typeof usable>>();
function waysOf(type: ProgramType): ReturnType<typeof usable> {
  const found = ways.get(type) ?? usable(type);
  ways.set(type, found);
  return found;
}

/** What the kernel answers and the table has not, or the other way round: an older kernel that has it, a newer without. */
function differing(name: string, later: readonly Row[], mayCall: (type: ProgramType) => boolean): string[] {
  return later.flatMap(([type, since]) => {
    if (waysOf(type).length === 0) return [];
    const isThere = mayCall(type);
    return isThere === isAtLeast(release(), since) ? [] : [`${name} in ${type}, since ${since}: ${isThere}`];
  });
}

describe("the standard library's tables, asked of this kernel", () => {
  kernelTest("helpers that came to a program type after others are there from that release on", {}, () => {
    const wrong = Object.entries(helpers).flatMap(([name, { id, later }]) =>
      differing(name, rows(later), (type) => mayCallHelper(type, waysOf(type), id)),
    );
    expect(wrong).toEqual([]);
  });

  kernelTest("the kernel's functions for programs are there from their release on", {}, () => {
    const types = ["xdp", "tracing", "sched_cls", "syscall", "sock_ops", "struct_ops"] as const;
    const wrong = Object.entries(kfuncs).flatMap(([name, { since, later }]) => {
      const isThere = types.some((type) => mayCallKfunc(type, waysOf(type), name));
      const early = isThere && !isAtLeast(release(), since) ? [`${name}: before ${since}`] : [];
      return [...early, ...differing(name, rows(later), (type) => mayCallKfunc(type, waysOf(type), name))];
    });
    expect(wrong).toEqual([]);
  });
});
