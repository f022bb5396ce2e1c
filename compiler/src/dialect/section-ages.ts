import { attachTypeSince, matchSection, programTypeSince, sectionSince } from "@tsbpfc/loader";
import { tooOld } from "./ages.js";
import type { Func } from "./model/model.js";
import type { Session } from "./session.js";
import { isOlder } from "./target.js";

/** The oldest kernel must load programs of each section: of their type, and for what they are to be attached to. */
export function checkSectionAges(session: Session, functions: readonly Func[]): void {
  const { target } = session;
  if (!target.kernel) return;
  for (const { section, loc } of functions) {
    const { type, attachType, prefix } = (section === null ? null : matchSection(section)?.def) ?? {};
    const ages = [
      type && programTypeSince[type],
      attachType ? attachTypeSince[attachType] : undefined,
      prefix && sectionSince[prefix],
    ];
    const since = ages.findLast((age) => age !== undefined && isOlder(target, age));
    const old = since === undefined ? null : tooOld(target, `@SEC("${section}")`, since);
    if (old) session.reportLoc(loc, old);
  }
}
