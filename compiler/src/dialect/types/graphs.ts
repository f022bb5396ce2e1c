import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { errorType, memberwise, type StructType, type Type } from "../model/types.js";
import type { Session } from "../session.js";
import { kernelObject } from "../stdlib-tables.js";
import { resolveType, type TypeEnv } from "./resolve.js";
import { structOf } from "./structs.js";

/**
 * `ListHead<T, "node">`, `RbRoot<T>`: the kernel's struct for T and the field by which its objects hang in it, which is
 * the only one of its kind where it is not said.
 */
export function graphRoot(
  session: Session,
  node: ts.TypeReferenceNode,
  [element, by]: readonly ts.TypeNode[],
  env: TypeEnv,
  nodeClass: "ListNode" | "RbNode",
): Type {
  const declaration = session.symbolOf(node.typeName)?.declarations?.find(ts.isClassDeclaration);
  const of = element ? resolveType(session, element, env) : errorType;
  if (!declaration || of.kind === "error") return errorType;
  const nodes =
    of.kind === "struct" ? of.shape.fields.filter((f) => isStruct(f.type, kernelObject(nodeClass))) : [];
  const named = by && ts.isLiteralTypeNode(by) && ts.isStringLiteral(by.literal) ? by.literal.text : null;
  const found = by ? nodes.find((f) => f.name === named) : nodes.length === 1 ? nodes[0] : undefined;
  if (of.kind !== "struct" || of.origin !== "local" || !found) {
    session.report(
      by ?? element ?? node,
      TSB.graphNode(
        node.typeName.getText(),
        nodeClass,
        nodes.map((f) => f.name),
      ),
    );
    return errorType;
  }
  const index = of.shape.fields.indexOf(found);
  const struct = structOf(session, declaration, [of, { kind: "constant", value: BigInt(index) }]);
  return contained(struct, { of: memberwise(of), node: found.name });
}

const isStruct = (type: Type, name: string | null): boolean => type.kind === "struct" && type.name === name;

/** Of one declaration and field there is one object. */
function contained(struct: StructType, contains: NonNullable<StructType["contains"]>): StructType {
  return struct.contains ? struct : Object.assign(struct, { contains });
}
