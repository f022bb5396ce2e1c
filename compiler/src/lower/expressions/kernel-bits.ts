import { spaceOf } from "../../dialect/build.js";
import type { Expr, Place } from "../../dialect/model/expressions.js";
import { type CopiedSpace, integers, isReached } from "../../dialect/model/types.js";
import * as ir from "../../ir/index.js";
import type { FunctionLowering } from "../functions.js";
import { lowerExpression } from "./index.js";
import { accessPathOf } from "./kernel-facts.js";
import { probeCopyOf } from "./kernel-memory.js";

/**
 * A bit-field of the kernel's: where its unit lies, how large it is and which of its bits count are all the running
 * kernel's (libbpf: BPF_CORE_READ_BITFIELD). The declared type's sign is kept.
 */
export function readKernelBits(f: FunctionLowering, place: Place & { kind: "field" }): ir.Value {
  const { b } = f;
  const path = accessPathOf(f, place);
  const root = lowerExpression(f, outermost(place));
  f.at(place.loc);
  const fact = (name: "byteOffset" | "byteSize" | "leftShift" | "rightShift"): ir.Value =>
    b.cast("zext", ir.core.fieldInfo(b, path, name), ir.i64);
  const unit = b.gep(ir.i8, root, [fact("byteOffset")], { inbounds: false });
  const size = fact("byteSize");
  const space = spaceOf(place);
  const word = isReached(space) ? loadUnit(f, unit, size) : readUnit(f, unit, size, space);
  const left = b.binary("shl", word, fact("leftShift"));
  const signed = place.type.kind === "int" && place.type.signed;
  const value = b.binary(signed ? "ashr" : "lshr", left, fact("rightShift"));
  const type = f.types.memory(place.type);
  return type.kind === "int" && type.bits < 64 ? b.cast("trunc", value, type) : value;
}

/** The pointer that the whole path starts from. */
function outermost(place: Place & { kind: "field" }): Expr {
  const { base } = place;
  return base.kind === "address" && base.place.kind === "field" ? outermost(base.place) : base;
}

/** One load for each size that there is; the verifier sees a constant, and follows one. */
function loadUnit(f: FunctionLowering, pointer: ir.Value, size: ir.Value): ir.Value {
  const { b, fn } = f;
  const end = fn.block("unit");
  const none = fn.block("unit.none");
  const cases = [8, 16, 32, 64].map((bits) => ({ bits, block: fn.block(`unit.${bits}`) }));
  b.switch(
    size,
    none,
    cases.map(({ bits, block }) => ({ value: ir.constInt(ir.i64, bits / 8), target: block })),
  );
  const loaded = cases.map(({ bits, block }) => {
    b.at(block);
    const value = b.cast(
      "zext",
      b.load(ir.intType(bits), pointer, { align: bits / 8, volatile: true }),
      ir.i64,
    );
    b.br(end);
    return { value, block };
  });
  b.at(none);
  b.br(end);
  b.at(end);
  const word = b.phi(ir.i64);
  word.addIncoming(ir.constInt(ir.i64, 0), none);
  for (const { value, block } of loaded) word.addIncoming(value, block);
  return word;
}

function readUnit(f: FunctionLowering, pointer: ir.Value, size: ir.Value, space: CopiedSpace): ir.Value {
  const scratch = f.scratch("unit", integers.u64);
  f.b.store(ir.constInt(ir.i64, 0), scratch, { align: 8 });
  probeCopyOf(f, scratch, pointer, size, space);
  return f.b.load(ir.i64, scratch, { align: 8 });
}
