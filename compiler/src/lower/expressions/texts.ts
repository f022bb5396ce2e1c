import type { Expr } from "../../dialect/model/expressions.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { alignmentOfTarget } from "./alignment.js";
import { lowerExpression } from "./index.js";
import { widestWord, wordAt } from "./words.js";

const i64 = (value: number): ir.Value => ir.constInt(ir.i64, value);

const sizeOfText = ({ type }: Expr): number =>
  type.kind === "ptr" && type.to.kind === "str" ? type.to.length : 0;

/** A loop over the bytes, which the verifier follows since it knows the count. */
export function lowerTextLength(f: FunctionLowering, expr: Expr & { kind: "textLength" }): ir.Value {
  const text = lowerExpression(f, expr.text);
  f.at(expr.loc);
  const [body, next, end] = [f.fn.block("strlen"), f.fn.block("strlen.next"), f.fn.block("strlen.end")];
  const index = bytewise(f, sizeOfText(expr.text), body, end);
  const byte = load(f, text, index.value);
  f.b.condBr(f.b.icmp("eq", byte, ir.constInt(ir.i8, 0)), end, next);
  index.advance(next);
  f.b.at(end);
  return f.b.cast("trunc", index.value, ir.i32);
}

/** Equal up to the first NUL. */
export function lowerSameText(f: FunctionLowering, expr: Expr & { kind: "sameText" }): ir.Value {
  const left = lowerExpression(f, expr.left);
  if (expr.right.kind === "string") return sameAsLiteral(f, expr.left, left, expr.right.bytes);
  const right = lowerExpression(f, expr.right);
  f.at(expr.loc);
  const [n, m] = [sizeOfText(expr.left), sizeOfText(expr.right)];
  const body = f.fn.block("text");
  const same = f.fn.block("text.same");
  const next = f.fn.block("text.next");
  const whole = f.fn.block("text.whole");
  const end = f.fn.block("text.end");
  const index = bytewise(f, Math.min(n, m), body, whole);
  const [a, b] = [load(f, left, index.value), load(f, right, index.value)];
  f.b.condBr(f.b.icmp("eq", a, b), same, end);
  f.b.at(same);
  f.b.condBr(f.b.icmp("eq", a, ir.constInt(ir.i8, 0)), end, next);
  index.advance(next);
  // The shorter one has no NUL: they are equal if the longer one ends there too.
  f.b.at(whole);
  const rest = n === m ? null : load(f, n > m ? left : right, i64(Math.min(n, m)));
  const ended = rest ? f.b.icmp("eq", rest, ir.constInt(ir.i8, 0)) : ir.constInt(ir.i1, 1);
  f.b.br(end);
  f.b.at(end);
  const result = f.b.phi(ir.i1);
  result.addIncoming(ir.constInt(ir.i1, 0), body);
  result.addIncoming(ir.constInt(ir.i1, 1), same);
  result.addIncoming(ended, whole);
  return result;
}

/** Goes on in `body` with an index below `count`; after the last one in `end`. */
function bytewise(
  f: FunctionLowering,
  count: number,
  body: ir.Block,
  end: ir.Block,
): { value: ir.Value; advance(from: ir.Block): void } {
  const test = f.fn.block("text.test");
  const from = f.b.block;
  f.b.br(test);
  f.b.at(test);
  const index = f.b.phi(ir.i64);
  index.addIncoming(i64(0), from);
  f.b.condBr(f.b.icmp("ult", index, i64(count)), body, end);
  f.b.at(body);
  return {
    value: index,
    advance: (block) => {
      f.b.at(block);
      index.addIncoming(f.b.binary("add", index, i64(1)), block);
      f.b.br(test);
    },
  };
}

const load = (f: FunctionLowering, text: ir.Value, index: ir.Value): ir.Value =>
  f.b.load(ir.i8, f.b.gep(ir.i8, text, [index]), { align: 1 });

/** Word by word, without a branch: the differing bits of all words together are zero. */
function sameAsLiteral(f: FunctionLowering, text: Expr, pointer: ir.Value, bytes: Uint8Array): ir.Value {
  const size = sizeOfText(text);
  if (bytes.length > size) return ir.constInt(ir.i1, 0);
  // The NUL that ends the literal is compared too, unless the text has no room for one.
  const wanted = new Uint8Array(Math.min(size, bytes.length + 1));
  wanted.set(bytes);
  let different: ir.Value = i64(0);
  for (let at = 0; at < wanted.length; ) {
    const width = widestWord(alignmentOfTarget(text), at, wanted.length - at);
    const type = ir.intType(width * 8);
    const word = f.b.load(type, f.b.gep(ir.i8, pointer, [i64(at)]), { align: width });
    const bits = f.b.binary("xor", word, ir.constInt(type, wordAt(wanted, at, width)));
    different = f.b.binary("or", different, f.b.cast("zext", bits, ir.i64));
    at += width;
  }
  return f.b.icmp("eq", different, i64(0));
}
