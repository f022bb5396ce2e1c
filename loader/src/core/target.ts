import type { Btf } from "../btf/btf.js";
import { essentialName } from "../btf/strings.js";
import type { TypeId } from "../btf/types.js";
import { type Access, type FieldAccess, isFlexible, type Step, sizeOf } from "./access.js";
import { fieldsCompatible, maxDepth, typesCompatible } from "./compatible.js";
import { typesMatch } from "./matches.js";
import type { CoreKind } from "./relocation.js";

/** Finds in a candidate type what the local access is about; null if the candidate does not have it. */
export function targetAccess(kind: CoreKind, local: Access, btf: Btf, root: TypeId): Access | null {
  switch (local.about) {
    case "type": {
      const compatible = kind === "type_matches" ? typesMatch : typesCompatible;
      return compatible({ btf: local.btf, id: local.root }, { btf, id: root })
        ? { about: "type", btf, root }
        : null;
    }
    case "enumerator": {
      const type = btf.type(btf.resolve(root));
      const values = type.kind === "enum" || type.kind === "enum64" ? type.values : [];
      const wanted = essentialName(local.enumerator.name);
      const enumerator = values.find((value) => essentialName(value.name) === wanted);
      return enumerator === undefined ? null : { about: "enumerator", btf, root, enumerator };
    }
    case "field":
      return targetField(local, btf, root);
  }
}

function targetField(local: FieldAccess, btf: Btf, root: TypeId): FieldAccess | null {
  let at = btf.resolve(root);
  let bitOffset = 0;
  const steps: Step[] = [];
  for (const step of local.steps) {
    if (step.kind === "member") {
      const found = findMember(local.btf, step, btf, at, 0);
      if (found === null) return null;
      bitOffset += found.bitOffset;
      steps.push(found.step);
      at = btf.resolve(found.step.member.type);
      continue;
    }
    // The first step is into the root, which already is the element.
    if (steps.length > 0) {
      const array = btf.type(at);
      if (array.kind !== "array") return null;
      if (step.index >= array.length && !isFlexible(btf, array.length, steps.at(-1)!)) return null;
      at = btf.resolve(array.type);
    }
    steps.push({ kind: "element", type: at, index: step.index });
    bitOffset += step.index * sizeOf(btf, at) * 8;
  }
  return { about: "field", btf, root, steps, bitOffset };
}

type MemberStep = Extract<Step, { kind: "member" }>;

/** The member of that name, in the struct or in the anonymous ones within it. */
function findMember(
  localBtf: Btf,
  local: MemberStep,
  btf: Btf,
  holder: TypeId,
  depth: number,
): { readonly step: MemberStep; readonly bitOffset: number } | null {
  const type = btf.type(holder);
  if ((type.kind !== "struct" && type.kind !== "union") || depth > maxDepth) return null;
  for (const [index, member] of type.members.entries()) {
    if (member.name === "") {
      const found = findMember(localBtf, local, btf, btf.resolve(member.type), depth + 1);
      if (found !== null) return { ...found, bitOffset: member.bitOffset + found.bitOffset };
    } else if (member.name === local.member.name) {
      const fits = fieldsCompatible({ btf: localBtf, id: local.member.type }, { btf, id: member.type });
      return fits ? { step: { kind: "member", holder, index, member }, bitOffset: member.bitOffset } : null;
    }
  }
  return null;
}
