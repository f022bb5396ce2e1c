import { sizeOf } from "../dialect/model/layout.js";
import type { SourceFile } from "../dialect/model/location.js";
import type { Model } from "../dialect/model/model.js";
import type { Field, StructType, Type } from "../dialect/model/types.js";
import * as ir from "../ir/index.js";

/** What the kernel is told of a field or a variable beyond its type (kernel: `btf_find_decl_tag_value`). */
export const tagsOf = (type: Type): readonly string[] =>
  type.kind === "struct" && type.contains ? [`contains:${type.contains.of.name}:${type.contains.node}`] : [];

/** The dialect's types as LLVM types and as debug info, each made once. */
export class TypeTable {
  readonly #debug = new Map<object | string, ir.DIType>();
  readonly files: readonly ir.DIFile[];

  constructor(
    readonly module: ir.Module,
    model: Model,
  ) {
    this.files = model.files.map((file: SourceFile) => module.debug.file(file.name, file.text));
  }

  file(index: number): ir.DIFile {
    return this.files[index] ?? this.module.debug.mainFile;
  }

  /** What a register holds. */
  value(type: Type): ir.IrType {
    return type.kind === "bool" ? ir.i1 : this.memory(type);
  }

  /** What memory holds. Structs are bytes: offsets are decided already, or relocated. */
  memory(type: Type): ir.IrType {
    switch (type.kind) {
      case "int":
      case "enum":
        return ir.intType(type.bits);
      case "bool":
        return ir.i8;
      case "ptr":
      case "map":
        return ir.ptr;
      case "struct":
        return ir.arrayType(ir.i8, type.shape.size);
      case "array":
        return ir.arrayType(this.memory(type.element), type.length);
      case "str":
        return ir.arrayType(ir.i8, type.length);
      case "void":
      case "constant":
      case "error":
        return ir.voidType;
    }
  }

  /** Debug info; null is void. */
  debug(type: Type): ir.DIType | null {
    const { debug } = this.module;
    switch (type.kind) {
      case "int": {
        const integer = debug.integer(type.bits, type.signed);
        return type.bigEndian ? debug.typedef(`__be${type.bits}`, integer) : integer;
      }
      case "bool":
        return debug.bool();
      case "enum":
        return this.#once(type, () =>
          debug.enumeration({ name: type.name, sizeBits: type.bits, values: type.members }),
        );
      case "struct":
        return this.struct(type);
      case "array":
        return debug.array(this.member(type.element), type.length);
      case "str":
        return debug.array(debug.char(), type.length);
      case "ptr":
        // A map is a pointer already.
        return type.to.kind === "map"
          ? this.debug(type.to)
          : debug.pointer(this.debug(type.to), type.kptr ? { typeTags: [type.kptr] } : {});
      case "map":
        return debug.pointer(debug.forward("struct", "bpf_map"));
      case "void":
      case "constant":
      case "error":
        return null;
    }
  }

  /** Debug info of something that has a size. */
  member(type: Type): ir.DIType {
    const made = this.debug(type);
    if (!made) throw new ir.InternalError("ir-type-mismatch", `a member of type ${type.kind}`);
    return made;
  }

  struct(struct: StructType): ir.DIType {
    // However many kinds of lists there are, `bpf_list_head` is one type: what is in them, members' tags say.
    const known = this.#debug.get(struct.contains ? struct.name : struct.shape);
    if (known) return known;
    const made = this.module.debug.struct({
      kind: struct.union ? "union" : "struct",
      ...(struct.name === "" ? {} : { name: struct.name }),
      sizeBits: sizeOf(struct) * 8,
    });
    this.#debug.set(struct.contains ? struct.name : struct.shape, made);
    const { fields } = struct.shape;
    // Of a context's fields some share bytes with an earlier one; the kernel wants members by their offsets.
    const members = struct.origin === "context" ? [...fields].sort((a, b) => a.offset - b.offset) : fields;
    made.define(members.map((field) => this.#member(field)));
    return made;
  }

  #member(field: Field): ir.DIMember {
    const type = this.member(field.type);
    if (!field.bits)
      return { name: field.name, type, offsetBits: field.offset * 8, declTags: tagsOf(field.type) };
    const { width, offset } = field.bits;
    return {
      name: field.name,
      type,
      offsetBits: offset,
      bitField: { widthBits: width, storageOffsetBits: field.offset * 8 },
    };
  }

  #once(key: object, make: () => ir.DIType): ir.DIType {
    const made = this.#debug.get(key) ?? make();
    this.#debug.set(key, made);
    return made;
  }
}
