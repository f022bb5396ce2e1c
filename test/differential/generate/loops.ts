import { loopCall, repeatCall } from "../meaning/closures.js";
import { literal } from "../meaning/expressions.js";
import { arrayLoop, doLoop, forLoop, rangeLoop, whileLoop } from "../meaning/loops.js";
import { mapLoop, pointed, whereFound } from "../meaning/maps.js";
import type { Block, Statement } from "../meaning/statements.js";
import { bool, ints } from "../meaning/types.js";
import { mayIterate } from "./calls.js";
import type { Construct, Generator } from "./generator.js";
import { mapKey } from "./numbers.js";

const MAX_LOOPS = 2;

/** A loop, with the name of its counter and perhaps a label. */
function loopOf(
  g: Generator,
  kind: "counted" | "iterated",
  make: (counter: string, label: string | null, body: (declare: () => void) => Block) => Statement | null,
): Statement | null {
  if (g.deep || g.loops >= MAX_LOOPS) return null;
  const label = g.chance(0.3) ? g.name("loop") : null;
  return make(g.name("n"), label, (declare) =>
    g.inside({ label, loop: true }, () => {
      g.counted ||= kind === "counted";
      declare();
      return g.statements(1 + g.below(2));
    }),
  );
}

/** The body of a closure: what is around it is seen, but not broken out of. */
function closure(g: Generator, counter: string, returns: typeof bool | null): Block {
  return g.closed(returns, () => {
    // repeat() is written out.
    g.counted ||= returns === null;
    g.inCallback ||= returns !== null;
    g.declare(counter, ints.u32, { writable: false });
    return g.statements(1 + g.below(3));
  });
}

export const loops: readonly Construct<Statement>[] = [
  {
    name: "for",
    weight: 4,
    make: (g) =>
      loopOf(g, "counted", (counter, label, body) => {
        const limit = g.chance(0.7) ? literal(BigInt(1 + g.below(6))) : g.varying();
        const made = body(() => g.declare(counter, ints.i64, { writable: false, plain: true }));
        return forLoop(counter, label, limit, made);
      }),
  },
  {
    name: "while",
    weight: 2,
    make: (g) =>
      loopOf(g, "counted", (counter, label, body) => {
        const condition = g.condition();
        const made = body(() => g.declare(counter, ints.u32, { writable: false }));
        return whileLoop(counter, label, 1 + g.below(6), condition, made);
      }),
  },
  {
    name: "do",
    weight: 2,
    make: (g) =>
      loopOf(g, "counted", (counter, label, body) => {
        const made = body(() => g.declare(counter, ints.i32, { writable: false }));
        return doLoop(counter, label, 1 + g.below(6), made);
      }),
  },
  {
    name: "range",
    weight: 3,
    make: (g) =>
      loopOf(g, "iterated", (counter, label, body) => {
        if (!mayIterate(g)) return null;
        g.ranges++;
        const [from, to] = [g.number(), g.number()];
        const made = body(() => g.declare(counter, ints.i32, { writable: false }));
        return rangeLoop(counter, label, from, to, made);
      }),
  },
  {
    name: "for … of an array",
    weight: 3,
    make: (g) =>
      loopOf(g, "counted", (name, label, body) => {
        const array = g.place((type) => type.kind === "array", true);
        if (array?.type.kind !== "array") return null;
        const { element } = array.type;
        const made = body(() => g.declare(name, element, { writable: element.kind === "struct" }));
        return arrayLoop(name, label, array, made);
      }),
  },
  {
    name: "for … of a map",
    weight: 2,
    make: (g) =>
      loopOf(g, "iterated", (key, label, body) => {
        if (!g.isMethod) return null;
        const map = g.pick(g.maps);
        const value = g.name("e");
        const made = body(() => {
          g.inCallback = true;
          g.declare(key, ints.u32, { writable: false });
          g.declare(pointed(map, value), map.value);
        });
        return mapLoop(map, key, value, label, made);
      }),
  },
  {
    name: "loop()",
    weight: 4,
    make: (g) => {
      if (g.deep || g.loops >= MAX_LOOPS) return null;
      const counter = g.name("k");
      const name = g.chance(0.4) ? g.name("v") : null;
      const count = g.chance(0.6) ? literal(BigInt(g.below(8))) : g.varying();
      const made = loopCall(name, counter, count, closure(g, counter, bool));
      if (name !== null) g.declare(name, ints.i64, { writable: false });
      return made;
    },
  },
  {
    name: "repeat()",
    weight: 3,
    make: (g) => {
      if (g.deep || g.loops >= MAX_LOOPS) return null;
      const counter = g.name("k");
      return repeatCall(counter, 1 + g.below(4), closure(g, counter, null));
    },
  },
  {
    name: "lookup",
    weight: 2,
    make: (g) => {
      const map = g.isMethod && !g.deep ? g.pick(g.maps) : null;
      if (!map) return null;
      const name = g.name("e");
      const key = mapKey(g);
      const yes = g.scoped(() => {
        g.declare(pointed(map, name), map.value);
        return g.statements(1 + g.below(2));
      });
      return whereFound(map, name, key, yes, g.chance(0.3) ? g.scoped(() => g.statements(1)) : []);
    },
  },
];
