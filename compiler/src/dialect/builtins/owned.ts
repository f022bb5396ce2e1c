import { ts } from "ts-morph";
import { TSB } from "../../diagnostics/catalogue.js";
import { convert, nullPointer, readVariable } from "../build.js";
import { toCondition } from "../coerce.js";
import { initialisers } from "../expressions/construct.js";
import { checkExpression } from "../expressions/index.js";
import { checkObjects } from "../kernel-objects.js";
import type { Expr, Place } from "../model/expressions.js";
import type { Statement } from "../model/statements.js";
import {
  integers,
  memberwise,
  type PointerType,
  pointerTo,
  type StructType,
  type Type,
  typeName,
  voidType,
} from "../model/types.js";
import type { Scope } from "../scope.js";
import { writtenArguments } from "./arguments.js";
import type { Builtin } from "./index.js";
import { type KernelArgument, kernelCall } from "./kernel-call.js";
import { typeOperand } from "./memory.js";

const address = pointerTo(voidType);

/** What the kernel declares as `void *`: an object, or null. */
const given = (scope: Scope, node: ts.Node, name: string, args: readonly KernelArgument[], of: Type): Expr =>
  convert(kernelCall(scope, node, name, args, address), pointerTo(of, "direct", true));

/** The last argument is the verifier's, which puts the object's record there (`meta__ign`). */
const record = (scope: Scope, node: ts.Node): KernelArgument => ({
  name: "meta",
  type: address,
  value: nullPointer(address, scope.session.locate(node)),
});

/** A class of the probe's own, which the call names. Null if something was reported. */
function classOperand(scope: Scope, node: ts.CallExpression): StructType | null {
  const type = typeOperand(scope, node);
  if (!type || type.kind === "error") return null;
  if (type.kind === "struct" && type.origin === "local") {
    checkObjects(scope.session, node.arguments[0] ?? node, type);
    return memberwise(type);
  }
  scope.session.report(node.arguments[0] ?? node, TSB.objectClass(typeName(type)));
  return null;
}

function allocated(scope: Scope, node: ts.CallExpression, name: string, of: StructType): Expr {
  const id: Expr = { kind: "typeId", of, type: integers.u64, loc: scope.session.locate(node) };
  const args = [{ name: "local_type_id", type: id.type, value: id }, record(scope, node)];
  return given(scope, node, name, args, of);
}

/** `bpf_obj_new(T)`: the kernel's memory is not zeroed when it was used before, so the fields are filled here. */
const make: Builtin = (scope, node) => {
  const of = classOperand(scope, node);
  if (!of) return scope.nothing(node);
  const made = allocated(scope, node, "bpf_obj_new_impl", of);
  const { loc } = made;
  const held = scope.hidden("object", made.type, loc);
  const read = readVariable(held, loc);
  const self: Place = { kind: "target", pointer: read, type: of, loc };
  const declaration = classNamed(scope, node);
  const fill: Statement[] = [
    { kind: "clear", object: read, type: voidType, loc } as const,
    ...(declaration ? initialisers(scope, declaration, of, self) : []),
  ].map((expression) => ({ kind: "expression", expression, loc }));
  return {
    kind: "sequence",
    statements: [
      { kind: "variable", variable: held, init: made, loc },
      {
        kind: "if",
        condition: toCondition(scope, read, node),
        whenTrue: { kind: "block", body: fill, loc },
        whenFalse: null,
        loc,
      },
    ],
    value: read,
    type: made.type,
    loc,
  };
};

function classNamed(scope: Scope, node: ts.CallExpression): ts.ClassDeclaration | null {
  const [written] = node.typeArguments ?? [];
  const name = written && ts.isTypeReferenceNode(written) ? written.typeName : node.arguments[0];
  const declaration = name && scope.session.symbolOf(name)?.valueDeclaration;
  return declaration && ts.isClassDeclaration(declaration) ? declaration : null;
}

const makePerCpu: Builtin = (scope, node) => {
  const of = classOperand(scope, node);
  return of ? allocated(scope, node, "bpf_percpu_obj_new_impl", of) : scope.nothing(node);
};

/** The object that is given: a pointer to a class of the probe's own. */
function objectOperand(
  scope: Scope,
  node: ts.CallExpression,
): (Expr & { readonly type: PointerType }) | null {
  const [written] = writtenArguments(scope, node, 1);
  const object = written ? checkExpression(scope, written) : null;
  if (!written || !object || object.type.kind === "error") return null;
  const { type } = object;
  if (type.kind === "ptr" && type.to.kind === "struct" && type.to.origin === "local")
    return { ...object, type };
  scope.session.report(
    written,
    TSB.mismatch(`a value of type ${typeName(type)}`, "an object of bpf_obj_new()"),
  );
  return null;
}

const drop =
  (name: string): Builtin =>
  (scope, node) => {
    const object = objectOperand(scope, node);
    if (!object) return scope.nothing(node);
    const args = [{ name: "p", type: address, value: object }, record(scope, node)];
    return kernelCall(scope, node, name, args, voidType);
  };

const acquire: Builtin = (scope, node) => {
  const object = objectOperand(scope, node);
  if (!object) return scope.nothing(node);
  const args = [{ name: "p", type: address, value: object }, record(scope, node)];
  return given(scope, node, "bpf_refcount_acquire_impl", args, object.type.to);
};

/** Objects of the probe's own classes outside the stack (kernel/bpf/helpers.c). */
export const owned: Readonly<Record<string, Builtin>> = {
  bpf_obj_new: make,
  bpf_obj_drop: drop("bpf_obj_drop_impl"),
  bpf_refcount_acquire: acquire,
  bpf_percpu_obj_new: makePerCpu,
  bpf_percpu_obj_drop: drop("bpf_percpu_obj_drop_impl"),
};
