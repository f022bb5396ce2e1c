import { TSB } from "../diagnostics/catalogue.js";
import { spaceOf } from "./build.js";
import type { Loc } from "./model/location.js";
import type { Func, GlobalModel, MapModel } from "./model/model.js";
import { walkStatements } from "./model/walk.js";
import type { Session } from "./session.js";

/** The kernel takes one arena for a program, which all its addresses lead to. */
export function checkArenas(
  session: Session,
  maps: readonly MapModel[],
  globals: readonly GlobalModel[],
  functions: readonly Func[],
): void {
  const count = maps.filter(({ type }) => type.mapKind === "arena").length;
  if (count === 1) return;
  const used =
    globals.find(({ inArena }) => inArena)?.loc ?? functions.map(usedIn).find((loc) => loc !== null);
  if (used) session.reportLoc(used, TSB.arenaMap(count));
}

function usedIn({ body }: Func): Loc | null {
  let used: Loc | null = null;
  walkStatements(body, {
    place: (place) => {
      if (spaceOf(place) === "arena") used ??= place.loc;
    },
  });
  return used;
}
