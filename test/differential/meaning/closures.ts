// Arrow functions that are run at once: what they change of the variables around them is changed there.
import { literal, type NumberExpr, numberAt } from "./expressions.js";
import { binary } from "./operators.js";
import { type Block, bodyAt, done, linesOf, runBlock, type Statement } from "./statements.js";
import { ints } from "./types.js";

/** `const n = loop(count, (i) => { … })`: a body that returns false ends it; the number of rounds that were run. */
export function loopCall(name: string | null, counter: string, count: NumberExpr, body: Block): Statement {
  const limit = count.constant === null ? binary("&", count, literal(15n)) : count;
  return {
    lines: [
      `${name === null ? "" : `const ${name} = `}loop(${limit.text}, (${counter}) => {`,
      ...linesOf(body),
      "});",
    ],
    parts: [count],
    bodies: [body],
    rebuild: (p, b) => loopCall(name, counter, numberAt(p, 0), bodyAt(b, 0)),
    run: (m) => {
      const end = limit.value(m);
      let rounds = 0n;
      for (let goesOn = true; goesOn && rounds < end; rounds++) {
        m.declare(counter, ints.u32, rounds);
        const jump = runBlock(m, body);
        goesOn = jump?.kind !== "return" || jump.value !== 0n;
      }
      if (name !== null) m.declare(name, ints.i64, rounds);
      return done;
    },
  };
}

/** `repeat(3, (i) => { … })`: `return` ends a round. */
export const repeatCall = (counter: string, count: number, body: Block): Statement => ({
  lines: [`repeat(${count}, (${counter}) => {`, ...linesOf(body), "});"],
  parts: [],
  bodies: [body],
  rebuild: (_, b) => repeatCall(counter, count, bodyAt(b, 0)),
  run: (m) => {
    for (let round = 0; round < count; round++) {
      m.declare(counter, ints.u32, BigInt(round));
      runBlock(m, body);
    }
    return done;
  },
});
