import type { Btf, BtfMember, TypeId } from "@tsbpfc/loader";

export interface DeclarationOptions {
  /** Types to begin from: structs, unions, enums and typedefs of them, by name. */
  readonly roots: readonly string[];
  /** Only these members, by name; absent: all. */
  readonly only?: ReadonlySet<string>;
}

/**
 * The kernel's types as a `vmlinux` module: what the roots reach, one declaration a line. Fields have the kernel's
 * widths; anonymous members are flattened; a name that TypeScript reserves gets a trailing underscore. Pointers are
 * `ptr<T>`, embedded structs stand by their name.
 */
export function declareKernelTypes(btf: Btf, options: DeclarationOptions): string {
  const writer = new Writer(btf, options.only ?? null);
  for (const root of options.roots) writer.want(writer.rootNamed(root));
  return writer.text();
}

/** Every named struct, union and enum of the kernel. */
export function allKernelTypes(btf: Btf): string[] {
  const names = new Set<string>();
  for (let id = 1; id < btf.count; id++) {
    const kind = btf.kind(id);
    if (kind === "struct" || kind === "union" || kind === "enum" || kind === "enum64")
      names.add(btf.name(id));
  }
  names.delete("");
  return [...names].sort();
}

const RESERVED = new Set(
  "break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static await package private protected public implements interface any unknown never string number boolean symbol object bigint undefined type".split(
    " ",
  ),
);
/** A C name as a TypeScript one. */
export const tsName = (name: string): string => (RESERVED.has(name) ? `${name}_` : name);

/** Names of the standard library that a declaration may use. */
const VOCABULARY = [
  "array",
  "bits",
  "be16",
  "be32",
  "be64",
  "i8",
  "i16",
  "i32",
  "i64",
  "ptr",
  "str",
  "u8",
  "u16",
  "u32",
  "u64",
];
const BIG_ENDIAN: Readonly<Record<string, string>> = { __be16: "be16", __be32: "be32", __be64: "be64" };

class Writer {
  readonly #lines = new Map<string, string>();
  readonly #queue: TypeId[] = [];

  constructor(
    readonly btf: Btf,
    readonly only: ReadonlySet<string> | null,
  ) {}

  /** The type of that name, or null. */
  rootNamed(name: string): TypeId | null {
    const [id] = this.btf.find(name, ["struct", "union", "enum", "enum64"]);
    if (id !== undefined) return id;
    const [alias] = this.btf.find(name, ["typedef"]);
    return alias ?? null;
  }

  want(id: TypeId | null): void {
    if (id !== null) this.#queue.push(id);
  }

  text(): string {
    for (let id = this.#queue.shift(); id !== undefined; id = this.#queue.shift()) this.#declare(id);
    const lines = [...this.#lines.values()].filter((line) => line !== "");
    const words = new Set(lines.join("\n").match(/[a-z]\w*/g) ?? []);
    const used = VOCABULARY.filter((word) => words.has(word));
    const head = ["// Kernel types, written by tsbpfc vmlinux. Every access is relocated (CO-RE)."];
    if (used.length > 0) head.push(`import type { ${used.join(", ")} } from "@tsbpfc/stdlib";`);
    return `${[...head, ...lines, "export {};"].join("\n")}\n`;
  }

  #declare(id: TypeId): void {
    const type = this.btf.type(id);
    if (!("name" in type) || this.#lines.has(type.name)) return;
    const name = tsName(type.name);
    this.#lines.set(type.name, ""); // reserved: a struct may lead back to itself
    if (type.kind === "struct" || type.kind === "union") {
      this.#lines.set(
        type.name,
        `${type.kind === "union" ? "/** @union */ " : ""}export interface ${name} { ${this.#members(type.members)} }`,
      );
    } else if (type.kind === "enum" || type.kind === "enum64") {
      const members = type.values.map((v) => `${tsName(v.name)} = ${v.value}`);
      this.#lines.set(type.name, `export declare enum ${name} { ${members.join(", ")} }`);
    } else if (type.kind === "typedef") {
      this.#lines.set(type.name, `export type ${name} = ${this.#spell(type.type)};`);
    }
  }

  #members(members: readonly BtfMember[]): string {
    const seen = new Set<string>();
    const parts: string[] = [];
    const add = (list: readonly BtfMember[]): void => {
      for (const member of list) {
        if (member.name === "") {
          const inner = this.btf.type(this.btf.resolve(member.type));
          if (inner.kind === "struct" || inner.kind === "union") add(inner.members);
        } else if (!seen.has(member.name) && (!this.only || this.only.has(tsName(member.name)))) {
          seen.add(member.name);
          const type = this.#spell(member.type);
          parts.push(
            `readonly ${tsName(member.name)}: ${member.bitfieldSize > 0 ? `bits<${type}, ${member.bitfieldSize}>` : type};`,
          );
        }
      }
    };
    add(members);
    return parts.join(" ");
  }

  /** The type where it is used. */
  #spell(id: TypeId): string {
    const { btf } = this;
    const type = btf.type(id);
    switch (type.kind) {
      case "void":
        return "u8";
      case "int":
        return type.encoding === "bool" ? "boolean" : integer(type.size, type.encoding !== "unsigned");
      case "float":
        return `array<u8, ${type.size}>`;
      case "typedef":
        return BIG_ENDIAN[type.name] ?? this.#spell(type.type);
      case "volatile":
      case "const":
      case "restrict":
      case "type_tag":
        return this.#spell(type.type);
      case "ptr":
        return this.#pointer(type.type);
      case "array":
        return this.#isChar(type.type)
          ? `str<${type.length}>`
          : `array<${this.#spell(type.type)}, ${type.length}>`;
      case "struct":
      case "union":
        if (type.name === "") return `{ ${this.#members(type.members)} }`;
        this.want(id);
        return tsName(type.name);
      case "enum":
      case "enum64":
        if (type.name === "") return integer(type.size, type.signed);
        this.want(id);
        return tsName(type.name);
      default:
        return "u64";
    }
  }

  #pointer(id: TypeId): string {
    const target = this.btf.type(this.btf.resolve(id));
    if (target.kind === "fwd" || target.kind === "func_proto" || target.kind === "void") return "ptr<u8>";
    // An anonymous struct behind a pointer has no name to be relocated by.
    if ((target.kind === "struct" || target.kind === "union") && target.name === "") return "ptr<u8>";
    if (target.kind === "array") return "ptr<u8>";
    return `ptr<${this.#spell(id)}>`;
  }

  #isChar(id: TypeId): boolean {
    const type = this.btf.type(this.btf.resolve(id));
    return type.kind === "int" && type.name === "char";
  }
}

const integer = (size: number, signed: boolean): string =>
  size > 8 ? `array<u8, ${size}>` : `${signed ? "i" : "u"}${size * 8}`;
