import { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { layOut } from "./model/layout.js";
import { errorType, integers, type StructType, type Type } from "./model/types.js";
import type { Session } from "./session.js";
import { noTypes, resolveType } from "./types/resolve.js";

/**
 * The context of `Tracepoint<"category/name">`: the kernel's `struct trace_event_raw_<name>`, relocated by CO-RE
 * (include/trace/stages/stage1_struct_define.h). Fields and their types are those that the checker sees.
 */
export function tracepointContext(
  session: Session,
  node: ts.TypeReferenceNode,
  argument: ts.TypeNode | undefined,
): Type {
  const name =
    argument && ts.isLiteralTypeNode(argument) && ts.isStringLiteralLike(argument.literal)
      ? argument.literal.text
      : null;
  if (name === null) {
    session.report(node, TSB.typeNotSupported(node.getText()));
    return errorType;
  }
  const key = `tracepoint ${name}`;
  const known = session.structs.get(key);
  if (known) return known;
  const event = session.checker.getTypeFromTypeNode(node);
  const fields = fieldsOf(session, event);
  if (!fields) {
    session.report(argument ?? node, TSB.contextUnknown(name));
    return errorType;
  }
  const struct = contextStruct(name, classOf(event, name), fields, session.locate(node));
  session.structs.set(key, struct);
  return struct;
}

/** The kernel's struct: events of one class (DECLARE_EVENT_CLASS) are declared by an interface of its name. */
function classOf(event: ts.Type, name: string): string {
  const declared = event.symbol?.name ?? "";
  return declared.startsWith(CLASS) ? declared : `${CLASS}${name.replace(/^.*\//, "")}`;
}

const CLASS = "trace_event_raw_";

interface NamedType {
  readonly name: string;
  readonly type: Type;
}

/** The declared members of the event, in order; null for an event that nothing declares. */
function fieldsOf(session: Session, event: ts.Type): NamedType[] | null {
  const properties = event.getProperties();
  if (properties.some((p) => p.name === "__event")) return null;
  return properties.flatMap((property) => {
    const declaration = property.valueDeclaration;
    return declaration && ts.isPropertySignature(declaration) && declaration.type
      ? [{ name: property.name, type: resolveType(session, declaration.type, noTypes) }]
      : [];
  });
}

/** `struct trace_entry`: what every event begins with. */
const TRACE_ENTRY: readonly NamedType[] = [
  { name: "type", type: integers.u16 },
  { name: "flags", type: integers.u8 },
  { name: "preempt_count", type: integers.u8 },
  { name: "pid", type: integers.i32 },
];

function contextStruct(
  event: string,
  name: string,
  fields: readonly NamedType[],
  loc: StructType["loc"],
): StructType {
  const entry = kernelStruct("trace_entry", TRACE_ENTRY, loc, null);
  const head: NamedType[] = [
    { name: "ent", type: entry },
    { name: "id", type: integers.i64 },
  ];
  if (event.startsWith("syscalls/sys_enter_")) {
    // One struct serves all syscalls (kernel/trace/trace.h): the arguments are its registers.
    const args: NamedType = { name: "args", type: { kind: "array", element: integers.u64, length: 6 } };
    return kernelStruct(`${CLASS}sys_enter`, [...head, args], loc, fields);
  }
  if (event.startsWith("syscalls/sys_exit_"))
    return kernelStruct(`${CLASS}sys_exit`, [...head, ...fields], loc);
  return kernelStruct(name, [{ name: "ent", type: entry }, ...fields], loc);
}

function kernelStruct(
  name: string,
  fields: readonly NamedType[],
  loc: StructType["loc"],
  registers: readonly NamedType[] | null = [],
): StructType {
  const shape = layOut(
    fields.map((f) => ({ ...f, width: null })),
    { union: false, packed: false, align: 1 },
  );
  return {
    kind: "struct",
    name,
    union: false,
    origin: "kernel",
    shape,
    loc,
    event: registers && { registers },
  };
}
