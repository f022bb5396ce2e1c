// Writes the kernel's tracepoints, other than those of system calls, from tracefs and the kernel's BTF.
// Needs tracefs at /sys/kernel/tracing, BTF, and the packages built (`npm run build`).
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Btf } from "@tsbpfc/loader";

const EVENTS = "/sys/kernel/tracing/events";
const btf = Btf.parse(readFileSync("/sys/kernel/btf/vmlinux"));
const STRUCT = "trace_event_raw_";
const reserved = new Set([
  "in",
  "new",
  "function",
  "class",
  "var",
  "this",
  "with",
  "delete",
  "export",
  "import",
]);

/** Subsystems whose events are for tests of ftrace itself, and those that have no class in BTF. */
const LEFT_OUT = new Set(["syscalls", "ftrace", "bpf_test_run", "bpf_trace"]);

const sizeOf = (id) => {
  const type = btf.type(btf.resolve(id));
  if (type.kind === "ptr") return 8;
  if (type.kind === "array") return type.length * sizeOf(type.type);
  return type.size;
};

/** A member's type in the dialect: embedded structs are bytes, pointers are to bytes. */
function spell(id) {
  const type = btf.type(btf.resolve(id));
  switch (type.kind) {
    case "int":
      if (type.encoding === "bool") return "boolean";
      return `${type.encoding === "unsigned" ? "u" : "i"}${type.size * 8}`;
    case "enum":
    case "enum64":
      return `${type.signed ? "i" : "u"}${type.size * 8}`;
    case "ptr":
      return "ptr<u8>";
    case "array": {
      const element = btf.type(btf.resolve(type.type));
      return element.kind === "int" && element.name === "char"
        ? `str<${type.length}>`
        : `array<${spell(type.type)}, ${type.length}>`;
    }
    default:
      return `array<u8, ${type.size}>`;
  }
}

const membersOf = (struct) => struct.members.filter((m) => m.name !== "ent" && m.name !== "__data");

/** name@offset+size of each field, as an event's `format` and as its class have them. */
const shapeOfStruct = (struct) =>
  membersOf(struct)
    .map((m) => `${m.name.replace(/^__(data|rel)_loc_/, "")}@${m.bitOffset / 8}+${sizeOf(m.type)}`)
    .join(" ");
const shapeOfFormat = (format) =>
  [...format.matchAll(/field:([^;]*?)\b(\w+)(?:\[[^\]]*\])?;\s*offset:(\d+);\s*size:(\d+)/g)]
    .filter(([, , , offset]) => Number(offset) >= 8)
    .map(([, , name, offset, size]) => `${name}@${offset}+${size}`)
    .join(" ");

/** What a function that a tracepoint calls is given: classes and their events have it in common. */
const prototype = (id) => {
  const type = btf.type(id);
  const proto = type.kind === "func_proto" ? type : btf.type(type.kind === "ptr" ? type.type : id);
  return proto.kind === "func_proto" ? proto.params.map((p) => p.type).join(",") : "";
};
const prototypeOf = (name, kind) => {
  const [id] = btf.find(name, [kind]);
  return id === undefined ? null : prototype(btf.type(id).type);
};

const classes = new Map();
for (const id of btf.ids()) {
  const type = btf.kind(id) === "struct" ? btf.type(id) : null;
  if (!type?.name.startsWith(STRUCT)) continue;
  const name = type.name.slice(STRUCT.length);
  classes.set(name, {
    name,
    struct: type,
    shape: shapeOfStruct(type),
    prototype: prototypeOf(`__bpf_trace_${name}`, "func"),
  });
}

const common = (a, b) => {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n++;
  return n;
};

/** BTF does not say of which class an event is: the one of its name, else one with the same fields and arguments. */
function classOf(event, format) {
  const own = classes.get(event);
  if (own) return own;
  const shape = shapeOfFormat(format);
  const called = prototypeOf(`btf_trace_${event}`, "typedef");
  const fit = [...classes.values()].filter(
    (c) => c.shape === shape && (called === null || c.prototype === called),
  );
  return (
    fit.sort((a, b) => common(b.name, event) - common(a.name, event) || a.name.localeCompare(b.name))[0] ??
    null
  );
}

const rows = [];
const used = new Set();
const without = [];
const folders = (path) =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
for (const category of folders(EVENTS)) {
  if (LEFT_OUT.has(category)) continue;
  for (const event of folders(`${EVENTS}/${category}`)) {
    const format = readFileSync(`${EVENTS}/${category}/${event}/format`, "utf8");
    const found = classOf(event, format);
    if (!found) {
      without.push(`${category}/${event}`);
      continue;
    }
    used.add(found.name);
    rows.push(`  "${category}/${event}": ${STRUCT}${found.name};`);
  }
}
const structs = [...used].sort().map((name) => {
  const fields = membersOf(classes.get(name).struct).map(
    (m) => ` readonly ${reserved.has(m.name) ? `${m.name}_` : m.name}: ${spell(m.type)};`,
  );
  return `export interface ${STRUCT}${name} {${fields.join("")} }`;
});
const words = new Set(structs.join("\n").match(/\b(?:array|ptr|str|[iu](?:8|16|32|64))\b/g));
writeFileSync(
  new URL("../src/tracepoints.generated.d.ts", import.meta.url),
  `// Generated by scripts/generate-tracepoints.mjs from the tracefs and BTF of Linux ${readFileSync("/proc/sys/kernel/osrelease", "utf8").replace(/^(\d+\.\d+).*\n/s, "$1")}. Do not edit.
import type { ${[...words].sort().join(", ")} } from "./types.js";

/** Events by \`category/name\`, each with the struct of its class (include/trace/trace_events.h). */
export interface KernelTracepoints {
${rows.join("\n")}
}

${structs.join("\n")}
`,
);
console.log(`${rows.length} events of ${used.size} classes; without a class in BTF: ${without.length}`);
console.log(without.join(" "));
