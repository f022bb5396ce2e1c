import type { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { evaluate } from "../constants.js";
import type { EnumType } from "../model/types.js";
import type { Session } from "../session.js";
import { isFlavour } from "./flavours.js";

export function enumOf(session: Session, symbol: ts.Symbol, declaration: ts.EnumDeclaration): EnumType {
  const known = session.enums.get(symbol);
  if (known) return known;
  const members: { name: string; value: bigint }[] = [];
  let next = 0n;
  for (const member of declaration.members) {
    const value = member.initializer ? evaluate(session, member.initializer) : next;
    if (value === null) session.report(member, TSB.enumNotConstant(member.name.getText()));
    members.push({ name: member.name.getText(), value: value ?? 0n });
    next = (value ?? 0n) + 1n;
  }
  const signed = members.some((m) => m.value < 0n);
  const wide = members.some(
    (m) => m.value > (signed ? 0x7fff_ffffn : 0xffff_ffffn) || m.value < -0x8000_0000n,
  );
  const type: EnumType = {
    kind: "enum",
    name: declaration.name.text,
    bits: wide ? 64 : 32,
    signed,
    members,
    kernel:
      session.modules.isKernel(declaration.getSourceFile().fileName) || isFlavour(declaration.name.text),
  };
  session.enums.set(symbol, type);
  return type;
}
