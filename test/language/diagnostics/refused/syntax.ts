import { probe } from "../../../support/probe.js";
import { inside, type Refused } from "../example.js";

export const syntax: readonly Refused[] = [
  {
    name: "a program that is async",
    code: "TSB3002",
    source: probe('  @SEC("xdp") «async» filter(ctx: XdpMd): XdpAction { return XdpAction.PASS; }'),
  },
  { name: "try and catch", code: "TSB3004", source: inside("«try» { ctx.data; } catch {}") },
  {
    name: "a power of what is not constant",
    code: "TSB3001",
    source: inside("const n: u64 = «ctx.data ** 2»;"),
    says: "Multiply",
  },
  ...(
    [
      ["what a helper gives", "for (;;) if (bpf_ktime_get_ns() === 0) break;", "for"],
      [
        "a flag that a helper's result sets",
        "let done = false; while (!done) { if (bpf_ktime_get_ns() > 5) done = true; }",
        "while",
      ],
      [
        "what is asked after each round",
        "let n: u64 = 0; do { n = bpf_ktime_get_ns(); } while (n & 1);",
        "do",
      ],
    ] as const
  ).map(
    ([what, statements, word]): Refused => ({
      name: `a loop that only ${what} ends`,
      code: "TSB5006",
      source: inside(statements.replace(word, `«${word}»`)),
      warning: true,
    }),
  ),
  {
    name: "a while that never ends",
    code: "TSB3007",
    source: inside("«while (true) { bpf_ktime_get_ns(); }»"),
  },
  {
    name: "a class that extends another",
    code: "TSB3001",
    source: inside("", "class A { a: u32; }\nclass B «extends A» { b: u32; }"),
  },
  {
    name: "an object that is kept while the next is made",
    code: "TSB2021",
    source: inside(
      "let kept = new A();\n    for (let i = 0; i < 3; i++) { const one = new A(); kept = «one»; }\n    kept.bytes[0] = 1;",
      "class A { bytes: array<u8, 4>; }",
    ),
  },
];
