import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

import { compileFor, probe, temporaryFolder } from "../../support/probe.js";
import { has } from "../../support/root.js";

const c = `
#define __kptr __attribute__((btf_type_tag("kptr")))
#define __kptr_untrusted __attribute__((btf_type_tag("kptr_untrusted")))
#define __percpu_kptr __attribute__((btf_type_tag("percpu_kptr")))
#define __contains(type, node) __attribute__((btf_decl_tag("contains:" #type ":" #node)))
typedef unsigned int u32;
typedef unsigned long long u64;
struct bpf_spin_lock { u32 val; };
struct bpf_refcount { u32 val; };
struct bpf_list_head { u64 val[2]; };
struct bpf_list_node { u64 val[3]; };
struct bpf_rb_root { u64 val[2]; };
struct bpf_rb_node { u64 val[4]; };
struct task_struct { int pid; };
struct Item { struct bpf_list_node age; struct bpf_refcount refs; struct bpf_rb_node order; unsigned long long key; };
struct Value {
  struct bpf_spin_lock lock;
  struct bpf_list_head list __contains(Item, age);
  struct bpf_rb_root tree __contains(Item, order);
  struct task_struct __kptr *task;
  struct task_struct __kptr_untrusted *other;
  struct Item __kptr *item;
  struct Item __percpu_kptr *each;
};
__attribute__((section("tc"))) int run(struct Value *value, struct Item *item, struct task_struct *task) { return 0; }
`;

const source = probe(
  `  @map({ maxEntries: 1 }) values: ArrayMap<Value>;
  @SEC("tc") run(ctx: SkBuff): i32 { return 0; }`,
  {
    imports:
      "ArrayMap, SpinLock, ListHead, ListNode, RbRoot, RbNode, RefCount, kptr, untrustedKptr, percpuKptr,",
    before: `import type { task_struct } from "./vmlinux";
class Item { age: ListNode; refs: RefCount; order: RbNode; key: u64; }
class Value {
  lock: SpinLock; list: ListHead<Item>; tree: RbRoot<Item, "order">;
  task: kptr<task_struct>; other: untrustedKptr<task_struct>; item: kptr<Item>; each: percpuKptr<Item>;
}`,
  },
);

interface BtfType {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly type_id?: number;
  readonly component_idx?: number;
  readonly members?: readonly {
    readonly name: string;
    readonly type_id: number;
    readonly bits_offset: number;
  }[];
}

/** The members of a struct, what they lead to and what they are tagged with, as bpftool reads the object. */
function membersOf(object: string, struct: string): string[] {
  const text = execFileSync("bpftool", ["-j", "btf", "dump", "file", object], { encoding: "utf8" });
  const { types } = JSON.parse(text) as { readonly types: readonly BtfType[] };
  const byId = new Map(types.map((type) => [type.id, type]));
  const told = (id: number | undefined): string => {
    const type = id === undefined ? undefined : byId.get(id);
    if (!type) return "";
    const next = type.kind === "PTR" || type.kind === "TYPE_TAG" ? told(type.type_id) : "";
    return `${type.kind} ${type.name === "(anon)" ? "" : type.name} ${next}`.trim();
  };
  const found = types.find(({ kind, name }) => kind === "STRUCT" && name === struct);
  return (found?.members ?? []).map(({ name, type_id, bits_offset }, index) => {
    const tags = types
      .filter((t) => t.kind === "DECL_TAG" && t.type_id === found?.id && t.component_idx === index)
      .map((t) => t.name);
    return `${name} at ${bits_offset}: ${told(type_id)} [${tags}]`;
  });
}

it.skipIf(!has("clang-19") || !has("bpftool"))(
  "values that own objects have the BTF that clang makes of the same C",
  () => {
    const folder = temporaryFolder();
    try {
      const path = (name: string): string => join(folder.path, name);
      writeFileSync(path("c.c"), c);
      execFileSync("clang-19", ["-g", "-O2", "-target", "bpf", "-c", path("c.c"), "-o", path("c.o")]);
      writeFileSync(
        path("ts.o"),
        compileFor("6.18", { files: { "probe.bpf.ts": source }, options: {} }).object,
      );
      for (const struct of ["Value", "Item"]) {
        const theirs = membersOf(path("c.o"), struct);
        expect(theirs.length).toBeGreaterThan(3);
        expect(membersOf(path("ts.o"), struct)).toEqual(theirs);
      }
    } finally {
      folder.remove();
    }
  },
);
