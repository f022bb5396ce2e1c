import { ts } from "ts-morph";
import type { Random } from "../random.js";
import type { Source } from "./corpus.js";

/** A replacement of a piece of text, or null if this file has no place for it. */
type Edit = { readonly start: number; readonly end: number; readonly text: string } | null;
type Mutation = (file: ts.SourceFile, random: Random, donor: ts.SourceFile) => Edit;

const TYPES = [
  ..."u8 u16 u32 u64 i8 i16 i32 i64 be16 be32 boolean number string any unknown never void null".split(" "),
  ..."object undefined Event ptr<u8> ptr<ptr<Event>> ref<u64> array<u8,4> array<array<u16,2>,3>".split(" "),
  ..."array<u8,0> array<u8,-1> array<u64,1000000> array<Event,2> str<16> str<0> bits<u32,3>".split(" "),
  ..."bits<u8,9> HashMap<u32,u64> RingBuf<Event> Timer<u32> SpinLock Iterator<u32> this".split(" "),
  "u32 | null",
  "u32 | u64",
  "ptr<Event> | null",
  "{ a: u32; b: u8 }",
  "[u32, u8]",
  "() => void",
  "readonly u8[]",
  "keyof Event",
  "Event['pid']",
];

const NUMBERS = [
  ..."0 1 -1 2 7 63 64 65 255 256 65535 4294967295 4294967296 0xffff_ffff_ffff_ffff 18446744073709551616".split(
    " ",
  ),
  ..."9223372036854775807 -9223372036854775808 1e9 1e400 0.5 1n 0xffff_ffff_ffff_ffffn 08 NaN Infinity".split(
    " ",
  ),
];

const OPERATORS =
  "+ - * / % ** & | ^ << >> >>> < > <= >= == != === !== && || ?? , = += -= *= /= %= <<= >>= >>>= &= |= ^= in instanceof".split(
    " ",
  );

/** Every node below a file that a test takes. */
function nodes(file: ts.SourceFile, test: (node: ts.Node) => boolean): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (test(node) && node.getEnd() > node.getStart(file)) found.push(node);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return found;
}

const anyOf = <T>(random: Random, items: readonly T[]): T | null =>
  items.length === 0 ? null : random.pick(items);

const replace = (file: ts.SourceFile, node: ts.Node, text: string): Edit => ({
  start: node.getStart(file),
  end: node.getEnd(),
  text,
});

/** Nodes that may stand for each other. */
const FAMILIES: readonly ((node: ts.Node) => boolean)[] = [
  (n) =>
    ts.isExpression(n) &&
    !(ts.isIdentifier(n) && ts.isPropertyAccessExpression(n.parent) && n.parent.name === n),
  ts.isStatement,
  ts.isTypeNode,
  ts.isClassElement,
  ts.isParameter,
  ts.isDecorator,
  ts.isTypeElement,
  ts.isObjectLiteralElement,
  ts.isBlock,
];

const REMOVABLE = (n: ts.Node): boolean =>
  ts.isStatement(n) ||
  ts.isClassElement(n) ||
  ts.isDecorator(n) ||
  ts.isParameter(n) ||
  ts.isModifier(n) ||
  ts.isTypeNode(n) ||
  ts.isObjectLiteralElement(n) ||
  ts.isImportSpecifier(n) ||
  ts.isHeritageClause(n);

export const mutations: Readonly<Record<string, Mutation>> = {
  "swap tokens": (file, random) => {
    const scanner = ts.createScanner(ts.ScriptTarget.ESNext, true, ts.LanguageVariant.Standard, file.text);
    const tokens: { start: number; end: number }[] = [];
    while (scanner.scan() !== ts.SyntaxKind.EndOfFileToken)
      tokens.push({ start: scanner.getTokenStart(), end: scanner.getTokenEnd() });
    const at = random.below(tokens.length);
    const [a, b] = [tokens[at], tokens[at + 1 + random.below(6)]];
    if (!a || !b) return null;
    const { text } = file;
    return {
      start: a.start,
      end: b.end,
      text: text.slice(b.start, b.end) + text.slice(a.end, b.start) + text.slice(a.start, a.end),
    };
  },
  "swap subtrees": (file, random, donor) => {
    const family = random.pick(FAMILIES);
    const target = anyOf(random, nodes(file, family));
    const from = random.below(3) === 0 ? donor : file;
    const source = anyOf(random, nodes(from, family));
    return target && source && replace(file, target, source.getText(from));
  },
  delete: (file, random) => {
    const target = anyOf(random, nodes(file, REMOVABLE));
    return target && replace(file, target, "");
  },
  repeat: (file, random) => {
    const target = anyOf(
      random,
      nodes(file, (n) => ts.isStatement(n) || ts.isClassElement(n)),
    );
    return target && replace(file, target, `${target.getText(file)}\n${target.getText(file)}`);
  },
  "change a type": (file, random) => {
    const target = anyOf(random, nodes(file, ts.isTypeNode));
    return target && replace(file, target, random.pick(TYPES));
  },
  "change a number": (file, random) => {
    const target = anyOf(random, nodes(file, ts.isNumericLiteral));
    return target && replace(file, target, random.pick(NUMBERS));
  },
  "change an operator": (file, random) => {
    const target = anyOf(random, nodes(file, ts.isBinaryExpression));
    return target && ts.isBinaryExpression(target)
      ? replace(file, target.operatorToken, ` ${random.pick(OPERATORS)} `)
      : null;
  },
  "change a name": (file, random) => {
    const names = nodes(file, ts.isIdentifier);
    const target = anyOf(random, names);
    const source = anyOf(random, names);
    return target && source && replace(file, target, source.getText(file));
  },
};

export const parse = (text: string): ts.SourceFile =>
  ts.createSourceFile("probe.bpf.ts", text, ts.ScriptTarget.ESNext, true);

/** The parser's own list, which only a program's getSyntacticDiagnostics() gives to others. */
const isValid = (file: ts.SourceFile & { readonly parseDiagnostics?: readonly unknown[] }): boolean =>
  file.parseDiagnostics?.length === 0;

/** How many edits: mostly one, for what has many is refused for the first. */
const EDITS = [1, 1, 1, 1, 2, 2, 3, 5];
const TRIES = 30;

/** Some edits at random, of which each leaves syntax that TypeScript accepts. */
export function mutate(
  base: string,
  random: Random,
  donors: readonly Source[],
): { text: string; how: string[] } {
  let text = base;
  const how: string[] = [];
  const edits = random.pick(EDITS);
  for (let tries = 0; tries < TRIES && how.length < edits; tries++) {
    const file = parse(text);
    const name = random.pick(Object.keys(mutations));
    const edit = mutations[name]?.(file, random, parse(random.pick(donors).text));
    if (!edit) continue;
    const changed = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
    if (changed === text || !isValid(parse(changed))) continue;
    text = changed;
    how.push(name);
  }
  return { text, how };
}
