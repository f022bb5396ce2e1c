import { TSB } from "../diagnostics/catalogue.js";
import { constantBytes } from "./constant-objects.js";
import type { Slot } from "./model/expressions.js";
import { sizeOf } from "./model/layout.js";
import type { Func } from "./model/model.js";
import { typeName } from "./model/types.js";
import { walkExpression, walkStatements } from "./model/walk.js";
import type { Session } from "./session.js";
import { helperNamed, isOnlyRead } from "./stdlib-tables.js";

/** `MAX_BPF_STACK`, include/linux/filter.h. */
export const STACK_BYTES = 512;

interface SizedSlot {
  readonly slot: Slot;
  readonly bytes: number;
}

/** What a function keeps in memory, largest first. The backend may keep some of it in registers. */
export const sizedSlots = (func: Func): SizedSlot[] =>
  func.slots
    .filter((slot) => slot.type.kind !== "error")
    .map((slot) => ({ slot, bytes: Math.ceil(sizeOf(slot.type) / 8) * 8 }))
    .sort((a, b) => b.bytes - a.bytes);

export const listSlots = (slots: readonly SizedSlot[]): string =>
  slots
    .slice(0, 5)
    .map(({ slot, bytes }) => `'${slot.name}' (${typeName(slot.type)}) ${bytes}`)
    .join(", ");

/** An object that no stack can hold is an error here; what many small ones sum up to only the backend knows. */
export function checkStack(session: Session, func: Func): void {
  const elsewhere = handedOn(func);
  const [largest, ...rest] = sizedSlots(func).filter(({ slot }) => !elsewhere.has(slot));
  if (largest && largest.bytes > STACK_BYTES)
    session.reportLoc(largest.slot.loc, TSB.stackLimit(largest.bytes, listSlots([largest, ...rest])));
}

/** Objects of constants that helpers alone get, to read: they are in read-only memory, not on the stack. */
function handedOn({ body }: Func): ReadonlySet<Slot> {
  const slots = new Set<Slot>();
  walkStatements(body, {
    expression: (expr) => {
      if (expr.kind !== "helper") return;
      const params = helperNamed(expr.name)?.params ?? [];
      for (const [i, arg] of expr.args.entries())
        if (arg.kind === "temporary" && isOnlyRead(params[i]) && constantBytes(arg))
          // The objects in it too.
          walkExpression(arg, {
            expression: (part) => {
              if (part.kind === "temporary") slots.add(part.slot);
            },
          });
    },
  });
  return slots;
}
