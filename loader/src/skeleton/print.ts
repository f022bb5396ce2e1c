import { codeOf } from "./codec.js";
import { Declarations, doc } from "./declarations.js";
import {
  imports,
  type MapModel,
  type SkeletonModel,
  type StructOpsModel,
  type VariableModel,
} from "./model.js";
import { property } from "./names.js";
import { bytesText } from "./typescript.js";

/** Both forms of a skeleton: with code, and as declarations for the one that is printed as JavaScript. */
export interface Printed {
  readonly ts: string;
  readonly dts: string;
}

/** @param load an expression for the object's bytes */
export function printSkeleton(model: SkeletonModel, load: string): Printed {
  const { name } = model;
  const declarations = new Declarations(model);
  const parts = [
    "Maps",
    "Programs",
    "Rodata",
    "Globals",
    ...(model.structOps.length > 0 ? ["StructOps"] : []),
  ];
  const generics = parts.map((part) => `${name}${part}`).join(", ");
  const types = [declarations.types(), interfaces(model, declarations)].filter((t) => t !== "").join("\n");
  const about = doc(`The object ${model.source}: open, load, attach, close.`);
  const open = doc(
    "Parses the object; nothing is in the kernel yet. @throws UsageError for options it has no use for",
    "  ",
  );
  const ts = [
    types,
    declarations.values(),
    definition(model, declarations),
    `const ${model.own.object} = (): Uint8Array => ${load};\n`,
    `${about}export class ${name} extends Skeleton<${generics}> {\n${open}` +
      `  static open(options: OpenOptions<${generics}> = {}): ${name} {\n` +
      `    return new ${name}(${model.own.object}(), ${model.own.definition}, options);\n  }\n}\n`,
  ];
  const dts = [
    types,
    declarations.constants(),
    `${about}export declare class ${name} extends Skeleton<${generics}> {\n${open}` +
      `  static open(options?: OpenOptions<${generics}>): ${name};\n}\n`,
  ];
  return { ts: file(model, ts, "values"), dts: file(model, dts, "declarations") };
}

/** Imports what the text mentions, so that a project that forbids unused names is content. */
function file(model: SkeletonModel, parts: readonly string[], kind: "values" | "declarations"): string {
  const body = parts.filter((part) => part !== "").join("\n");
  const code = body.replace(/\(`[^`]*`\)/, ""); // less the object
  const mentioned = (name: string): boolean => new RegExp(`(?<![\\w$."])${name}(?![\\w$"])`).test(code);
  const classes = [...new Set(model.maps.flatMap(classesOf))].sort();
  // A class that declarations only mention need not be there when the program runs.
  const mapImports = classes.map((c) => (kind === "values" ? c : `type ${c}`));
  const names = [
    ...imports.values.filter(mentioned),
    ...mapImports,
    ...imports.types.filter(mentioned).map((t) => `type ${t}`),
  ];
  return [
    "/* eslint-disable */\n",
    `// Made by tsbpfc from ${model.source.replace(/[\r\n]/g, " ")}. Do not edit: build again instead.\n`,
    `import {\n${names.map((n) => `  ${n},\n`).join("")}} from "@tsbpfc/runtime";\n\n`,
    body,
  ].join("");
}

const classesOf = (map: MapModel): string[] => [map.className, ...(map.inner ? classesOf(map.inner) : [])];

function interfaces(model: SkeletonModel, declarations: Declarations): string {
  const { name } = model;
  const maps = model.maps.map((m) => {
    return `${doc(m.note, "  ")}  readonly ${property(m.name)}: ${mapType(m, declarations)};\n`;
  });
  const programs = model.programs.map(
    (p) => `${doc(p.note, "  ")}  readonly ${property(p.name)}: SkeletonProgram;\n`,
  );
  const variables = (list: readonly VariableModel[]): string =>
    list
      .map((v) => {
        const more = v.shape.kind === "bytes" ? "" : declarations.noteOf(v.shape);
        const note = [`${v.section}, ${bytesText(v.shape.bytes)}.`, more].join(" ").trim();
        return `${doc(note, "  ")}  ${property(v.name)}: ${declarations.typeOf(v.shape)};\n`;
      })
      .join("");
  return [
    `export interface ${name}Maps {\n${maps.join("")}}\n`,
    `export interface ${name}Programs {\n${programs.join("")}}\n`,
    `${doc("Constants of the programs: set them before load().")}export interface ${name}Rodata {\n${variables(model.rodata)}}\n`,
    `${doc("Variables that the programs and this process share.")}export interface ${name}Globals {\n${variables(model.globals)}}\n`,
    ...(model.structOps.length > 0 ? [structOpsInterface(model, declarations)] : []),
  ].join("\n");
}

/** Members of struct_ops variables; a program is named. */
function structOpsInterface(model: SkeletonModel, declarations: Declarations): string {
  const programs = [...model.callbacks.map((name) => JSON.stringify(name)), "null"].join(" | ");
  const maps = model.structOps.map(({ name, note, members }) => {
    const lines = members.map(({ name: member, shape }) => {
      const type = shape === null ? programs : declarations.typeOf(shape);
      const about = shape === null ? "" : doc(declarations.noteOf(shape), "    ");
      return `${about}    ${property(member)}: ${type};\n`;
    });
    return `${doc(note, "  ")}  readonly ${property(name)}: {\n${lines.join("")}  };\n`;
  });
  const about = doc("Structs of struct_ops, to be set before load(): values, and names of programs.");
  return `${about}export interface ${model.name}StructOps {\n${maps.join("")}}\n`;
}

function definition(model: SkeletonModel, declarations: Declarations): string {
  const { name } = model;
  const block = (key: string, lines: readonly string[]): string =>
    lines.length === 0 ? `  ${key}: {},\n` : `  ${key}: {\n${lines.join("")}  },\n`;
  const variables = (list: readonly VariableModel[]): string[] =>
    list.map(
      (v) =>
        `    ${property(v.name)}: { section: ${JSON.stringify(v.section)}, offset: ${v.offset}, codec: ${codeOf(v.shape).codec} },\n`,
    );
  const sections = JSON.stringify(model.sections);
  return [
    `const ${model.own.definition}: SkeletonDefinition<${name}Maps, ${name}Programs> = {\n`,
    `  name: ${JSON.stringify(name)},\n`,
    block(
      "maps",
      model.maps.map((m) => mapLine(m, model.locals.map, declarations)),
    ),
    `  programs: [${model.programs.map((p) => JSON.stringify(p.name)).join(", ")}],\n`,
    sections === "{}" ? "" : `  sections: ${sections},\n`,
    block("rodata", variables(model.rodata)),
    block("globals", variables(model.globals)),
    ...(model.structOps.length > 0 ? [block("structOps", model.structOps.map(structOpsLine))] : []),
    "};\n",
  ].join("");
}

function structOpsLine({ name, members }: StructOpsModel): string {
  const lines = members.map(({ name: member, offset, shape }) => {
    const codec = shape === null ? "null" : codeOf(shape).codec;
    return `      ${property(member)}: { offset: ${offset}, codec: ${codec} },\n`;
  });
  return `    ${property(name)}: {\n${lines.join("")}    },\n`;
}

function mapLine(map: MapModel, local: string, declarations: Declarations): string {
  return `    ${property(map.name)}: (${local}) => ${construct(map, local, declarations)},\n`;
}

/** `new HashOfMaps<number, ArrayMap<bigint>>(map, codecs.u32, (map) => new ArrayMap<bigint>(map, codecs.u64))` */
function construct(map: MapModel, local: string, declarations: Declarations): string {
  const given = [
    local,
    ...map.shapes.map((s) => codeOf(s).codec),
    ...(map.inner ? [`(${local}) => ${construct(map.inner, local, declarations)}`] : []),
  ];
  return `new ${mapType(map, declarations)}(${given.join(", ")})`;
}

/** `HashOfMaps<number, ArrayMap<bigint>>` */
function mapType({ className, shapes, inner }: MapModel, declarations: Declarations): string {
  const types = [
    ...shapes.map((s) => declarations.typeOf(s)),
    ...(inner ? [mapType(inner, declarations)] : []),
  ].join(", ");
  return types === "" ? className : `${className}<${types}>`;
}
