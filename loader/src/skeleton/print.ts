import type { SkeletonModel, VariableModel } from "./model.js";
import { access, property } from "./names.js";
import type { EnumDeclaration, StructDeclaration } from "./types.js";

const doc = (text: string, indent = ""): string =>
  text === "" ? "" : `${indent}/** ${text.replaceAll("*/", "* /")} */\n`;

/** Both forms of a skeleton: with code, and as declarations for the one that is printed as JavaScript. */
export interface Printed {
  readonly ts: string;
  readonly dts: string;
}

/** @param load an expression for the object's bytes */
export function printSkeleton(model: SkeletonModel, load: string): Printed {
  const { name } = model;
  const generics = `${name}Maps, ${name}Programs, ${name}Rodata, ${name}Globals`;
  const head = `// Made by tsbpfc from ${model.source}. Do not edit: build again instead.\n`;
  const classes = [...new Set(model.maps.map((m) => m.className))].sort();
  const types = [...model.enums.map(enumType), ...model.structs.map(structType), interfaces(model)].join(
    "\n",
  );
  const classDoc = doc(`The object ${model.source}: open, load, attach, close.`);
  const ts = [
    head,
    `import { ${["codecs", "type Codec", "type OpenOptions", "Skeleton", "type SkeletonDefinition", "type SkeletonProgram", ...classes].join(", ")} } from "@tsbpfc/runtime";\n`,
    "\n",
    types,
    "\n",
    ...model.enums.map(enumValue),
    ...model.structs.map(structCodec),
    definition(model),
    "\n",
    `const object = (): Uint8Array => ${load};\n\n`,
    classDoc,
    `export class ${name} extends Skeleton<${generics}> {\n`,
    doc("Parses the object; nothing is in the kernel yet.", "  "),
    `  static open(options: OpenOptions<${generics}> = {}): ${name} {\n    return new ${name}(object(), definition, options);\n  }\n}\n`,
  ].join("");
  const dts = [
    head,
    `import { ${["type Codec", "type OpenOptions", "Skeleton", "type SkeletonProgram", ...classes.map((c) => `type ${c}`)].join(", ")} } from "@tsbpfc/runtime";\n`,
    "\n",
    types,
    "\n",
    ...model.enums.map((e) => `export declare const ${e.name}: ${enumObject(e)};\n`),
    ...model.structs.map((s) => `export declare const ${s.name}: Codec<${s.name}>;\n`),
    classDoc,
    `export declare class ${name} extends Skeleton<${generics}> {\n`,
    doc("Parses the object; nothing is in the kernel yet.", "  "),
    `  private constructor();\n  static open(options?: OpenOptions<${generics}>): ${name};\n}\n`,
  ].join("");
  return { ts, dts };
}

const literal = (value: bigint, wide: boolean): string => (wide ? `${value}n` : `${value}`);

const enumType = (e: EnumDeclaration): string =>
  `export type ${e.name} = (typeof ${e.name})[keyof typeof ${e.name}];\n`;

const enumObject = (e: EnumDeclaration): string =>
  `{ ${e.values.map((v) => `readonly ${property(v.name)}: ${literal(v.value, e.wide)}`).join("; ")} }`;

const enumValue = (e: EnumDeclaration): string =>
  `export const ${e.name} = {\n${e.values.map((v) => `  ${property(v.name)}: ${literal(v.value, e.wide)},\n`).join("")}} as const;\n\n`;

/** A union is read through all members and written through one, so that each may be left out. */
function structType(s: StructDeclaration): string {
  const optional = s.kind === "union" ? "?" : "";
  const fields = s.fields.map(
    (f) =>
      `${doc(f.note, "  ")}  ${property(f.name)}${optional}: ${f.ts}${optional ? " | undefined" : ""};\n`,
  );
  const what =
    s.kind === "union" ? "a union: read through every member, written through one." : `${s.size} bytes.`;
  return `${doc(`${s.size > 0 && s.kind === "union" ? `${s.size} bytes, ` : ""}${what}`)}export interface ${s.name} {\n${fields.join("")}}\n`;
}

function structCodec(s: StructDeclaration): string {
  const read = s.fields.map((f) => `    ${property(f.name)}: ${f.read},\n`).join("");
  const write =
    s.kind === "union"
      ? [
          "    switch (codecs.oneMember(value)) {\n",
          ...s.fields.map(
            (f) =>
              `      case ${JSON.stringify(f.name)}:\n        if (value${access(f.name)} !== undefined) ${f.write(`value${access(f.name)}`)}\n        break;\n`,
          ),
          "    }\n",
        ].join("")
      : s.fields.map((f) => `    ${f.write(`value${access(f.name)}`)}\n`).join("");
  const used = s.fields.length > 0 ? ["view", "at"] : ["_view", "_at"];
  return [
    `export const ${s.name}: Codec<${s.name}> = {\n`,
    `  size: ${s.size},\n`,
    `  read: (${used.join(", ")}) => ({\n${read}  }),\n`,
    `  write: (view, at, ${s.fields.length > 0 ? "value" : "_value"}) => {\n    codecs.clear(view, at, ${s.size});\n${write}  },\n`,
    "};\n\n",
  ].join("");
}

function interfaces(model: SkeletonModel): string {
  const { name } = model;
  const maps = model.maps.map((m) => {
    const generics = m.shapes.length > 0 ? `<${m.shapes.map((s) => s.ts).join(", ")}>` : "";
    return `${doc(m.note, "  ")}  readonly ${property(m.name)}: ${m.className}${generics};\n`;
  });
  const programs = model.programs.map(
    (p) => `${doc(`SEC("${p.section}")`, "  ")}  readonly ${property(p.name)}: SkeletonProgram;\n`,
  );
  const variables = (list: readonly VariableModel[]): string =>
    list.map((v) => `${doc(v.shape.note ?? "", "  ")}  ${property(v.name)}: ${v.shape.ts};\n`).join("");
  return [
    `export interface ${name}Maps {\n${maps.join("")}}\n`,
    `export interface ${name}Programs {\n${programs.join("")}}\n`,
    `${doc("Constants of the programs: set them before load().")}export interface ${name}Rodata {\n${variables(model.rodata)}}\n`,
    `${doc("Variables that the programs and this process share.")}export interface ${name}Globals {\n${variables(model.globals)}}\n`,
  ].join("\n");
}

function definition(model: SkeletonModel): string {
  const maps = model.maps.map((m) => {
    const codecs = m.shapes.map((s) => s.codec);
    return `    ${property(m.name)}: (handle) => new ${m.className}(${["handle", ...codecs].join(", ")}),\n`;
  });
  const variables = (list: readonly VariableModel[]): string =>
    list
      .map(
        (v) =>
          `    ${property(v.name)}: { section: ${JSON.stringify(v.section)}, offset: ${v.offset}, codec: ${v.shape.codec} },\n`,
      )
      .join("");
  return [
    `const definition: SkeletonDefinition<${model.name}Maps, ${model.name}Programs> = {\n`,
    `  name: ${JSON.stringify(model.name)},\n`,
    `  maps: {\n${maps.join("")}  },\n`,
    `  programs: [${model.programs.map((p) => JSON.stringify(p.name)).join(", ")}],\n`,
    `  rodata: {\n${variables(model.rodata)}  },\n`,
    `  globals: {\n${variables(model.globals)}  },\n`,
    "};\n",
  ].join("");
}
