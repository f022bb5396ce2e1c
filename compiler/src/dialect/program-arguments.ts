import {
  type ArgumentSource,
  argumentDescription,
  argumentRegisters,
  argumentSource,
} from "@tsbpfc/stdlib/tables";
import { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { addressOf, contentOf, convert, element, heldType, int, readVariable } from "./build.js";
import { helperCall } from "./builtins/helper-call.js";
import { toCondition } from "./coerce.js";
import { isKnownAlone } from "./global-functions.js";
import type { PassedType, Signature } from "./kernel-types.js";
import type { Expr, Place, Variable } from "./model/expressions.js";
import type { Loc } from "./model/location.js";
import type { Statement } from "./model/statements.js";
import {
  errorType,
  integers,
  isInteger,
  isKernelStruct,
  pointerTo,
  type StructType,
  type Type,
  typeName,
} from "./model/types.js";
import { operationOf } from "./operations.js";
import { bind, named } from "./patterns.js";
import type { Scope } from "./scope.js";
import type { Session } from "./session.js";
import { withoutFlavour } from "./types/flavours.js";
import { noTypes, resolveType } from "./types/resolve.js";
import { isUnchanged } from "./unchanged.js";
import { usdtArgument } from "./usdt.js";

/**
 * The parameters after a program's context: variables that its body begins with, read from where this kind of
 * program has them. One that the body does not mention is not read.
 */
export function typedArguments(
  scope: Scope,
  declaration: ts.MethodDeclaration,
  section: string,
  context: Variable | undefined,
): Statement[] {
  const { session } = scope;
  const parameters = declaration.parameters.slice(1);
  const [first] = parameters;
  if (!first || !context) return [];
  const source = argumentSource(section);
  if (!source || source.kind === "parameters") {
    session.report(first, TSB.argumentNotHere(section, 0));
    return [];
  }
  const available = countOf(source);
  const excess = parameters[available];
  if (excess) {
    session.report(excess, TSB.argumentNotHere(section, available));
    return [];
  }
  const declared: { node: ts.ParameterDeclaration; type: Type }[] = [];
  const statements = parameters.flatMap((parameter, index): Statement[] => {
    if (!parameter.type) return [];
    const loc = session.locate(parameter);
    const type = argumentType(resolveType(session, parameter.type, noTypes), source);
    declared.push({ node: parameter, type });
    const { before, raw } = given(scope, source, parameter, index, readVariable(context, loc), loc);
    if (!ts.isIdentifier(parameter.name))
      return raw && type.kind !== "error"
        ? [...before, ...bind(scope, parameter.name, asType(scope, raw, type, parameter), false)]
        : [];
    const variable = named(scope, parameter.name, type, isUnchanged(parameter.name, declaration.body));
    if (!raw || type.kind === "error" || !mentions(scope, declaration.body, parameter.name)) return [];
    return [...before, { kind: "variable", variable, init: asType(scope, raw, type, parameter), loc }];
  });
  checkAgainstKernel(scope, described(scope, section, declaration.name.getText()), declared);
  return statements;
}

/** Registers that BPF passes arguments in. */
export const MOST_PARAMETERS = 5;

/** The kernel verifies a program that takes a function's place by itself, whoever calls it. */
export function checkParameters(
  session: Session,
  declaration: ts.MethodDeclaration,
  section: string,
  params: readonly Variable[],
): void {
  const excess = declaration.parameters[MOST_PARAMETERS];
  if (excess) session.report(excess, TSB.argumentNotHere(section, MOST_PARAMETERS - 1));
  for (const [i, { type }] of params.entries()) {
    const node = declaration.parameters[i];
    if (node && type.kind !== "error" && !isKnownAlone(type))
      session.report(node, TSB.argumentNotTaken(section, typeName(type)));
  }
}

/** What the kernel's BTF says of the attach point. */
interface Described {
  readonly target: string;
  readonly signature: Signature;
  readonly result: "none" | "last" | "alone";
}

/** By the section's name; of a struct_ops program by the map that names its method. Null if BTF does not say. */
function described(scope: Scope, section: string, method: string): Described | null {
  const { kernel } = scope.session;
  const operation = operationOf(scope.program, method);
  if (operation) {
    const signature = kernel.memberSignature(withoutFlavour(operation.struct), operation.member);
    return signature && { target: `${operation.struct}.${operation.member}`, signature, result: "none" };
  }
  const about = argumentDescription(section);
  const signature = about && kernel.signature(about.name(about.target), about.kind);
  return signature && { target: about.target, signature, result: about.result };
}

/**
 * Compares a parameter with what the kernel's BTF says of the attach point: how many there are, and whether each is
 * a number or an address of that struct. A wider or narrower number is no mistake: the register holds 64 bits.
 */
function checkAgainstKernel(
  scope: Scope,
  about: Described | null,
  declared: readonly { readonly node: ts.ParameterDeclaration; readonly type: Type }[],
): void {
  if (!about) return;
  const { signature } = about;
  const passed = {
    none: signature.params,
    last: [...signature.params, signature.returns],
    alone: [signature.returns],
  }[about.result];
  for (const [i, { node, type }] of declared.entries()) {
    const kernel = passed[i];
    if (!kernel) {
      scope.session.report(node, TSB.argumentsFewer(about.target, passed.map((p) => p.text).join(", ")));
      return;
    }
    if (kernel.kind === "other") return; // a struct by value takes several registers
    if (!fits(type, kernel)) {
      const from =
        i < signature.params.length && about.result !== "alone" ? `argument ${i + 1}` : "the result";
      scope.session.report(node, TSB.argumentType(from, about.target, kernel.text, typeName(type)));
    }
  }
}

function fits(type: Type, kernel: PassedType): boolean {
  if (type.kind === "error") return true;
  if (type.kind !== "ptr") return kernel.kind === "integer" || (isInteger(type) && type.bits === 64);
  if (kernel.kind !== "pointer") return false;
  return kernel.struct === null || !isKernelStruct(type.to) || withoutFlavour(type.to.name) === kernel.struct;
}

/** Arguments that the program finds behind its context. */
type PassedSource = Exclude<ArgumentSource, { kind: "parameters" }>;

/** How many arguments there can be. */
function countOf(source: PassedSource): number {
  switch (source.kind) {
    case "usdt":
      return 12; // BPF_USDT_MAX_ARG_CNT, libbpf's usdt.bpf.h
    case "slots":
    case "asked":
      return 12; // MAX_BPF_FUNC_ARGS, include/linux/bpf.h
    case "registers":
      return argumentRegisters.function.length;
    case "syscall":
      return argumentRegisters.syscall.length;
    case "result":
      return 1;
  }
}

/** A pointer leads to this source's memory. Only to structs that BTF names does the verifier allow loads. */
function argumentType(declared: Type, { memory }: PassedSource): Type {
  const held = heldType(declared);
  if (held.kind !== "ptr" || held.space === "user") return held;
  return { ...held, space: memory === "direct" && !isKernelStruct(held.to) ? "probe" : memory };
}

/** An argument's 64 bits, and what has to be done before they are there. */
interface Given {
  readonly before: readonly Statement[];
  /** Null if it was reported. */
  readonly raw: Expr | null;
}

function given(
  scope: Scope,
  source: PassedSource,
  parameter: ts.ParameterDeclaration,
  index: number,
  context: Expr,
  loc: Loc,
): Given {
  switch (source.kind) {
    case "usdt":
      return { before: [], raw: usdtArgument(scope, parameter, index, context, loc) };
    case "asked":
      return askedArgument(scope, parameter, index, context, loc);
    default:
      return { before: [], raw: rawArgument(source, index, context, loc) };
  }
}

/** By `bpf_get_func_arg`, which fills in a variable; it stays 0 where the function has fewer arguments. */
function askedArgument(
  scope: Scope,
  parameter: ts.ParameterDeclaration,
  index: number,
  context: Expr,
  loc: Loc,
): Given {
  const variable: Variable = { ...scope.hidden(`argument${index}`, integers.u64, loc), constant: false };
  const place: Place = { kind: "variable", type: variable.type, loc, variable };
  const args = [context, int(BigInt(index), loc, integers.u32), addressOf(place)];
  const call = helperCall(scope, parameter, "bpf_get_func_arg", args, integers.i64);
  return {
    before: [
      { kind: "variable", variable, init: int(0n, loc, integers.u64), loc },
      { kind: "expression", expression: call, loc },
    ],
    raw: readVariable(variable, loc),
  };
}

/** The argument's 64 bits; null if the context is not of this kind, which the checker has reported. */
function rawArgument(
  source: Exclude<PassedSource, { kind: "usdt" | "asked" }>,
  index: number,
  context: Expr,
  loc: Loc,
): Expr | null {
  const struct = context.type.kind === "ptr" && context.type.to.kind === "struct" ? context.type.to : null;
  if (!struct) return null;
  switch (source.kind) {
    case "slots":
      return slot(struct, index, context, loc);
    case "registers":
      return register(struct, argumentRegisters.function[index], context, loc);
    case "result":
      return register(struct, argumentRegisters.result, context, loc);
    case "syscall": {
      const given = register(struct, argumentRegisters.function[0], context, loc);
      if (!given) return null;
      const registers: StructType = { ...struct, origin: "kernel" };
      return register(
        registers,
        argumentRegisters.syscall[index],
        convert(given, pointerTo(registers, "probe")),
        loc,
      );
    }
  }
}

function slot(struct: StructType, index: number, context: Expr, loc: Loc): Expr | null {
  const [slots] = struct.shape.fields;
  if (slots?.type.kind !== "array") return null;
  const place: Place = { kind: "field", base: context, struct, field: slots, type: slots.type, loc };
  return contentOf(element(addressOf(place), int(BigInt(index), loc), slots.type.element, loc));
}

function register(struct: StructType, name: string | undefined, base: Expr, loc: Loc): Expr | null {
  const place = name === undefined ? null : fieldOf(struct, name, base, loc);
  return place && contentOf(place);
}

function fieldOf(struct: StructType, name: string, base: Expr, loc: Loc): Place | null {
  const field = struct.shape.fields.find((f) => f.name === name);
  return field ? { kind: "field", base, struct, field, type: field.type, loc } : null;
}

/** 64 bits of a register as the declared type: the kernel leaves what is above a narrower one undefined. */
function asType(scope: Scope, raw: Expr, type: Type, node: ts.ParameterDeclaration): Expr {
  if (isInteger(type) || type.kind === "ptr") return convert(raw, type);
  if (type.kind === "bool") return toCondition(scope, convert(raw, integers.u8), node);
  scope.session.report(node, TSB.mismatch(`a parameter of type ${typeName(type)}`, "a number or a pointer"));
  return { kind: "error", type: errorType, loc: raw.loc };
}

function mentions(scope: Scope, body: ts.Node | undefined, name: ts.Identifier): boolean {
  const symbol = scope.session.symbolOf(name);
  const visit = (node: ts.Node): boolean =>
    (ts.isIdentifier(node) && node.text === name.text && scope.session.symbolOf(node) === symbol) ||
    (ts.forEachChild(node, visit) ?? false);
  return body !== undefined && visit(body);
}
