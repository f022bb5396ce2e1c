import type { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { tooOld } from "../ages.js";
import { addressOf, convert, element, int, nullPointer } from "../build.js";
import { copyInto } from "../expressions/construct.js";
import { checkExpression, checkValue } from "../expressions/index.js";
import type { Expr, Place } from "../model/expressions.js";
import type { Loc } from "../model/location.js";
import type { ExternParameter } from "../model/model.js";
import { integers, pointerTo, type Type, voidType } from "../model/types.js";
import type { Scope } from "../scope.js";
import { kernelFeatures } from "../stdlib-tables.js";
import { isOlder } from "../target.js";
import { constantText, type Format, formatOf, sizeOfText } from "./format.js";
import { helperCall } from "./helper-call.js";
import type { Builtin } from "./index.js";
import { type KernelArgument, kernelCall } from "./kernel-call.js";

/**
 * `printk(…)`: up to three values go in registers; more in memory, which took until Linux 5.16 (kernel:
 * kernel/trace/bpf_trace.c, bpf_trace_vprintk).
 */
const printk: Builtin = (scope, node) => {
  const format = formatOf(scope, node, 0);
  if (!format) return scope.nothing(node);
  const loc = scope.session.locate(node);
  const text = withNewline(scope, format.text);
  const head = [constantText(text, loc), int(BigInt(sizeOfText(text)), loc, integers.u64)];
  if (format.values.length <= 3)
    return helperCall(scope, node, "bpf_trace_printk", [...head, ...format.values], integers.i64);
  const what = "printk() of more than three values";
  const old = tooOld(scope.session.target, what, kernelFeatures.tracedMany);
  if (old) return scope.fail(node, old);
  return helperCall(
    scope,
    node,
    "bpf_trace_vprintk",
    [...head, ...memoryOf(scope, format, loc)],
    integers.i64,
  );
};

/** Newer kernels end the line by themselves. */
function withNewline(scope: Scope, text: string): string {
  return isOlder(scope.session.target, kernelFeatures.tracedLines) && !text.endsWith("\n")
    ? `${text}\n`
    : text;
}

/** `seqPrintf(seq, …)`. */
const seqPrintf: Builtin = (scope, node) => {
  const [given] = node.arguments;
  const seq = given && checkExpression(scope, given);
  const format = formatOf(scope, node, 1);
  if (!given || !seq || !format || seq.type.kind === "error") return scope.nothing(node);
  if (seq.type.kind !== "ptr")
    return scope.fail(given, TSB.mismatch("This", "an iterator's output, `ctx.meta.seq`"));
  const loc = scope.session.locate(node);
  const size = int(BigInt(sizeOfText(format.text)), loc, integers.u64);
  const args = [seq, constantText(format.text, loc), size, ...memoryOf(scope, format, loc)];
  return helperCall(scope, node, "bpf_seq_printf", args, integers.i64);
};

/** `snprintf(dst, …)`: the size is the target's. */
const snprintf: Builtin = (scope, node) => {
  const [given] = node.arguments;
  const target = given && checkExpression(scope, given);
  const format = formatOf(scope, node, 1);
  if (!given || !target || !format || target.type.kind === "error") return scope.nothing(node);
  const size = target.type.kind === "ptr" && target.type.space === "direct" ? bytesOf(target.type.to) : null;
  if (size === null || target.kind === "string") return scope.fail(given, TSB.bufferExpected("snprintf"));
  const loc = scope.session.locate(node);
  const args = [
    target,
    int(BigInt(size), loc, integers.u64),
    constantText(format.text, loc),
    ...memoryOf(scope, format, loc),
  ];
  return helperCall(scope, node, "bpf_snprintf", args, integers.i64);
};

/** Of a text, or of an array of bytes. */
const bytesOf = (type: Type): number | null => {
  if (type.kind === "str") return type.length;
  return type.kind === "array" && type.element.kind === "int" && type.element.bits === 8 ? type.length : null;
};

/** The values as an array of 64-bit words, and its size; null and 0 for none. */
function memoryOf(scope: Scope, { values }: Format, loc: Loc): [Expr, Expr] {
  const size = int(BigInt(values.length * 8), loc, integers.u64);
  if (values.length === 0) return [nullPointer(pointerTo(voidType), loc), size];
  const type: Type = { kind: "array", element: integers.u64, length: values.length };
  const slot = scope.slot("values", type, loc);
  const base = addressOf({ kind: "slot", slot, type, loc });
  const init = values.map((value, i): Expr => {
    const index = int(BigInt(i), loc, integers.u64);
    const place: Place = element(base, index, integers.u64, loc);
    return { kind: "assign", place, value: convert(value, integers.u64), type: integers.u64, loc };
  });
  return [{ kind: "temporary", slot, zeroed: false, init, type: pointerTo(type), loc }, size];
}

/** The helper by its own name: a format and three values at most. */
const traceLine: Builtin = (scope, node) => {
  const values = node.arguments.length - 1;
  return values > 3 ? scope.fail(node, TSB.formatValues(values, 3)) : printk(scope, node);
};

/**
 * `scx_bpf_error(…)` and its like: a function of the kernel that takes a format, values in memory, and their size. It wants
 * memory where there are no values, too, and the verifier wants all memory that is no `const` to be writable.
 */
const formatted =
  (name: string, leading: readonly ExternParameter[] = []): Builtin =>
  (scope, node) => {
    const first: KernelArgument[] = [];
    for (const [i, param] of leading.entries()) {
      const given = node.arguments[i];
      if (!given) return scope.nothing(node);
      first.push({ ...param, value: checkValue(scope, given, param.type) });
    }
    const format = formatOf(scope, node, leading.length);
    if (!format || first.some(({ value }) => value.type.kind === "error")) return scope.nothing(node);
    const loc = scope.session.locate(node);
    const bytes = pointerTo(integers.u8);
    const values = format.values.length > 0 ? format.values : [int(0n, loc, integers.u64)];
    const [data] = memoryOf(scope, { ...format, values }, loc);
    const size = int(BigInt(format.values.length * 8), loc, integers.u32);
    const args: KernelArgument[] = [
      ...first,
      { name: "fmt", type: bytes, value: convert(writableText(scope, node, format.text), bytes) },
      { name: "data", type: pointerTo(integers.u64), value: convert(data, pointerTo(integers.u64)) },
      { name: "data__sz", type: integers.u32, value: size },
    ];
    return kernelCall(scope, node, name, args, voidType);
  };

/** A text in the frame. */
function writableText(scope: Scope, node: ts.CallExpression, text: string): Expr {
  const loc = scope.session.locate(node);
  const type: Type = { kind: "str", length: sizeOfText(text) };
  const slot = scope.slot("format", type, loc);
  const target = addressOf({ kind: "slot", slot, type, loc });
  const source: Expr = { kind: "string", bytes: new TextEncoder().encode(text), type, loc };
  const init = [copyInto(scope, target, type, source, node)];
  return { kind: "temporary", slot, zeroed: true, init, type: pointerTo(type), loc };
}

export const formatting: Readonly<Record<string, Builtin>> = {
  printk,
  bpf_trace_printk: traceLine,
  seqPrintf,
  snprintf,
  scx_bpf_exit: formatted("scx_bpf_exit_bstr", [{ name: "exit_code", type: integers.i64 }]),
  scx_bpf_error: formatted("scx_bpf_error_bstr"),
  scx_bpf_dump: formatted("scx_bpf_dump_bstr"),
};
