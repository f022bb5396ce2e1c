import { kernelWrites, operationsWriting } from "@tsbpfc/stdlib/tables";
import { type Message, TSB } from "../diagnostics/catalogue.js";
import { spaceOf } from "./build.js";
import type { Place } from "./model/expressions.js";
import type { Func } from "./model/model.js";
import { isAggregate } from "./model/types.js";
import { isStructOps, operationOf } from "./operations.js";
import type { Program } from "./program.js";
import { collect, reachedFrom } from "./reached.js";
import { withoutFlavour } from "./types/flavours.js";

/** The field of a struct of the kernel's that a place is, or is an element of. Null for other memory. */
export function kernelField(place: Place): (Place & { kind: "field" }) | null {
  if (place.kind === "element") return place.base.kind === "address" ? kernelField(place.base.place) : null;
  return place.kind === "field" && place.struct.origin === "kernel" ? place : null;
}

/** What is wrong with assigning to a field of the kernel's, whatever program does it. Null if some may. */
export function kernelFieldFixed(place: Place & { kind: "field" }, whole: Place): Message | null {
  const writable = !isAggregate(whole.type) && !place.field.bits && spaceOf(place) === "direct";
  return writable && writers(place).length > 0
    ? null
    : TSB.kernelFieldFixed(place.field.name, place.struct.name, writableFields());
}

/** Every program that reaches an assignment to a field of the kernel's has to be one of the operations that may. */
export function checkKernelWrites(program: Program): void {
  const reported = new Set<Place>();
  for (const func of program.functions) {
    if (func.linkage !== "program") continue;
    const operations = operationsOf(program, func);
    for (const one of reachedFrom(func)) {
      for (const place of fieldsWritten(one)) {
        const allowed = writers(place);
        if (reported.has(place) || allowed.some((name) => operations === "any" || operations === name))
          continue;
        reported.add(place);
        program.session.reportLoc(
          place.loc,
          TSB.kernelFieldNotHere(place.field.name, func.section ?? "", allowed.join(", ")),
        );
      }
    }
  }
}

/** The kernel's struct that a program is a member of; "any" if no map names it: it may become one's before load. */
function operationsOf(program: Program, { name, section }: Func): string | null {
  const operation = operationOf(program, name);
  if (operation) return withoutFlavour(operation.struct);
  return isStructOps(section) ? "any" : null;
}

/** Which operations' programs may assign there: a part without a name is known by the struct around it. */
function writers({ struct, field, base }: Place & { kind: "field" }): readonly string[] {
  const own = operationsWriting(withoutFlavour(struct.name), field.name);
  if (own.length > 0 || base.kind !== "address" || base.place.kind !== "field") return own;
  const { struct: outer, field: part } = base.place;
  return operationsWriting(withoutFlavour(outer.name), `${part.name}.${field.name}`);
}

const fieldsWritten = (func: Func): readonly (Place & { kind: "field" })[] =>
  collect(func, (expr) =>
    expr.kind === "assign" || expr.kind === "modify" ? kernelField(expr.place) : null,
  );

/** `tcp_congestion_ops: tcp_sock.snd_cwnd, …`, of all operations. */
const writableFields = (): string =>
  Object.entries(kernelWrites)
    .map(([operations, structs]) => {
      const fields = Object.entries(structs).flatMap(([struct, names]) =>
        names.map((name) => `${struct}.${name}`),
      );
      return `${operations}: ${fields.join(", ")}`;
    })
    .join("; ");
