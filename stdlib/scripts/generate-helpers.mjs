// Writes the helpers' signatures (src/helpers.generated.d.ts) and their table (src/tables/helpers.generated.ts).
// Names, numbers and C types come from libbpf's bpf_helper_defs.h (package libbpf-dev), which libbpf itself generates
// from include/uapi/linux/bpf.h; who may call what from helper-facts.json; the rest from helper-roles.mjs.
import { readFileSync, writeFileSync } from "node:fs";
import {
  byHelper,
  byName,
  classes,
  documented,
  documentedTypes,
  iteratorOnly,
  results,
  signatures,
  since,
} from "./helper-roles.mjs";
import { summaries } from "./helper-summaries.mjs";

const header = readFileSync(process.argv[2] ?? "/usr/include/bpf/bpf_helper_defs.h", "utf8");
const facts = JSON.parse(readFileSync(new URL("helper-facts.json", import.meta.url), "utf8"));
const folder = new URL("../src/", import.meta.url);

/** C integer types: [bits, signed]. */
const INTEGERS = {
  __u8: [8, false],
  __u16: [16, false],
  __u32: [32, false],
  __u64: [64, false],
  __s32: [32, true],
  __s64: [64, true],
  int: [32, true],
  long: [64, true],
  "unsigned int": [32, false],
  "unsigned long": [64, false],
  __be16: [16, false],
  __wsum: [32, false],
};
const CONTEXTS = /^(ctx|skb|skops|xdp_md|msg|regs|reuse|bpf_socket)$/;
const SIZE = /(^|_)(size|len|sz|optlen|buf_len|data_len|size_of_buf)$/;

function integer(type) {
  const [bits, signed] = INTEGERS[type] ?? [];
  if (bits === undefined) throw new Error(`unknown C type ${type}`);
  return { kind: "int", bits, signed };
}

function params(helper, list) {
  if (list === "void") return [];
  const split = list
    .replace("...", "void *rest")
    .split(", ")
    .map((text) => {
      const [, type, star, name] = /^(.*?)\s*(\**)(\w+)$/.exec(text);
      return {
        name,
        pointer: star !== "",
        constant: text.startsWith("const "),
        type: type.replace(/^const /, ""),
      };
    });
  const roles = split.map((param, i) => role(helper, param, split[i + 1]));
  return split.map((param, i) => {
    const sized = i > 0 && roles[i - 1].kind === "memory" && roles[i - 1].bytes === undefined;
    const given = byHelper[helper]?.[param.name];
    const found =
      !given && sized && !param.pointer && SIZE.test(param.name) ? { kind: "size", of: i - 1 } : roles[i];
    return { name: param.name, ...found, type: param.type };
  });
}

function role(helper, { name, pointer, constant, type }, next) {
  const given = byHelper[helper]?.[name] ?? (pointer ? byName[name] : undefined);
  if (given) return given;
  if (!pointer) return integer(type);
  if (name === "key" || name === "value") return { kind: name };
  if (CONTEXTS.test(name)) return { kind: "context" };
  if (next && !next.pointer && SIZE.test(next.name)) return { kind: "memory", writable: !constant };
  throw new Error(`${helper}: say in helper-roles.mjs what '${name}' points at`);
}

function returned(helper, type) {
  if (results[helper]) return results[helper];
  if (type === "void") return { kind: "void" };
  return integer(type);
}

const release = (id) => since.findLast(([from]) => id >= from)[1];

function programs(helper) {
  const asked = facts.programs[helper] ?? [];
  const lsm = asked.includes("tracing") && !iteratorOnly.includes(helper) ? ["lsm"] : [];
  return [...new Set([...asked, ...lsm, ...(documented[helper] ?? [])])];
}

const helpers = [];
for (const line of header.split("\n")) {
  const match = /^static (.+?)\(\*\s*(?:const )?(bpf_\w+)\)\((.*)\) = \(void \*\) (\d+);/.exec(line);
  if (!match || helpers.some((h) => h.name === match[2])) continue;
  const [, result, name, list, number] = match;
  const id = Number(number);
  helpers.push({
    name,
    id,
    params: params(name, list),
    returns: returned(name, result.trim()),
    since: release(id),
    gplOnly: facts.gplOnly.includes(name),
    programs: programs(name),
  });
}
helpers.sort((a, b) => a.id - b.id);

const tsInteger = ({ bits, signed }) => `${signed ? "i" : "u"}${bits}`;
const reserved = new Set(["in", "new", "function", "class", "var"]);
const orNull = (param, type) => (param.nullable ? `${type} | null` : type);

function tsType(param) {
  switch (param.kind) {
    case "int":
      return param.type === "__be16" ? "be16" : tsInteger(param);
    case "map":
      return "AnyMap";
    case "key":
    case "value":
      return orNull(param, "Memory");
    case "context":
      return classes[param.type] ?? "object";
    case "memory":
      return orNull(param, "Memory");
    case "pointer":
      return orNull(param, tsPointer(param));
  }
  throw new Error(`no type for ${param.kind}`);
}
const pointers = { kernel: "Address", user: "Address", string: "string" };
const tsPointer = (param) => pointers[param.role] ?? classes[param.type] ?? "object";

function signature({ name, params, returns }) {
  if (signatures[name]) return signatures[name];
  const list = params
    .filter((p) => p.kind !== "size" && p.role !== "captures")
    .map((p) => `${reserved.has(p.name) ? `${p.name}_` : p.name}: ${tsType(p)}`);
  const sizes = params.filter((p) => p.kind === "size");
  list.push(...sizes.map((p) => `${sizes.length > 1 ? p.name : "size"}?: number`));
  const generic = returns.kind === "kernel" || returns.to === "memory" ? "<T>" : "";
  return `${generic}(${list.join(", ")}): ${tsResult(returns)}`;
}
function tsResult(returns) {
  switch (returns.kind) {
    case "void":
      return "void";
    case "int":
      return tsInteger(returns);
    case "kernel":
      return returns.nullable ? "T | null" : "T";
    case "pointer":
      return `ptr<${returns.to === "memory" ? "T" : returns.to}>${returns.nullable ? " | null" : ""}`;
  }
}

function documentation(h) {
  const about = summaries[h.name];
  if (!about) throw new Error(`${h.name}: no summary`);
  return `/** ${about} Linux ${h.since}${h.gplOnly ? "; GPL only" : ""}. */`;
}

const note = "// Generated by scripts/generate-helpers.mjs. Do not edit.\n";
const declarations = helpers
  .map((h) => `${documentation(h)}\nexport declare function ${h.name}${signature(h)};`)
  .join("\n");
const mentioned = (names) => names.filter((n) => new RegExp(`\\b${n}\\b`).test(declarations)).join(", ");
writeFileSync(
  new URL("helpers.generated.d.ts", folder),
  `${note}import type { ${mentioned(["BpfSock", "BpfTcpSock", ...new Set(Object.values(classes))].filter((c) => !/Dynptr|Timer|SpinLock/.test(c)).sort())} } from "./contexts.js";
import type { Dynptr, SpinLock, Timer } from "./intrinsics.js";
import type { AnyMap, CgroupStorage, InodeStorage, ProgArray, RingBuf, SkStorage, TaskStorage } from "./maps.js";
import type { ${mentioned(["Init", "be16", "i32", "i64", "ptr", "u16", "u32", "u64", "u8"])} } from "./types.js";

/** Memory whose type gives the size; a size of your own goes last. A number stands for its place in memory. */
type Memory = object | string | number;
/** An address: of kernel or user memory, or as an integer. */
type Address = object | string | number | null;

${declarations}

export {};
`,
);

const sets = [...new Set(helpers.map((h) => JSON.stringify(h.programs)))];
const row = (h) =>
  `  ${h.name}: { id: ${h.id}, since: "${h.since}", gplOnly: ${h.gplOnly}, programs: sets[${sets.indexOf(JSON.stringify(h.programs))}], returns: ${JSON.stringify(h.returns)}, params: ${JSON.stringify(h.params.map(({ type, ...p }) => p))} },`;
writeFileSync(
  new URL("tables/helpers.generated.ts", folder),
  `${note}import type { Helper } from "./helper.js";
import type { ProgramTypeName } from "./program-types.js";

/** Program types whose helpers are known: asked of Linux ${facts.kernel.replace(/^(\d+\.\d+).*/, "$1")}, or read in its source. */
export const askedProgramTypes: readonly ProgramTypeName[] = ${JSON.stringify([...facts.asked, ...documentedTypes])};

const sets = [
${sets.map((s) => `  ${s},`).join("\n")}
] as const satisfies readonly (readonly ProgramTypeName[])[];

export const helpers: Readonly<Record<string, Helper>> = {
${helpers.map(row).join("\n")}
};
`,
);
console.log(`${helpers.length} helpers, ${sets.length} sets of program types`);
