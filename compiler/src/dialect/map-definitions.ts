import { ts } from "ts-morph";
import { TSB } from "../diagnostics/catalogue.js";
import { tooOld } from "./ages.js";
import { evaluate } from "./constants.js";
import type { MapModel } from "./model/model.js";
import { isInteger, type MapRefType, sameType, type Type, typeName } from "./model/types.js";
import { checkOperations, readOperations } from "./operations.js";
import type { Program } from "./program.js";
import type { Session } from "./session.js";
import { mapClass } from "./stdlib-tables.js";
import { decoratorCall } from "./types/decorators.js";

/** A map's attributes are u32; `map_extra` is u64 (include/uapi/linux/bpf.h: union bpf_attr). */
const U32_MAX = 0xffff_ffffn;
const U64_MAX = 0xffff_ffff_ffff_ffffn;

/** A field with @map: kind, key and value from its type, the rest from the options. */
export function readMap(
  session: Session,
  name: string,
  type: MapRefType,
  decorator: ts.CallExpression,
): MapModel {
  const [options] = decorator.arguments;
  return readDefinition(session, name, type, options ?? null, decorator);
}

function readDefinition(
  session: Session,
  name: string,
  type: MapRefType,
  options: ts.Expression | null,
  decorator: ts.CallExpression,
): MapModel {
  const read = (key: string): ts.Expression | null => (options ? option(options, key) : null);
  const number = (key: string, most = U32_MAX): bigint | null => {
    const node = read(key);
    const value = node ? evaluate(session, node) : null;
    if (!node || (value !== null && value >= 0n && value <= most)) return value;
    session.report(
      node,
      value === null ? TSB.optionNotConstant(key) : TSB.outOfRange(`${value}`, key, "0", `${most}`),
    );
    return null;
  };
  const pinning = read("pinning");
  const numaNode = number("numaNode");
  const kind = mapClass(type.className);
  const old = kind && tooOld(session.target, type.className, kind.since);
  if (old) session.report(decorator, old);
  return {
    name,
    type,
    loc: session.locate(decorator.parent.parent),
    maxEntries: Number(number("maxEntries") ?? 0n),
    flags: (Number(number("flags") ?? 0n) | (kind?.flags ?? 0)) >>> 0,
    pinning: pinning && ts.isStringLiteralLike(pinning) && pinning.text === "by-name" ? "by-name" : "none",
    numaNode: numaNode === null ? null : Number(numaNode),
    extra: number("extra", U64_MAX) ?? 0n,
    record: kind?.value.kind === "record" ? recordType(type.value) : null,
    inner: type.value?.kind === "map" ? readInner(session, name, type.value, read("inner"), decorator) : null,
    values: type.mapKind === "struct_ops" ? [] : valuesOf(session, read("values")),
    operations: type.mapKind === "struct_ops" ? readOperations(session, type, decorator, read) : null,
  };
}

/** The definition that a map of maps has for those inside. The kernel allows one level. */
function readInner(
  session: Session,
  outer: string,
  type: MapRefType,
  options: ts.Expression | null,
  decorator: ts.CallExpression,
): MapModel | null {
  if (!options) return null; // the checker asks for it
  const pinning = option(options, "pinning");
  if (type.value?.kind === "map" || pinning) {
    const what = pinning ? "a map inside cannot be pinned by name." : "maps of maps do not nest.";
    session.report(pinning ?? options, TSB.mapOption(what));
    return null;
  }
  return readDefinition(session, `${outer}.inner`, type, options, decorator);
}

function valuesOf(session: Session, node: ts.Expression | null): string[] {
  if (!node) return [];
  if (!ts.isArrayLiteralExpression(node)) {
    session.report(node, TSB.optionNotConstant("values"));
    return [];
  }
  return node.elements.flatMap((element) => {
    if (ts.isStringLiteralLike(element)) return [element.text];
    session.report(element, TSB.optionNotConstant("values"));
    return [];
  });
}

/** The names in `values` are of programs of this class, or of maps such as the map of maps holds. */
export function checkValues(
  session: Session,
  declaration: ts.ClassDeclaration,
  map: MapModel,
  program: Program,
): void {
  const field = declaration.members.find((m) => m.name?.getText() === map.name);
  const decorator = field && ts.isPropertyDeclaration(field) ? decoratorCall(session, field, "map") : null;
  const [options] = decorator?.arguments ?? [];
  const list = options ? option(options, "values") : null;
  checkOperations(session, map, list, program);
  if (!list || !ts.isArrayLiteralExpression(list)) return;
  const wrong = (node: ts.Node, detail: string): void => session.report(node, TSB.mapOption(detail));
  for (const [i, element] of list.elements.entries()) {
    if (!ts.isStringLiteralLike(element)) continue;
    const name = element.text;
    if (i >= map.maxEntries) wrong(element, `there are ${map.maxEntries} slots.`);
    else if (map.type.mapKind === "prog_array") {
      if (!program.functions.some((f) => f.linkage === "program" && f.name === name))
        wrong(element, `there is no program '${name}'.`);
    } else {
      const value = program.maps.find((m) => m.name === name);
      if (!value) wrong(element, `there is no map '${name}'.`);
      else if (map.inner && !fits(map.inner, value))
        wrong(
          element,
          `'${name}' is not as \`inner\` says: ${typeName(map.inner.type)} of ${map.inner.maxEntries}.`,
        );
    }
  }
}

/** As the kernel compares them (kernel: bpf_map_meta_equal): arrays inside an array map need equal sizes too. */
const fits = (inner: MapModel, value: MapModel): boolean =>
  sameType(inner.type, value.type) &&
  inner.flags === value.flags &&
  (inner.type.mapKind !== "array" || inner.maxEntries === value.maxEntries);

const recordType = (type: Type | null): MapModel["record"] =>
  type !== null && !isInteger(type) && type.kind === "struct" ? type : null;

/** The value of a property in an object literal. */
export function option(options: ts.Expression, key: string): ts.Expression | null {
  if (!ts.isObjectLiteralExpression(options)) return null;
  for (const property of options.properties)
    if (ts.isPropertyAssignment(property) && property.name.getText() === key) return property.initializer;
  return null;
}
