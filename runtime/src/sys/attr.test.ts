import { existsSync } from "node:fs";
import { type Btf, readKernelBtf, type TypeId } from "@tsbpfc/loader";
import { describe, expect, test } from "vitest";
import { layouts } from "./attr.generated.js";
import { Struct } from "./attr.js";
import { BPF_COMMON_ATTRS, commands } from "./commands.js";

/** Every field of a struct or union with its offset in bytes, by the names that the generator gives. */
function fieldsOf(btf: Btf, id: TypeId, base = 0, prefix = ""): [string, number, number][] {
  const type = btf.type(btf.resolve(id));
  if (type.kind !== "struct" && type.kind !== "union") return [];
  return type.members.flatMap((member): [string, number, number][] => {
    if (member.bitfieldSize > 0) return [];
    const offset = base + member.bitOffset / 8;
    const inner = btf.type(btf.resolve(member.type));
    if (inner.kind === "struct" || inner.kind === "union")
      return fieldsOf(btf, member.type, offset, member.name === "" ? prefix : `${prefix}${member.name}.`);
    return [[`${prefix}${member.name}`, offset, btf.size(member.type)]];
  });
}

/** The named part of `union bpf_attr`, or its unnamed part that has a field. */
function attrPart(btf: Btf, what: { readonly part: string } | { readonly field: string }): TypeId {
  const union = btf.type(btf.find("bpf_attr", ["union"])[0]!);
  if (union.kind !== "union") throw new Error("bpf_attr");
  const member = union.members.find((m) =>
    "part" in what
      ? m.name === what.part
      : m.name === "" && fieldsOf(btf, m.type).some(([name]) => name === what.field),
  );
  if (!member) throw new Error(JSON.stringify(what));
  return member.type;
}

describe.skipIf(!existsSync("/sys/kernel/btf/vmlinux"))("against the running kernel's types", () => {
  const rows: readonly [keyof typeof layouts, { part: string } | { field: string } | { struct: string }][] = [
    ["mapCreate", { field: "map_type" }],
    ["mapElement", { field: "next_key" }],
    ["programLoad", { field: "prog_type" }],
    ["object", { field: "pathname" }],
    ["test", { part: "test" }],
    ["info", { part: "info" }],
    ["rawTracepoint", { part: "raw_tracepoint" }],
    ["btfLoad", { field: "btf_log_buf" }],
    ["linkCreate", { part: "link_create" }],
    ["linkUpdate", { part: "link_update" }],
    ["linkDetach", { part: "link_detach" }],
    ["iterCreate", { part: "iter_create" }],
    ["enableStats", { part: "enable_stats" }],
    ["tokenCreate", { part: "token_create" }],
    ["bindMap", { part: "prog_bind_map" }],
    ["streamRead", { part: "prog_stream_read" }],
    ["assocStructOps", { part: "prog_assoc_struct_ops" }],
    ["common", { struct: "bpf_common_attr" }],
    ["mapBatch", { part: "batch" }],
    ["mapInfo", { struct: "bpf_map_info" }],
    ["programInfo", { struct: "bpf_prog_info" }],
    ["linkInfo", { struct: "bpf_link_info" }],
    ["btfInfo", { struct: "bpf_btf_info" }],
    ["perfEvent", { struct: "perf_event_attr" }],
  ];

  /** Of layouts that not every kernel has a word of: the enumerator of `bpf_cmd` that came with them. */
  const cameWith: Partial<Record<keyof typeof layouts, string>> = {
    tokenCreate: "BPF_TOKEN_CREATE",
    streamRead: "BPF_PROG_STREAM_READ_BY_FD",
    assocStructOps: "BPF_PROG_ASSOC_STRUCT_OPS",
    common: "BPF_COMMON_ATTRS",
  };
  const commandsOf = (btf: Btf): ReadonlyMap<string, number> => {
    const type = btf.type(btf.find("bpf_cmd", ["enum"])[0]!);
    if (type.kind !== "enum") throw new Error("bpf_cmd");
    return new Map(type.values.map(({ name, value }) => [name, Number(value)]));
  };

  test.for(rows)(
    "the layout %s has each field that both know at the kernel's place",
    ([name, where], { skip }) => {
      const btf = readKernelBtf();
      const later = cameWith[name];
      if (later !== undefined && !commandsOf(btf).has(later)) skip(`this kernel has no ${later}`);
      const id = "struct" in where ? btf.find(where.struct, ["struct"])[0]! : attrPart(btf, where);
      const actual = new Map(fieldsOf(btf, id).map(([field, offset, size]) => [field, [offset, size]]));
      const known = Object.entries(layouts[name].fields).filter(([field]) => actual.has(field));
      // UAPI only grows: an older or newer kernel has fewer or more fields, never others.
      expect(known.length).toBeGreaterThan(0);
      expect(Object.fromEntries(known)).toEqual(
        Object.fromEntries(known.map(([field]) => [field, actual.get(field)])),
      );
    },
  );

  test("the commands have the kernel's numbers, and the kernel has no others", () => {
    const numbers = commandsOf(readKernelBtf());
    const known = new Map<string, number>([
      ...Object.entries(commands),
      ["BPF_COMMON_ATTRS", BPF_COMMON_ATTRS],
    ]);
    const both = [...numbers].filter(([name]) => known.has(name));
    expect(both).toEqual(both.map(([name]) => [name, known.get(name)]));
    // What a descriptor of another process's is attached to: links tell it. PROG_RUN is PROG_TEST_RUN.
    const unused = ["BPF_TASK_FD_QUERY", "BPF_PROG_RUN", "__MAX_BPF_CMD"];
    expect([...numbers.keys()].filter((name) => !known.has(name) && !unused.includes(name))).toEqual([]);
  });
});

describe("an attribute", () => {
  test("has its fields where the kernel looks for them, and zeroes elsewhere", () => {
    const attr = new Struct("mapElement", { map_fd: 7, key: 0x1122334455667788n, flags: 2 });
    const expected = new Uint8Array(32);
    expected[0] = 7;
    expected.set([0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11], 8);
    expected[24] = 2;
    expect(attr.bytes).toEqual(expected);
  });

  test("takes a name cut to what fits, with its NUL", () => {
    const attr = new Struct("mapCreate", { map_name: "a_name_that_is_too_long" });
    expect(attr.text("map_name")).toBe("a_name_that_is_");
  });

  test("takes negative descriptors as the kernel's 32 bits", () => {
    expect(new Struct("mapElement", { map_fd: -1 }).number("map_fd")).toBe(0xffff_ffff);
  });
});
