import { type EnumExpr, enumOf, ill, type NumberExpr, numberAt } from "./expressions.js";
import { type Block, bodyAt, done, linesOf, runBlock, type Statement } from "./statements.js";

export interface Case {
  /** Null is `default`. */
  readonly value: bigint | null;
  /** As it is written: a number, or an enum's member. */
  readonly text: string;
  /** False: it falls through. */
  readonly leaves: boolean;
}

/** Equal as mathematical integers are. */
export function choice(
  subject: NumberExpr | EnumExpr,
  cases: readonly Case[],
  bodies: readonly Block[],
): Statement {
  if (subject.known || subject.narrows) ill("TypeScript may know it");
  return {
    lines: [
      `switch (${subject.text}) {`,
      ...cases.flatMap(({ value, text, leaves }, i) => {
        const head = `  ${value === null ? "default" : `case ${text}`}:`;
        const body = linesOf(bodyAt(bodies, i)).map((line) => `  ${line}`);
        // Without statements of its own, it shares those of the next.
        return body.length === 0 && !leaves
          ? [head]
          : [`${head} {`, ...body, ...(leaves ? ["    break;"] : []), "  }"];
      }),
      "}",
    ],
    parts: [subject],
    bodies,
    rebuild: (p, b) => choice(p[0]?.kind === "enum" ? enumOf(p[0].type, p[0]) : numberAt(p, 0), cases, b),
    run: (m) => {
      const value = subject.value(m);
      const match = cases.findIndex((c) => c.value === value);
      const first = match >= 0 ? match : cases.findIndex((c) => c.value === null);
      if (first < 0) return done;
      for (let i = first; i < cases.length; i++) {
        const jump = runBlock(m, bodyAt(bodies, i));
        if (jump?.kind === "break" && jump.label === null) return done;
        if (jump) return jump;
        if (cases[i]?.leaves) return done;
      }
      return done;
    },
  };
}
