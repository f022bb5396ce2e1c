import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { convert } from "../build.js";
import { inMemory } from "../expressions/construct.js";
import { checkExpression } from "../expressions/index.js";
import { isText, literalText } from "../expressions/texts.js";
import type { Expr } from "../model/expressions.js";
import type { Loc } from "../model/location.js";
import {
  integers,
  isAggregate,
  isInteger,
  isKernelStruct,
  pointerTo,
  type Type,
  typeName,
  voidType,
} from "../model/types.js";
import type { Scope } from "../scope.js";
import { unparenthesized } from "../syntax.js";

/** A format of the kernel's (kernel: lib/vsprintf.c, bpf_bprintf_prepare) and a value for each conversion in it. */
export interface Format {
  readonly text: string;
  readonly values: readonly Expr[];
}

/** `MAX_BPRINTF_VARARGS`, include/linux/bpf.h. */
const MAX_VALUES = 12;

/**
 * The text at an argument's place, and what follows it: a template, whose conversions come from its values' types,
 * or a format and its values. Null if something was reported.
 */
export function formatOf(scope: Scope, node: ts.CallExpression, at: number): Format | null {
  const [given, ...rest] = node.arguments.slice(at);
  if (!given) {
    scope.session.report(node, TSB.argumentCount(node.expression.getText(), "a text", node.arguments.length));
    return null;
  }
  const format = rest.length > 0 ? written(scope, given, rest) : template(scope, unparenthesized(given));
  if (!format) return null;
  const strange = /[^\t-\r -~]/u.exec(format.text);
  if (strange) scope.session.report(given, TSB.formatText(strange[0]));
  if (format.values.length > MAX_VALUES)
    scope.session.report(node, TSB.formatValues(format.values.length, MAX_VALUES));
  return strange || format.values.length > MAX_VALUES ? null : format;
}

const escaped = (text: string): string => text.replaceAll("%", "%%");

/** `…${value}…`, a text alone, or a `str<N>`. */
function template(scope: Scope, node: ts.Expression): Format | null {
  if (ts.isStringLiteralLike(node)) return { text: escaped(node.text), values: [] };
  const pieces = ts.isTemplateExpression(node)
    ? node.templateSpans.map((span) => ({ value: span.expression, after: span.literal.text }))
    : [{ value: node, after: "" }];
  let text = ts.isTemplateExpression(node) ? escaped(node.head.text) : "";
  const values: Expr[] = [];
  let whole = true;
  for (const { value, after } of pieces) {
    const shown = shownAs(scope, value);
    if (shown) {
      text += shown.text;
      values.push(...shown.values);
    }
    whole &&= shown !== null;
    text += escaped(after);
  }
  return whole ? { text, values } : null;
}

/** How a value stands in a text: a conversion, or itself if it is known already. */
function shownAs(scope: Scope, node: ts.Expression): Format | null {
  const value = checkExpression(scope, node);
  const { type, loc } = value;
  if (type.kind === "error") return null;
  if (value.kind === "string")
    return { text: escaped(new TextDecoder().decode(literalText(value))), values: [] };
  if (value.kind === "int" && isInteger(type)) return { text: `${value.value}`, values: [] };
  if (isInteger(type)) return { text: `%${length(type)}${type.signed ? "d" : "u"}`, values: [value] };
  if (type.kind === "bool") return { text: "%s", values: [asWord(value, loc)] };
  if (isText(value)) return { text: textConversion(type), values: [value] };
  // A variable of a class or array type of one's own is that object; no one wants its address.
  if (type.kind === "ptr" && (!isAggregate(type.to) || isKernelStruct(type.to)))
    return { text: "%p", values: [value] };
  scope.session.report(node, TSB.notPrintable(typeName(type.kind === "ptr" ? type.to : type)));
  return null;
}

const length = (type: Type): string => ((isInteger(type) ? type.bits : 64) === 64 ? "ll" : "");

/** The kernel reads a text itself; that it lies in a process's memory has to be said. Linux 5.8. */
const textConversion = (type: Type): string => (type.kind === "ptr" && type.space === "user" ? "%pus" : "%s");

/** `true` or `false`, as JavaScript prints a truth. */
function asWord(condition: Expr, loc: Loc): Expr {
  const word = (text: string): Expr => ({ ...constantText(text, loc), type: pointerTo(voidType) });
  return {
    kind: "conditional",
    condition,
    whenTrue: word("true"),
    whenFalse: word("false"),
    type: pointerTo(voidType),
    loc,
  };
}

/** One conversion: flags and width, the length that C asks for (the type knows better), and what it is. */
const CONVERSION =
  /%(?:(?<percent>%)|(?<width>[-+ 0#]*\d*)(?<length>[lhz]*)(?<kind>[diuxXcs]|p(?:[iI][46]|[ku]s|[BSsKx])?))/g;

/** A format as in C, its conversions compared with the values. */
function written(scope: Scope, node: ts.Expression, given: readonly ts.Expression[]): Format | null {
  const literal = unparenthesized(node);
  if (!ts.isStringLiteralLike(literal)) {
    scope.session.report(node, TSB.formatNotConstant());
    return null;
  }
  const rest = literal.text.replaceAll(CONVERSION, "");
  const conversions = [...literal.text.matchAll(CONVERSION)].filter((c) => !c.groups?.percent);
  if (rest.includes("%") || conversions.length !== given.length) {
    const unknown = /%.?/.exec(rest)?.[0];
    scope.session.report(
      node,
      unknown ? TSB.formatConversion(unknown) : TSB.formatCount(conversions.length, given.length),
    );
    return null;
  }
  const values: Expr[] = [];
  let i = 0;
  let whole = true;
  const text = literal.text.replaceAll(CONVERSION, (all: string, ...groups: unknown[]) => {
    const { percent, width = "", kind = "" } = groups.at(-1) as Record<string, string | undefined>;
    const value = given[i];
    if (percent || !value) return all;
    i++;
    const checked = checkExpression(scope, value);
    const expr = checked.type.kind === "error" ? null : converted(scope, value, checked, kind);
    if (!expr) {
      if (checked.type.kind !== "error")
        scope.session.report(value, TSB.formatMismatch(`%${kind}`, typeName(checked.type)));
      whole = false;
      return all;
    }
    values.push(expr);
    return `%${width}${/^[diuxX]$/.test(kind) ? length(checked.type) : ""}${kind}`;
  });
  return whole ? { text, values } : null;
}

/** The value as its conversion takes it; null if it does not fit. */
function converted(scope: Scope, node: ts.Expression, value: Expr, kind: string): Expr | null {
  const { type } = value;
  if (/^[diuxXc]$/.test(kind)) {
    if (type.kind === "bool") return convert(value, integers.u32);
    return isInteger(type) ? value : null;
  }
  if (kind === "s") {
    if (type.kind === "bool") return asWord(value, value.loc);
    if (value.kind === "string") return constantText(new TextDecoder().decode(literalText(value)), value.loc);
  }
  // An IP address is read from memory: a number is put there.
  if (/^p[iI]4$/.test(kind) && isInteger(type) && type.bits === 32)
    return inMemory(scope, node, type, "address");
  return type.kind === "ptr" ||
    (kind.startsWith("p") && isInteger(type) && type.bits === 64 && !/[iI]/.test(kind))
    ? value
    : null;
}

export const sizeOfText = (text: string): number => new TextEncoder().encode(text).length + 1;

/** A text in read-only memory: helpers take formats from there alone. */
export const constantText = (text: string, loc: Loc): Expr => ({
  kind: "constantText",
  text,
  type: pointerTo({ kind: "str", length: sizeOfText(text) }),
  loc,
});
