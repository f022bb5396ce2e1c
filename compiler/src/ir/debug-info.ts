import type {
  DIFile,
  DIGlobal,
  DIGlobalOptions,
  DILocation,
  DIMember,
  DIParameter,
  DIShape,
  DIStruct,
  DISubprogram,
  DIType,
  Encoding,
  Enumerator,
  SubprogramOptions,
} from "./debug-types.js";
import { InternalError } from "./internal-error.js";
import { type MdNode, type Metadata, mdString, specialized } from "./metadata.js";
import { quote } from "./text.js";

/** C's names for the integers, which BTF consumers know. */
const INTEGERS: Readonly<Record<string, { name: string; encoding: Encoding }>> = {
  s8: { name: "signed char", encoding: "signed_char" },
  u8: { name: "unsigned char", encoding: "unsigned_char" },
  s16: { name: "short", encoding: "signed" },
  u16: { name: "unsigned short", encoding: "unsigned" },
  s32: { name: "int", encoding: "signed" },
  u32: { name: "unsigned int", encoding: "unsigned" },
  s64: { name: "long long", encoding: "signed" },
  u64: { name: "unsigned long long", encoding: "unsigned" },
};

const POINTER_BITS = 64;

/**
 * Debug-info metadata, from which LLVM makes BTF. Equal types are one node; the order of calls gives
 * the numbers. Columns and lines count from 1.
 */
export class DebugInfo {
  readonly compileUnit: MdNode;
  readonly #metadata: Metadata;
  readonly #globals: DIGlobal[] = [];
  readonly #enums: DIType[] = [];
  readonly #subprograms: { readonly node: DISubprogram; readonly definition: boolean; fill(): void }[] = [];
  readonly #exported: DIType[] = [];
  readonly #unit: { fill(text: string): void };
  readonly #mainFile: DIFile;
  readonly #producer: string;

  constructor(metadata: Metadata, options: { fileName: string; source: string; producer: string }) {
    this.#metadata = metadata;
    const unit = metadata.open();
    this.compileUnit = unit;
    this.#unit = unit;
    this.#producer = options.producer;
    this.#mainFile = this.file(options.fileName, options.source);
  }

  get mainFile(): DIFile {
    return this.#mainFile;
  }

  /**
   * A source file with its text: BTF line info quotes the text, so no path of this machine is needed.
   */
  file(name: string, source: string): DIFile {
    const text = specialized("DIFile", { filename: quote(name), directory: '""', source: quote(source) });
    return { di: "file", ...this.#metadata.node(text) };
  }

  basic(name: string, sizeBits: number, encoding: Encoding): DIType {
    return this.#type(
      specialized("DIBasicType", { name: quote(name), size: sizeBits, encoding: `DW_ATE_${encoding}` }),
      sizeBits,
      { kind: "int", name, signed: encoding === "signed" || encoding === "signed_char" },
    );
  }

  /** The integer of 8, 16, 32 or 64 bits under its C name. */
  integer(bits: number, signed: boolean): DIType {
    const row = INTEGERS[`${signed ? "s" : "u"}${bits}`];
    if (row === undefined) throw new InternalError("ir-type-mismatch", `no C integer of ${bits} bits`);
    return this.basic(row.name, bits, row.encoding);
  }

  /** `char`: what makes tools print an array as text. */
  char(): DIType {
    return this.basic("char", 8, "signed_char");
  }

  bool(): DIType {
    return this.basic("_Bool", 8, "boolean");
  }

  /** `typeTags` become BTF_KIND_TYPE_TAG (Linux 5.17), as `__user` and `__kptr` do in C. */
  pointer(to: DIType | null, options: { typeTags?: readonly string[] } = {}): DIType {
    const annotations = this.#annotations("btf_type_tag", options.typeTags);
    const shape = { kind: "pointer", name: "" } as const;
    return this.#derived("pointer_type", to, { size: POINTER_BITS, annotations }, POINTER_BITS, shape);
  }

  constOf(type: DIType | null): DIType {
    return this.#alias("const_type", "", type);
  }

  volatileOf(type: DIType | null): DIType {
    return this.#alias("volatile_type", "", type);
  }

  typedef(name: string, type: DIType | null): DIType {
    return this.#alias("typedef", name, type);
  }

  /** A fixed array; `count` 0 is C's flexible array. */
  array(element: DIType, count: number): DIType {
    const range = this.#metadata.node(`!DISubrange(count: ${count})`);
    const sizeBits = element.sizeBits * count;
    return this.#type(
      specialized("DICompositeType", {
        tag: "DW_TAG_array_type",
        baseType: element.ref,
        size: sizeBits,
        elements: this.#metadata.tuple([range]).ref,
      }),
      sizeBits,
      { kind: "array", element, count },
    );
  }

  /** `__uint(name, value)` of libbpf's map definitions: a pointer to an array of `value` ints. */
  mapUint(value: number): DIType {
    return this.pointer(this.array(this.integer(32, true), value));
  }

  /** Each call is a type of its own, even under the same name: keep the result. */
  struct(options: {
    kind: "struct" | "union";
    /** Absent: anonymous. */
    name?: string;
    sizeBits: number;
    declTags?: readonly string[];
  }): DIStruct {
    const node = this.#metadata.open();
    const fill = (elements: string | undefined) =>
      node.fill(
        specialized("DICompositeType", {
          tag: options.kind === "struct" ? "DW_TAG_structure_type" : "DW_TAG_union_type",
          name: options.name === undefined ? undefined : quote(options.name),
          size: options.sizeBits,
          elements,
          annotations: this.#annotations("btf_decl_tag", options.declTags),
        }),
      );
    fill(undefined);
    let shape: DIShape = { kind: options.kind, name: options.name ?? "", members: [] };
    return {
      di: "type",
      ref: node.ref,
      sizeBits: options.sizeBits,
      get shape() {
        return shape;
      },
      define: (members) => {
        shape = { kind: options.kind, name: options.name ?? "", members };
        fill(this.#metadata.tuple(members.map((member) => this.#member(member))).ref);
      },
    };
  }

  /** A struct or union known only by name, as C's `struct x;`. */
  forward(kind: "struct" | "union", name: string): DIType {
    const tag = kind === "struct" ? "DW_TAG_structure_type" : "DW_TAG_union_type";
    const text = specialized("DICompositeType", { tag, name: quote(name), flags: "DIFlagFwdDecl" });
    return this.#type(text, 0, { kind: "forward", name });
  }

  /** 32 or 64 bits; signed if a value is negative. 64 bits become BTF_KIND_ENUM64 (Linux 6.0). */
  enumeration(options: { name?: string; sizeBits: 32 | 64; values: readonly Enumerator[] }): DIType {
    const signed = options.values.some(({ value }) => value < 0n);
    const elements = options.values.map(({ name, value }) =>
      this.#metadata.node(
        specialized("DIEnumerator", {
          name: quote(name),
          value: value.toString(),
          isUnsigned: signed ? undefined : "true",
        }),
      ),
    );
    const type = this.#type(
      specialized("DICompositeType", {
        tag: "DW_TAG_enumeration_type",
        name: options.name === undefined ? undefined : quote(options.name),
        baseType: this.integer(options.sizeBits, signed).ref,
        size: options.sizeBits,
        elements: this.#metadata.tuple(elements).ref,
      }),
      options.sizeBits,
      { kind: "enum", name: options.name ?? "", signed, values: options.values },
    );
    if (!this.#enums.some(({ ref }) => ref === type.ref)) this.#enums.push(type);
    return type;
  }

  /** A function's type; null is void. */
  subroutine(returns: DIType | null, params: readonly (DIType | null)[]): DIType {
    const types = this.#metadata.tuple([returns, ...params]);
    return this.#type(`!DISubroutineType(types: ${types.ref})`, 0, { kind: "function", name: "" });
  }

  /** A function. Its parameters' names go to BTF, used or not. */
  subprogram(options: SubprogramOptions): DISubprogram {
    const definition = options.definition ?? true;
    // LLVM's verifier wants declarations' subprograms uniqued, and definitions' distinct.
    const node = this.#metadata.open({ unique: !definition });
    const subprogram: DISubprogram = {
      di: "subprogram",
      ref: node.ref,
      file: options.file,
      line: options.line,
    };
    const variables = options.params.map((param, i) => this.#argument(subprogram, param, i + 1));
    const type = this.subroutine(
      options.returns,
      options.params.map((param) => param.type),
    );
    const flags = [
      options.local === true ? "DISPFlagLocalToUnit" : null,
      definition ? "DISPFlagDefinition" : null,
      "DISPFlagOptimized",
    ].filter((flag) => flag !== null);
    const annotations = this.#annotations("btf_decl_tag", options.declTags);
    const fill = () =>
      node.fill(
        specialized("DISubprogram", {
          name: quote(options.name),
          scope: options.file.ref,
          file: options.file.ref,
          line: options.line,
          type: type.ref,
          scopeLine: definition ? options.line : undefined,
          flags: "DIFlagPrototyped",
          spFlags: flags.join(" | "),
          unit: definition ? this.compileUnit.ref : undefined,
          retainedNodes: this.#metadata.tuple(variables).ref,
          annotations,
        }),
      );
    fill();
    this.#subprograms.push({
      node: subprogram,
      definition,
      fill: () => {
        const count = variables.length;
        this.#exported.forEach((exported, i) => {
          variables.push(
            this.#argument(subprogram, { name: "", type: exported }, FIRST_CARRIER_ARGUMENT + count + i),
          );
        });
        fill();
      },
    });
    return subprogram;
  }

  /** A global variable, map or extern, to attach to a `Module.global`. */
  global(options: DIGlobalOptions): DIGlobal {
    const variable = this.#metadata.distinct(
      specialized("DIGlobalVariable", {
        name: quote(options.name),
        scope: this.compileUnit.ref,
        file: options.file.ref,
        line: options.line,
        type: (options.type ?? this.constOf(null)).ref,
        isLocal: String(options.local ?? false),
        isDefinition: String(options.definition ?? true),
        annotations: this.#annotations("btf_decl_tag", options.declTags),
      }),
    );
    const node = this.#metadata.node(
      `!DIGlobalVariableExpression(var: ${variable.ref}, expr: !DIExpression())`,
    );
    const global: DIGlobal = { di: "global", ...node };
    this.#globals.push(global);
    return global;
  }

  location(line: number, column: number, scope: DISubprogram): DILocation {
    const text = specialized("DILocation", { line, column, scope: scope.ref });
    return { di: "location", ...this.#metadata.node(text) };
  }

  /**
   * Puts a type that nothing else in the object refers to (a ring buffer's record) into BTF.
   *
   * LLVM writes the types of maps, globals and functions' arguments. So the type rides as a nameless
   * argument, numbered far past the real ones, among a global function's retained nodes: LLVM visits its
   * type (BTFDebug::beginFunctionImpl) and builds the function's prototype from the real type list.
   */
  exportType(type: DIType): void {
    if (!this.#exported.some(({ ref }) => ref === type.ref)) this.#exported.push(type);
  }

  /** Writes what depends on everything else. `carrier` is a subprogram that is sure to be emitted. */
  finish(carrier: DISubprogram | null): void {
    if (this.#exported.length > 0) {
      const host = this.#subprograms.find(({ node, definition }) => definition && node.ref === carrier?.ref);
      if (host === undefined) {
        throw new InternalError("ir-no-carrier", "an exported type needs a global function with debug info");
      }
      host.fill();
      this.#exported.length = 0;
    }
    this.#unit.fill(
      specialized("DICompileUnit", {
        language: "DW_LANG_C11",
        file: this.#mainFile.ref,
        producer: quote(this.#producer),
        isOptimized: "true",
        runtimeVersion: 0,
        emissionKind: "DebugDirectivesOnly",
        enums: this.#metadata.tuple(this.#enums).ref,
        globals: this.#metadata.tuple(this.#globals).ref,
        splitDebugInlining: "false",
        nameTableKind: "None",
      }),
    );
  }

  #type(text: string, sizeBits: number, shape: DIShape): DIType {
    return { di: "type", sizeBits, shape, ...this.#metadata.node(text) };
  }

  #alias(tag: string, name: string, of: DIType | null): DIType {
    const fields = { name: name === "" ? undefined : quote(name) };
    return this.#derived(tag, of, fields, of?.sizeBits ?? 0, { kind: "alias", name, of });
  }

  #derived(
    tag: string,
    base: DIType | null,
    fields: Record<string, string | number | undefined>,
    sizeBits: number,
    shape: DIShape,
  ): DIType {
    const { name, ...rest } = fields;
    const text = specialized("DIDerivedType", {
      tag: `DW_TAG_${tag}`,
      name,
      baseType: base === null ? "null" : base.ref,
      ...rest,
    });
    return this.#type(text, sizeBits, shape);
  }

  #member(member: DIMember): MdNode {
    const { bitField } = member;
    return this.#metadata.node(
      specialized("DIDerivedType", {
        tag: "DW_TAG_member",
        name: member.name === undefined ? undefined : quote(member.name),
        baseType: member.type.ref,
        size: bitField?.widthBits ?? member.type.sizeBits,
        offset: member.offsetBits,
        flags: bitField === undefined ? undefined : "DIFlagBitField",
        extraData: bitField === undefined ? undefined : `i64 ${bitField.storageOffsetBits}`,
        annotations: this.#annotations("btf_decl_tag", member.declTags),
      }),
    );
  }

  #argument(scope: DISubprogram, param: DIParameter, arg: number): MdNode {
    return this.#metadata.node(
      specialized("DILocalVariable", {
        name: param.name === "" ? undefined : quote(param.name),
        arg,
        scope: scope.ref,
        file: scope.file.ref,
        line: scope.line,
        type: param.type.ref,
        annotations: this.#annotations("btf_decl_tag", param.declTags),
      }),
    );
  }

  #annotations(kind: "btf_decl_tag" | "btf_type_tag", tags: readonly string[] = []): string | undefined {
    if (tags.length === 0) return undefined;
    const nodes = tags.map((tag) => this.#metadata.tuple([mdString(kind), mdString(tag)]));
    return this.#metadata.tuple(nodes).ref;
  }
}

/** Past any argument a BPF function can have (five in registers; LLVM keeps `arg` in 16 bits). */
const FIRST_CARRIER_ARGUMENT = 1000;
