import { type Btf, BtfError, type BtfMember, type TypeId } from "@tsbpfc/loader";
import { operationsWriting } from "@tsbpfc/stdlib/tables";
import { isMemberName, isTypeName, kernelName, tsName, VOCABULARY, WRITTEN } from "./names.js";

export { kernelName, tsName } from "./names.js";

export interface DeclarationOptions {
  /** Types to begin from: structs, unions, enums and typedefs of them, by the names they have in TypeScript. */
  readonly roots: readonly string[];
  /** Only these members, by name; absent: all. */
  readonly only?: ReadonlySet<string>;
}

/**
 * The kernel's types as a `vmlinux` module: what the roots reach, one declaration a line. Fields have the kernel's
 * widths; anonymous members are flattened; a name that TypeScript reserves gets a trailing underscore. Pointers are
 * `ptr<T>`, embedded structs stand by their name. Of two types of one name the first counts. Fields are `readonly`, but
 * for those that programs of struct_ops may assign to.
 *
 * @throws BtfError if the BTF contradicts itself.
 */
export function declareKernelTypes(btf: Btf, options: DeclarationOptions): string {
  const writer = new Writer(btf, options.only ?? null);
  for (const root of options.roots) writer.want(writer.rootNamed(root));
  return writer.text();
}

/** Every struct, union and enum of the kernel that can be declared, by the name it has in TypeScript. */
export function allKernelTypes(btf: Btf): string[] {
  const kinds: ReadonlySet<string> = new Set(DECLARED);
  const names = new Set<string>();
  for (const id of btf.ids()) {
    if (kinds.has(btf.kind(id)) && isTypeName(btf.name(id))) names.add(tsName(btf.name(id)));
  }
  return [...names].sort();
}

const AGGREGATES = ["struct", "union"] as const;
const DECLARED = [...AGGREGATES, "enum", "enum64"] as const;
const BIG_ENDIAN: Readonly<Record<string, string>> = { __be16: "be16", __be32: "be32", __be64: "be64" };

/** Deeper than any kernel's types nest: such BTF goes round in circles. */
const MAX_DEPTH = 64;

class Writer {
  readonly #lines = new Map<string, string>();
  readonly #queue: TypeId[] = [];
  #depth = 0;

  constructor(
    readonly btf: Btf,
    readonly only: ReadonlySet<string> | null,
  ) {}

  /** The type that is called so in TypeScript, or null. */
  rootNamed(name: string): TypeId | null {
    const [id] = [AGGREGATES, DECLARED, ["typedef"] as const].flatMap((kinds) =>
      this.btf.find(kernelName(name), kinds),
    );
    return id ?? null;
  }

  want(id: TypeId | null): void {
    if (id !== null) this.#queue.push(id);
  }

  text(): string {
    // The queue grows on the way.
    for (const id of this.#queue) this.#declare(id);
    const lines = [...this.#lines.values()].filter((line) => line !== "");
    const words = new Set(lines.join("\n").match(/[a-z]\w*/g) ?? []);
    const used = VOCABULARY.filter((word) => words.has(word));
    const head = [`${WRITTEN} Every access is relocated (CO-RE).`];
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
        `${type.kind === "union" ? "/** @union */ " : ""}export interface ${name} { ${this.#members(type.members, type.name)} }`,
      );
    } else if (type.kind === "enum" || type.kind === "enum64") {
      const members = type.values.map((v) => `${v.name} = ${v.value}`);
      this.#lines.set(type.name, `export declare enum ${name} { ${members.join(", ")} }`);
    } else if (type.kind === "typedef") {
      this.#lines.set(type.name, `export type ${name} = ${this.#spell(type.type)};`);
    }
  }

  /** @param path the struct's name, and where in it an anonymous one stands: `tcp_sock`, `inet_connection_sock.icsk_ack` */
  #members(members: readonly BtfMember[], path: string): string {
    const seen = new Set<string>();
    const parts: string[] = [];
    const add = (list: readonly BtfMember[]): void => {
      for (const member of list) {
        if (member.name === "") {
          const inner = this.btf.type(this.btf.resolve(member.type));
          if (inner.kind === "struct" || inner.kind === "union")
            this.#within(member.type, () => add(inner.members));
        } else if (!seen.has(member.name) && this.#wants(member.name)) {
          seen.add(member.name);
          const within = `${path}.${member.name}`;
          const modifier = this.#isWritten(member, within) ? "" : "readonly ";
          parts.push(`${modifier}${tsName(member.name)}: ${this.#spellMember(member, within)};`);
        }
      }
    };
    add(members);
    return parts.join(" ");
  }

  /** Of an array the elements are written, which `readonly` in front of it allows. */
  #isWritten({ type }: BtfMember, path: string): boolean {
    const [struct = "", ...field] = path.split(".");
    return (
      operationsWriting(struct, field.join(".")).length > 0 &&
      this.btf.type(this.btf.resolve(type)).kind !== "array"
    );
  }

  #wants(member: string): boolean {
    return isMemberName(member) && (!this.only || this.only.has(tsName(member)));
  }

  #spellMember({ type, bitfieldSize }: BtfMember, path: string): string {
    const spelled = this.#spell(type, path);
    if (bitfieldSize === 0) return spelled;
    // A bit-field is a number, also one of bool.
    return `bits<${spelled === "boolean" ? "u8" : spelled}, ${bitfieldSize}>`;
  }

  /** The type where it is used: of a member, by its path. */
  #spell(id: TypeId, path = ""): string {
    return this.#within(id, () => this.#spellType(id, path));
  }

  /** @throws BtfError BTF_CYCLE */
  #within<T>(id: TypeId, work: () => T): T {
    if (++this.#depth > MAX_DEPTH)
      throw new BtfError("BTF_CYCLE", `type ${id} is nested more than ${MAX_DEPTH} deep`);
    const result = work();
    this.#depth--;
    return result;
  }

  #spellType(id: TypeId, path: string): string {
    const type = this.btf.type(id);
    switch (type.kind) {
      case "void":
        return "u8";
      case "int":
        return type.encoding === "bool" ? "boolean" : integer(type.size, type.encoding !== "unsigned");
      case "float":
        return `array<u8, ${type.size}>`;
      case "typedef":
        return BIG_ENDIAN[type.name] ?? this.#spell(type.type, path);
      case "volatile":
      case "const":
      case "restrict":
      case "type_tag":
        return this.#spell(type.type, path);
      case "ptr":
        return this.#pointer(type.type);
      case "array":
        return this.#isChar(type.type)
          ? `str<${type.length}>`
          : `array<${this.#spell(type.type)}, ${type.length}>`;
      case "struct":
      case "union":
        if (!isTypeName(type.name)) return `{ ${this.#members(type.members, path)} }`;
        this.want(id);
        return tsName(type.name);
      case "enum":
      case "enum64":
        if (!isTypeName(type.name) || this.#isAggregate(type.name)) return integer(type.size, type.signed);
        this.want(id);
        return tsName(type.name);
      default:
        return "u64";
    }
  }

  #pointer(id: TypeId): string {
    const target = this.btf.type(this.btf.resolve(id));
    if (target.kind === "fwd" || target.kind === "func_proto" || target.kind === "void") return "ptr<u8>";
    // A struct without a name has none to be relocated by, behind a pointer.
    if ((target.kind === "struct" || target.kind === "union") && !isTypeName(target.name)) return "ptr<u8>";
    if (target.kind === "array") return "ptr<u8>";
    return `ptr<${this.#spell(id)}>`;
  }

  /** C has names of structs and of enums apart, TypeScript has not: a struct takes the name. */
  #isAggregate(name: string): boolean {
    return this.btf.find(name, AGGREGATES).length > 0;
  }

  #isChar(id: TypeId): boolean {
    const type = this.btf.type(this.btf.resolve(id));
    return type.kind === "int" && type.name === "char";
  }
}

const integer = (size: number, signed: boolean): string =>
  size > 8 ? `array<u8, ${size}>` : `${signed ? "i" : "u"}${size * 8}`;
