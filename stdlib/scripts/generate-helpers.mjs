// Writes the helpers' signatures (src/helpers.generated.d.ts), their table (src/tables/helpers.generated.ts) and that of
// the kernel's functions for programs (src/tables/kfuncs.generated.ts).
// Names, numbers and C types come from libbpf's bpf_helper_defs.h (package libbpf-dev), which libbpf itself generates
// from include/uapi/linux/bpf.h; who may call what from callable.json, which
// `npm run lab -- measure` writes; the rest from helper-roles.mjs.
import { readFileSync, writeFileSync } from "node:fs";
import {
  byHelper,
  byName,
  classes,
  documented,
  documentedTypes,
  kfuncSince,
  kfuncSinceAtLeast,
  narrowUntil,
  results,
  signatures,
  since,
} from "./helper-roles.mjs";
import { summaries } from "./helper-summaries.mjs";

const header = readFileSync(process.argv[2] ?? "/usr/include/bpf/bpf_helper_defs.h", "utf8");
const measured = JSON.parse(readFileSync(new URL("callable.json", import.meta.url), "utf8"));
const types = (number) => (number === undefined ? [] : measured.sets[number]);
/** Kernels that were asked, the oldest first. */
const releases = Object.keys(measured.kernels);
const newest = releases.at(-1);
const facts = measured.kernels[newest];
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
  const gone = Object.values(until("helpers", helper)).flat();
  return [...new Set([...types(facts.helpers[helper]), ...gone, ...(documented[helper] ?? [])])];
}

const isOlder = (a, b) => {
  const [[x, y], [z, w]] = [a, b].map((version) => version.split(".").map(Number));
  return x === z ? y < w : x < z;
};

/** Does this kernel let programs of a type call the function? */
const lets = (kind, name, type) => (kernel) => types(measured.kernels[kernel][kind][name]).includes(type);

/** By release: types of which `of` gives one, for each that some kernel lets call the function. */
function byRelease(kind, name, since, of) {
  const found = {};
  for (const type of new Set(releases.flatMap((kernel) => types(measured.kernels[kernel][kind][name])))) {
    // Of those that have the function, and were asked for the type.
    const asked = releases.filter(
      (kernel) => !isOlder(kernel, since) && types(measured.kernels[kernel].asked).includes(type),
    );
    const release = of(asked, lets(kind, name, type));
    if (release !== undefined) found[release] = [...(found[release] ?? []), type];
  }
  return found;
}

/** Program types that may call a function later than others, by the first of the kernels that let them. */
const later = (kind, name, since) =>
  byRelease(kind, name, since, (asked, isLet) => {
    const first = asked.find(isLet);
    return first === asked[0] ? undefined : first;
  });

/** Program types that may call a function no more, by the first of the kernels that do not let them. */
const until = (kind, name) =>
  byRelease(kind, name, "0.0", (asked, isLet) => asked[asked.findLastIndex(isLet) + 1]);

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
    later: later("helpers", name, release(id)),
    until: until("helpers", name),
    narrowUntil: narrowUntil[name],
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

/** A file's sets of program types, each printed once. */
class Sets {
  texts = [];

  of(programs) {
    const text = JSON.stringify(programs);
    if (!this.texts.includes(text)) this.texts.push(text);
    return `sets[${this.texts.indexOf(text)}]`;
  }

  byRelease(field, found) {
    const entries = Object.entries(found).map(([kernel, programs]) => `"${kernel}": ${this.of(programs)}`);
    return entries.length > 0 ? `, ${field}: { ${entries.join(", ")} }` : "";
  }

  get declaration() {
    const lines = this.texts.map((text) => `  ${text},`).join("\n");
    return `const sets = [\n${lines}\n] as const satisfies readonly (readonly ProgramTypeName[])[];`;
  }
}

const helperSets = new Sets();
const row = (h) =>
  `  ${h.name}: { id: ${h.id}, since: "${h.since}", gplOnly: ${h.gplOnly}, programs: ${helperSets.of(h.programs)}${helperSets.byRelease("later", h.later)}${helperSets.byRelease("until", h.until)}${h.narrowUntil ? `, narrowUntil: "${h.narrowUntil}"` : ""}, returns: ${JSON.stringify(h.returns)}, params: ${JSON.stringify(h.params.map(({ type, ...p }) => p))} },`;
const rows = helpers.map(row);
writeFileSync(
  new URL("tables/helpers.generated.ts", folder),
  `${note}import type { Helper } from "./helper.js";
import type { ProgramTypeName } from "./program-types.js";

/** Program types whose helpers are known: asked of Linux ${newest}, or read in its source. */
export const askedProgramTypes: readonly ProgramTypeName[] = ${JSON.stringify([...types(facts.asked), ...documentedTypes])};

${helperSets.declaration}

export const helpers: Readonly<Record<string, Helper>> = {
${rows.join("\n")}
};
`,
);
/** Functions for programs that a kernel has in itself, whoever may call them. */
const has = ({ kfuncs, otherKfuncs }, name) => name in kfuncs || otherKfuncs.includes(name);
const kfuncNames = [
  ...new Set([
    ...releases.flatMap((kernel) => Object.keys(measured.kernels[kernel].kfuncs)),
    ...releases.flatMap((kernel) => measured.kernels[kernel].otherKfuncs),
    ...Object.values(kfuncSince).flat(),
  ]),
].sort();
/** The first kernel that tells of all its functions: BTF of those before was made by an older pahole. */
const naming = releases.find((kernel) => measured.kernels[kernel].otherKfuncs.length > 0);
const kfuncSets = new Sets();
const kfuncs = kfuncNames
  // For the kernel's own tests.
  .filter((name) => !/^bpf_kfunc_call_|^bpf_modify_return_test|^bpf_fentry_test/.test(name))
  .map((name) => {
    const having = releases.filter((kernel) => has(measured.kernels[kernel], name));
    const exact = Object.entries(kfuncSince).find(([, names]) => names.includes(name))?.[0];
    const least = having[0] === naming && kfuncSinceAtLeast.find(([pattern]) => pattern.test(name))?.[1];
    const since = exact ?? (least || having[0]);
    // What is in modules, the kernels of callable.json do not show.
    const gone = having.length > 0 ? releases[releases.indexOf(having.at(-1)) + 1] : undefined;
    const types = gone === undefined ? until("kfuncs", name) : {};
    return `  ${name}: { since: "${since}"${gone === undefined ? "" : `, gone: "${gone}"`}${kfuncSets.byRelease("later", later("kfuncs", name, having[0] ?? since))}${kfuncSets.byRelease("until", types)} },`;
  });
writeFileSync(
  new URL("tables/kfuncs.generated.ts", folder),
  `${note}import type { Kfunc } from "./helper.js";
import type { ProgramTypeName } from "./program-types.js";

${kfuncSets.declaration}

/** Functions of the kernel for programs: asked of Linux ${releases.join(", ")}. */
export const kfuncs: Readonly<Record<string, Kfunc>> = {
${kfuncs.join("\n")}
};
`,
);
console.log(`${helpers.length} helpers, ${kfuncs.length} functions of the kernel`);
