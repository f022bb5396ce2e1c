import { TSB } from "../../diagnostics/catalogue.js";
import type { Func } from "../model/model.js";
import type { Session } from "../session.js";
import { BoundsAnalysis } from "./analysis.js";

/**
 * Reports indexes that nothing bounds. Where the source bounds one, or a size, by what the verifier cannot follow, it
 * is to be compared once more, in the register that is used.
 */
export function checkBounds(session: Session, functions: readonly Func[]): void {
  const reported = new Set<object>();
  const analysis = new BoundsAnalysis({
    unbounded: (place) => {
      if (reported.has(place)) return;
      reported.add(place);
      const array = place.base.type.kind === "ptr" ? place.base.type.to : null;
      const length = array?.kind === "array" || array?.kind === "str" ? array.length : 0;
      const written = session.indexes.get(place);
      if (written) session.report(written, TSB.indexUnbounded(length), place.loc);
      else session.reportLoc(place.loc, TSB.indexUnbounded(length));
    },
    bounded: ({ bound }, most) => {
      bound.most = most;
    },
  });
  // Closures are followed where they are handed over.
  for (const func of functions) if (!func.closure) analysis.function(func);
  analysis.unreached(functions);
}
