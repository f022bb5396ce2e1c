import { transformSync } from "esbuild";
import { describe, expect } from "vitest";
import { computing } from "../support/computed.js";
import { probe } from "../support/probe-source.js";
import type { Case } from "./case.js";
import { indexes } from "./cases/indexes.js";
import { loops } from "./cases/loops.js";
import { objects } from "./cases/objects.js";
import { order } from "./cases/order.js";
import { patterns } from "./cases/patterns.js";

/** Loops of the standard library, for JavaScript. */
const library = {
  loop: (count: number, body: (round: number) => unknown): void => {
    for (let i = 0; i < count; i++) if (body(i) === false) break;
  },
  repeat: (count: number, body: (round: number) => void): void => {
    for (let i = 0; i < count; i++) body(i);
  },
  *range(from: number, to: number): Generator<number> {
    for (let i = from; i < to; i++) yield i;
  },
};

/** The fields after the program's body has run here, without its types. */
function inJavaScript({ before = "", fields, body }: Case): Record<string, unknown> {
  const source = `${before}\nclass Probe { ${fields}\nrun() { ${body} } }\nconst probe = new Probe(); probe.run(); result(probe);`;
  let fieldsAfter: Record<string, unknown> = {};
  const names = [...Object.keys(library), "result"];
  new Function(...names, transformSync(source, { loader: "ts" }).code)(
    ...Object.values(library),
    (after: Record<string, unknown>) => {
      fieldsAfter = { ...after };
    },
  );
  return fieldsAfter;
}

const compiled = ({ before = "", imports = "", fields, body }: Case): string =>
  probe(
    `  ${fields}
  @SEC("xdp") run(ctx: XdpMd): XdpAction { this.body(); return XdpAction.PASS; }
  body(): void {
    ${body}
  }`,
    { imports, before },
  );

/** What a skeleton gives, as JavaScript's numbers and arrays. */
const plain = (value: unknown): unknown =>
  typeof value === "bigint"
    ? Number(value)
    : ArrayBuffer.isView(value)
      ? Array.from(value as Uint8Array)
      : value;

describe.each([
  ["patterns", patterns],
  ["loops and jumps", loops],
  ["order of evaluation", order],
  ["objects and functions", objects],
  ["indexes", indexes],
] as const)("the same source in the kernel and in JavaScript: %s", (_group, cases) => {
  for (const one of cases)
    computing(one.name, compiled(one), async (computed) => {
      const { result, ...after } = await computed();
      expect(result).toBe(2);
      const values = Object.entries(after).map(([name, value]) => [name, plain(value)]);
      expect(Object.fromEntries(values)).toEqual(inJavaScript(one));
    });
});
