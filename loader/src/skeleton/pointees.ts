import type { Btf } from "../btf/btf.js";
import type { TypeId } from "../btf/types.js";
import { kernelPointers } from "./known-types.js";

/**
 * Named structs and unions that pointers lead to from variables of these types, and from what those point to: what
 * lies in an arena. Of an object with an arena, a pointer in a global is one into it, since a program can follow no
 * other that it has kept there, but the kernel's own, which have tags.
 */
export function pointees(btf: Btf, variables: readonly TypeId[]): readonly TypeId[] {
  const seen = new Set<TypeId>();
  const found = new Set<TypeId>();
  const open = [...variables];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const at = btf.resolve(id);
    if (seen.has(at)) continue;
    seen.add(at);
    const type = btf.type(at);
    switch (type.kind) {
      case "array":
        open.push(type.type);
        break;
      case "struct":
      case "union":
        open.push(...type.members.map((member) => member.type));
        break;
      case "ptr": {
        const tag = btf.type(type.type);
        if (tag.kind === "type_tag" && kernelPointers.has(tag.name)) break;
        const target = btf.resolve(type.type);
        if (/^(struct|union)$/.test(btf.kind(target)) && btf.name(target) !== "") found.add(target);
        open.push(target);
        break;
      }
    }
  }
  return [...found].sort((a, b) => a - b);
}
