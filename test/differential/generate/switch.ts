import { literal } from "../meaning/expressions.js";
import { binary } from "../meaning/operators.js";
import type { Statement } from "../meaning/statements.js";
import { type Case, choice } from "../meaning/switch.js";
import { ints, narrowed } from "../meaning/types.js";
import type { Generator } from "./generator.js";
import { untouchedEnum } from "./truths.js";
import { interesting } from "./values.js";

export function switched(g: Generator): Statement {
  const subject = g.chance(0.2) ? (untouchedEnum(g) ?? g.varying()) : g.varying();
  const wanted = 1 + g.below(4);
  if (subject.kind === "enum") {
    const members = subject.type.members.slice(0, wanted);
    const cases = members.map(({ name, value }) => ({ value, text: `${subject.type.name}.${name}` }));
    return choice(subject, ...bodiesOf(g, cases));
  }
  const values = new Set<bigint>();
  for (let i = 0; i < wanted; i++)
    values.add(
      g.chance(0.7)
        ? BigInt(g.below(4))
        : narrowed(
            ints.i64,
            interesting(ints.i64, (n) => g.below(n)),
          ),
    );
  const cases = [...values].map((value) => ({ value, text: `${value}` }));
  return choice(g.chance(0.4) ? binary("&", subject, literal(3n)) : subject, ...bodiesOf(g, cases));
}

/** With a default among them, falling through, and with several cases to a body. */
function bodiesOf(
  g: Generator,
  labels: readonly Pick<Case, "value" | "text">[],
): [cases: readonly Case[], bodies: readonly (readonly Statement[])[]] {
  const all: Pick<Case, "value" | "text">[] = [...labels];
  if (g.chance(0.6)) all.splice(g.below(all.length + 1), 0, { value: null, text: "" });
  const made = all.map((label) => {
    const shared = g.chance(0.2);
    const body = g.scoped(() => {
      g.inSwitch = true;
      return shared ? [] : g.statements(1 + g.below(2));
    });
    return { kase: { ...label, leaves: !shared && g.chance(0.6) }, body };
  });
  return [made.map(({ kase }) => kase), made.map(({ body }) => body)];
}
