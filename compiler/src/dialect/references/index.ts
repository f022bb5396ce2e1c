import { TSB } from "../../diagnostics/catalogue.js";
import type { Func } from "../model/model.js";
import type { Session } from "../session.js";
import { ReferenceAnalysis } from "./analysis.js";
import { handlingOf } from "./functions.js";
import type { Reference } from "./state.js";

/** Reports what a program takes and does not give back, and what it uses after it gave it back. */
export function checkReferences(session: Session, functions: readonly Func[]): void {
  const leaked = new Set<Reference>();
  const analysis = new ReferenceAnalysis({
    leaked: (reference, at) => {
      if (leaked.has(reference)) return; // one way out is enough to say it
      leaked.add(reference);
      const { gives = "" } = handlingOf(nameOf(reference));
      session.reportLoc(at, TSB.referenceLeaked(shown(reference), reference.loc.line, gives));
    },
    gone: (reference, at) => session.reportLoc(at, TSB.referenceGone(shown(reference), reference.loc.line)),
  });
  for (const func of functions) analysis.function(func);
}

const nameOf = (reference: Reference): string =>
  reference.kind === "helper" ? reference.name : reference.callee.name;

/** As the source names it: the ends of the kernel's names are left out there. */
const shown = (reference: Reference): string => nameOf(reference).replace(/_impl$/, "");
