import { TSB } from "../../diagnostics/catalogue.js";
import { convert, int } from "../build.js";
import { type IntType, integers, isInteger, typeName } from "../model/types.js";
import { argumentsOf } from "./arguments.js";
import type { Builtin } from "./index.js";

/** Between host and network order. BPF targets here are little-endian, so it swaps. */
const swap =
  (from: IntType, to: IntType): Builtin =>
  (scope, node) => {
    const [operand] = argumentsOf(scope, node, 1) ?? [];
    if (!operand) return scope.nothing(node);
    if (!isInteger(operand.type))
      return scope.fail(node, TSB.mismatch(`a value of type ${typeName(operand.type)}`, typeName(from)));
    const loc = scope.session.locate(node);
    if (operand.kind === "int") return int(swapBytes(operand.value, to.bits), loc, to);
    return { kind: "swap", operand: convert(operand, from), bits: to.bits as 16 | 32 | 64, type: to, loc };
  };

function swapBytes(value: bigint, bits: number): bigint {
  let rest = BigInt.asUintN(bits, value);
  let swapped = 0n;
  for (let i = 0; i < bits; i += 8) {
    swapped = (swapped << 8n) | (rest & 0xffn);
    rest >>= 8n;
  }
  return swapped;
}

const { u16, u32, u64, be16, be32, be64 } = integers;

export const byteOrder: Readonly<Record<string, Builtin>> = {
  htons: swap(u16, be16),
  ntohs: swap(be16, u16),
  htonl: swap(u32, be32),
  ntohl: swap(be32, u32),
  htonll: swap(u64, be64),
  ntohll: swap(be64, u64),
};
