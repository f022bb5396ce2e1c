import type { Block, IrFunction } from "./function.js";
import type { Access, CallArgument, Instruction, Operation } from "./instructions.js";
import { InternalError } from "./internal-error.js";
import type { GlobalVariable, Module } from "./module.js";
import { quote, quoteName } from "./text.js";
import { printStructBody, printType } from "./types.js";
import { printOperand } from "./values.js";

/** What clang 18 to 22 write for `-target bpfel`. */
const TRIPLE = "bpfel";
const DATA_LAYOUT = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128";

type Of<K extends Operation["op"]> = Extract<Operation, { op: K }>;
type Printers = { readonly [K in Operation["op"]]: (operation: Of<K>) => string };

const join = (...parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null && part !== "").join(" ");
const label = (block: { name: string }): string => `label %${quoteName(block.name)}`;
const aligned = (align: number | null): string => (align === null ? "" : `, align ${align}`);
const accessed = (what: string, access: Access): string => (access.volatile ? `${what} volatile` : what);
const argument = ({ value, attributes }: CallArgument): string =>
  join(printType(value.type), attributes, value.text);

const PRINTERS: Printers = {
  alloca: (i) => `alloca ${printType(i.allocated)}${aligned(i.align)}`,
  load: (i) =>
    `${accessed("load", i.access)} ${printType(i.type)}, ${printOperand(i.pointer)}${aligned(i.access.align)}`,
  store: (i) =>
    `${accessed("store", i.access)} ${printOperand(i.value)}, ${printOperand(i.pointer)}${aligned(i.access.align)}`,
  gep: (i) =>
    [
      `getelementptr ${i.inbounds ? "inbounds " : ""}${printType(i.element)}`,
      printOperand(i.base),
      ...i.indices.map(printOperand),
    ].join(", "),
  binary: (i) => `${i.operator} ${printOperand(i.left)}, ${i.right.text}`,
  icmp: (i) => `icmp ${i.predicate} ${printOperand(i.left)}, ${i.right.text}`,
  select: (i) => `select ${[i.condition, i.then, i.otherwise].map(printOperand).join(", ")}`,
  phi: (i) =>
    `phi ${printType(i.type)} ${i.incoming
      .map(({ value, from }) => `[ ${value.text}, %${quoteName(from.name)} ]`)
      .join(", ")}`,
  cast: (i) => `${i.operator} ${printOperand(i.value)} to ${printType(i.to)}`,
  freeze: (i) => `freeze ${printOperand(i.value)}`,
  extractvalue: (i) => `extractvalue ${printOperand(i.aggregate)}, ${i.index}`,
  br: (i) => `br ${label(i.target)}`,
  maygoto: (i) => `callbr void asm sideeffect "may_goto $0", "!i"() to ${label(i.goOn)} [${label(i.spent)}]`,
  condbr: (i) => `br ${printOperand(i.condition)}, ${label(i.then)}, ${label(i.otherwise)}`,
  switch: (i) =>
    `switch ${printOperand(i.value)}, ${label(i.otherwise)} [ ${i.cases
      .map(({ value, target }) => `${printOperand(value)}, ${label(target)}`)
      .join(" ")} ]`,
  ret: (i) => `ret ${i.value === null ? "void" : printOperand(i.value)}`,
  unreachable: () => "unreachable",
  call: (i) =>
    join(
      "call",
      i.returnAttributes,
      printType(i.returns),
      `${i.callee}(${i.args.map(argument).join(", ")})`,
      i.attributes,
    ),
  // Volatile: else InstCombine makes `or 0` of an addition of nothing, which v1 and v2 do not have (LLVM's BPF gives up).
  atomicrmw: (i) =>
    `atomicrmw volatile ${i.operator} ${printOperand(i.pointer)}, ${printOperand(i.value)} ${i.ordering}`,
  // A failed exchange may not be ordered as a release; acquire is the strongest that always fits.
  cmpxchg: (i) =>
    `cmpxchg ${[i.pointer, i.expected, i.replacement].map(printOperand).join(", ")} ${i.ordering} ${
      i.ordering === "monotonic" || i.ordering === "seq_cst" ? i.ordering : "acquire"
    }`,
};

function printOperation<K extends Operation["op"]>(operation: Of<K>): string {
  const printer: (operation: Of<K>) => string = PRINTERS[operation.op as K];
  return printer(operation);
}

export function printInstruction(instruction: Instruction): string {
  const { result, operation, location, metadata } = instruction;
  const text = `${result === null ? "" : `${result} = `}${printOperation(operation)}`;
  const attached = metadata.map(([kind, node]) => `, !${kind} ${node.ref}`).join("");
  return `  ${text}${location === null ? "" : `, !dbg ${location.ref}`}${attached}`;
}

function printBlock(block: Block, allocas: readonly Instruction[]): string[] {
  if (!block.terminated) {
    throw new InternalError("ir-no-terminator", `${block.parent.name}: block ${block.name} does not end`);
  }
  return [`${quoteName(block.name)}:`, ...[...allocas, ...block.instructions].map(printInstruction)];
}

/** Attribute groups, numbered as they come up. */
class AttributeGroups {
  readonly #groups = new Map<string, number>();

  use(attributes: readonly string[]): string {
    if (attributes.length === 0) return "";
    const key = attributes.join(" ");
    const known = this.#groups.get(key) ?? this.#groups.size;
    this.#groups.set(key, known);
    return `#${known}`;
  }

  print(): string[] {
    return [...this.#groups].map(([key, id]) => `attributes #${id} = { ${key} }`);
  }
}

function printFunction(fn: IrFunction, groups: AttributeGroups): string[] {
  const { options, signature } = fn;
  const declaration = fn.isDeclaration;
  const linkage = options.linkage === "external" ? undefined : options.linkage;
  const local = linkage === "internal" || linkage === "private";
  const intrinsic = fn.name.startsWith("llvm.");
  const params = fn.params.map((param, i) =>
    join(
      printType(param.type),
      options.paramAttributes?.[i] ?? "",
      declaration ? "" : "noundef",
      declaration ? "" : param.text,
    ),
  );
  if (signature.variadic) params.push("...");
  const debug = options.debug === undefined ? "" : `!dbg ${options.debug.ref}`;
  const tail = join(
    groups.use(fn.attributes),
    options.section === undefined ? "" : `section ${quote(options.section)}`,
    declaration ? "" : debug,
  );
  const head = join(
    declaration ? "declare" : "define",
    declaration ? debug : "",
    linkage ?? "",
    local || intrinsic ? "" : "dso_local",
    options.visibility === "hidden" ? "hidden" : "",
    options.returnAttributes ?? "",
    printType(signature.returns),
    `${fn.text}(${params.join(", ")})`,
    tail,
  );
  if (declaration) return [head];
  const blocks = fn.blocks.flatMap((block, i) => printBlock(block, i === 0 ? fn.allocas : []));
  return [`${head} {`, ...blocks, "}"];
}

function printGlobal(global: GlobalVariable, groups: AttributeGroups): string {
  const { options, valueType } = global;
  const linkage = options.linkage ?? (options.initializer === undefined ? "external" : undefined);
  const local = linkage === "internal" || linkage === "private";
  const debug = options.debug === undefined ? [] : "ref" in options.debug ? [options.debug] : options.debug;
  const attached = [
    options.section === undefined ? null : `section ${quote(options.section)}`,
    options.align === undefined ? null : `align ${options.align}`,
    ...debug.map(({ ref }) => `!dbg ${ref}`),
    ...(options.metadata ?? []).map(([kind, { ref }]) => `!${kind} ${ref}`),
  ].filter((part) => part !== null);
  const definition = join(
    `${global.symbol} =`,
    linkage === "external" && options.initializer !== undefined ? "" : (linkage ?? ""),
    local ? "" : "dso_local",
    options.visibility === "hidden" ? "hidden" : "",
    options.unnamedAddr === true ? "unnamed_addr" : "",
    options.inArena === true ? "addrspace(1)" : "",
    options.externallyInitialized === true ? "externally_initialized" : "",
    options.constant === true ? "constant" : "global",
    printType(valueType),
    options.initializer?.text ?? "",
  );
  return join([definition, ...attached].join(", "), groups.use(options.attributes ?? []));
}

/** LLVM IR text. The module's debug info must be finished. */
export function printModule(module: Module): string {
  const groups = new AttributeGroups();
  const used = module.used.map(({ text }) => `ptr ${text}`);
  const printed = module.functions.map((fn) => printFunction(fn, groups));
  const definitions = printed.filter((lines) => lines.length > 1);
  const declarations = printed.filter((lines) => lines.length === 1).flat();
  const flags = module.flags.map((flag) => module.metadata.node(`!{${flag}}`).ref);
  const ident = module.metadata.tuple([`!${quote(module.options.producer ?? "tsbpfc")}`]).ref;
  const sections: readonly (readonly string[])[] = [
    [
      `source_filename = ${quote(module.options.fileName)}`,
      `target datalayout = "${DATA_LAYOUT}"`,
      `target triple = "${TRIPLE}"`,
    ],
    module.structs.map((struct) => `%${quoteName(struct.name)} = type ${printStructBody(struct)}`),
    module.globals.map((global) => printGlobal(global, groups)),
    used.length === 0
      ? []
      : [
          `@llvm.compiler.used = appending global [${used.length} x ptr] [${used.join(", ")}], section "llvm.metadata"`,
        ],
    ...definitions,
    declarations,
    groups.print(),
    [
      `!llvm.dbg.cu = !{${module.debug.compileUnit.ref}}`,
      `!llvm.module.flags = !{${flags.join(", ")}}`,
      `!llvm.ident = !{${ident}}`,
    ],
    module.metadata.print(),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}
