import { clearGaps, codeOf, nameUnion, readMembers, writeMembers } from "./codec.js";
import type { SkeletonModel } from "./model.js";
import { property } from "./names.js";
import type { ArrayDeclaration, EnumDeclaration, Member, Shape, StructDeclaration } from "./shape.js";
import { bytesText, grouped, memberNote, memberType, shapeNote, tsType } from "./typescript.js";

/** A doc comment on one line, whatever the object's names hold; nothing for no text. */
export const doc = (text: string, indent = ""): string =>
  text === "" ? "" : `${indent}/** ${text.replaceAll("*/", "* /").replace(/\s+/g, " ")} */\n`;

const indented = (lines: readonly string[], indent: string): string =>
  lines.map((line) => `${indent}${line}\n`).join("");

/** Prints the types and codecs of a model. */
export class Declarations {
  readonly #arrays: ReadonlyMap<string, ArrayDeclaration>;

  constructor(readonly model: SkeletonModel) {
    this.#arrays = new Map(model.arrays.map((a) => [a.name, a]));
  }

  typeOf(shape: Shape): string {
    return tsType(shape, (name) => this.#array(name).element);
  }

  noteOf(shape: Shape): string {
    return shapeNote(shape, (name) => this.#array(name).length);
  }

  /** Interfaces and types: the same in `.ts` and `.d.ts`. */
  types(): string {
    return [...this.model.enums.map(enumType), ...this.model.structs.map((s) => this.#structType(s))].join(
      "\n",
    );
  }

  /** The constants of `.d.ts`. */
  constants(): string {
    return [
      ...this.model.enums.map((e) => `export declare const ${e.name}: ${enumObject(e)};\n`),
      ...this.model.structs.map((s) => `export declare const ${s.name}: ${this.#codecType(s)};\n`),
    ].join("");
  }

  /** Their values, for `.ts`: enums, then codecs. Functions use each other's constants only when they run. */
  values(): string {
    return [
      ...this.model.enums.map(enumValue),
      ...this.model.arrays.map((a) => this.#arrayCodec(a)),
      ...this.model.structs.flatMap((s) => [...this.#unions(s.members, s), this.#structCodec(s)]),
    ].join("\n");
  }

  #array(name: string): ArrayDeclaration {
    const found = this.#arrays.get(name);
    if (!found) throw new TypeError(`no array ${name} in the model`);
    return found;
  }

  #structType(s: StructDeclaration): string {
    const init = this.model.inits.get(s.name);
    const about = [
      s.what === "union"
        ? `A union of ${bytesText(s.bytes)}, read through all its members. \`${s.name}.of\` makes one from one member.`
        : `${bytesText(s.bytes)}.`,
      s.what === "struct" && init ? `\`${s.name}.of\` makes one, with one member of each union.` : "",
      s.hidden.length > 0 ? `Left out, for they are the kernel's own: ${s.hidden.join(", ")}.` : "",
    ];
    const text = about.filter((part) => part !== "").join(" ");
    const body = `${doc(text)}export interface ${s.name} {\n${this.#properties(s.members)}}\n`;
    return init
      ? `${body}\n${doc(`What \`${s.name}.of\` takes.`)}export type ${init} = ${initType(s.members, s.name)};\n`
      : body;
  }

  #properties(members: readonly Member[]): string {
    return members
      .map((member) => {
        if (member.kind === "union") return member.alternatives.map((a) => this.#properties(a)).join("");
        const note = memberNote(member, (name) => this.#array(name).length);
        const type = memberType(member, (name) => this.#array(name).element);
        return `${doc(note, "  ")}  ${property(member.name)}: ${type};\n`;
      })
      .join("");
  }

  #codecType(s: StructDeclaration): string {
    const init = this.model.inits.get(s.name);
    return init ? `Codec<${s.name}> & { of(init: ${init}): ${s.name} }` : `Codec<${s.name}>`;
  }

  #structCodec(s: StructDeclaration): string {
    const { view, at, value, length } = this.model.locals;
    const flexible = s.members.find((m) => m.kind === "flexible");
    const read = readMembers(s.members, s, this.model.locals);
    const parameters = flexible
      ? `${view}, ${at}, ${length} = ${flexible.at}`
      : read.length > 0
        ? `${view}, ${at}`
        : "";
    const gaps = clearGaps(s, this.model.locals);
    const write = writeMembers(s.members, s, this.model.locals);
    const given = write.length > 0 ? `${view}, ${at}, ${value}` : gaps.length > 0 ? `${view}, ${at}` : "";
    return [
      `export const ${s.name}: ${this.#codecType(s)} = {\n`,
      `  size: ${s.bytes},\n`,
      `  read: (${parameters}) => ({\n${indented(read, "    ")}  }),\n`,
      `  write: (${given}) => {\n${indented([...gaps, ...write], "    ")}  },\n`,
      this.model.inits.has(s.name) ? `  of: (${value}) => codecs.make(${s.name}, ${value}),\n` : "",
      "};\n",
    ].join("");
  }

  /** The lists of alternatives of a struct's unions, inner ones first. */
  #unions(members: readonly Member[], s: StructDeclaration): string[] {
    const { view, at, value } = this.model.locals;
    return members.flatMap((member) => {
      if (member.kind !== "union") return [];
      const inner = member.alternatives.flatMap((a) => this.#unions(a, s));
      const list = member.alternatives.map((a) => {
        const names = nameUnion(a);
        return [
          `  codecs.alternative<${member.name}, ${names}>(\n`,
          `    [${names.replaceAll(" | ", ", ")}],\n`,
          `    (${view}, ${at}) => ({\n${indented(readMembers(a, s, this.model.locals), "      ")}    }),\n`,
          `    (${view}, ${at}, ${value}) => {\n${indented(writeMembers(a, s, this.model.locals), "      ")}    },\n`,
          "  ),\n",
        ].join("");
      });
      const type = `type ${member.name} = Pick<${s.name}, ${nameUnion([member])}>;\n`;
      return [
        ...inner,
        `${type}const ${member.name}: readonly codecs.Alternative<${member.name}>[] = [\n${list.join("")}];\n`,
      ];
    });
  }

  #arrayCodec(a: ArrayDeclaration): string {
    const { view, at, value, list, element, to } = this.model.locals;
    const code = codeOf(a.element);
    const step = a.element.bytes;
    const type = grouped(this.typeOf(a.element));
    const label = JSON.stringify(`an element of ${a.name}`);
    const here = { ...this.model.locals, at: to };
    return [
      `const ${a.name}: Codec<readonly ${type}[]> = {\n`,
      `  size: ${step * a.length},\n`,
      `  read: (${view}, ${at}) => {\n`,
      `    const ${list}: ${type}[] = [];\n`,
      `    for (let ${to} = ${at}; ${to} < ${at} + ${step * a.length}; ${to} += ${step}) ${list}.push(${code.read(here, to)});\n`,
      `    return ${list};\n  },\n`,
      `  write: (${view}, ${at}, ${value}) => {\n`,
      `    codecs.fit.length(${value}, ${a.length}, ${JSON.stringify(a.name)});\n`,
      `    let ${to} = ${at};\n`,
      `    for (const ${element} of ${value}) {\n`,
      `      ${code.write(here, to, element, label)}\n      ${to} += ${step};\n    }\n  },\n`,
      "};\n",
    ].join("");
  }
}

const enumType = (e: EnumDeclaration): string =>
  `${doc(`An enum of ${bytesText(e.bytes)}. Memory may hold other values: they come as they are.`)}export type ${e.name} = (typeof ${e.name})[keyof typeof ${e.name}];\n`;

const literal = (e: EnumDeclaration, value: bigint): string => (e.bytes === 8 ? `${value}n` : `${value}`);

const enumObject = (e: EnumDeclaration): string =>
  `{ ${e.values.map((v) => `readonly ${property(v.name)}: ${literal(e, v.value)}`).join("; ")} }`;

const enumValue = (e: EnumDeclaration): string =>
  `export const ${e.name} = {\n${e.values.map((v) => `  ${property(v.name)}: ${literal(e, v.value)},\n`).join("")}} as const;\n`;

/** All plain members, and of each union one alternative, to the exclusion of the others. */
function initType(members: readonly Member[], owner: string): string {
  const plain = members.filter((m) => m.kind !== "union");
  const parts = plain.length > 0 ? [`Pick<${owner}, ${nameUnion(plain)}>`] : [];
  for (const member of members) {
    if (member.kind !== "union") continue;
    const all = member.alternatives;
    const ways = all.map((one) => {
      const others = all.filter((other) => other !== one).flatMap((other) => nameUnion(other).split(" | "));
      const excluded = others.map((name) => `${propertyOf(name)}?: never`).join("; ");
      return excluded === "" ? initType(one, owner) : `(${initType(one, owner)} & { ${excluded} })`;
    });
    parts.push(ways.length > 1 ? `(${ways.join(" | ")})` : ways.join(""));
  }
  return parts.join(" & ") || "object";
}

const propertyOf = (quoted: string): string => property(JSON.parse(quoted) as string);
