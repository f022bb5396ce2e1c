import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { layOutClasses } from "../../test-support/class-layout.js";
import { KernelTypes } from "../../test-support/kernel-btf.js";
import { contexts, kernelObjects, type UapiStruct } from "./contexts.js";
import { formerKfuncs } from "./former-kfuncs.js";
import { helpers } from "./helpers.generated.js";
import { kernelWrites } from "./kernel-writes.js";
import { kfuncs } from "./kfuncs.generated.js";
import { mapClasses } from "./maps.js";

const structs: Readonly<Record<string, UapiStruct>> = contexts;
const layouts = layOutClasses(
  ["contexts.d.ts", "iterators.d.ts", "headers.ts", "intrinsics.d.ts", "objects.d.ts"],
  (name) => structs[name]?.overlays ?? {},
);

/** Contexts that are an array of registers or a number, not a struct of BTF. */
const notStructs = ["RawTracepoint", "LircSample"];
/** Kinds newer than most kernels: checked where they are. */
const newKinds = ["insn_array", "rhash"];
const headers: Readonly<Record<string, string>> = {
  EthHdr: "ethhdr",
  VlanHdr: "vlan_hdr",
  ArpHdr: "arphdr",
  IpHdr: "iphdr",
  Ipv6Hdr: "ipv6hdr",
  TcpHdr: "tcphdr",
  UdpHdr: "udphdr",
};

// Compares the tables and declarations with the running kernel.
describe.skipIf(!KernelTypes.available())("the running kernel's BTF agrees on", () => {
  const kernel = KernelTypes.available() ? new KernelTypes() : null;

  it.each(Object.keys(structs).filter((name) => !notStructs.includes(name)))("the layout of %s", (name) => {
    const theirs = kernel?.offsets(structs[name]?.struct ?? "");
    const ours = layouts.get(name)?.offsets;
    if (!theirs) return expect(name, "only iterators may be left out of a kernel").toMatch(/^Iter/);
    for (const [field, offset] of ours ?? []) expect([field, offset]).toEqual([field, theirs.get(field)]);
    // Members that have no field here share another's bytes: nothing that the kernel has is out of reach.
    const reached = new Set(ours?.values());
    expect([...theirs].filter(([, offset]) => !reached.has(offset))).toEqual([]);
    return undefined;
  });

  it.each(Object.entries(headers))("the layout of %s", (name, struct) => {
    const theirs = kernel?.offsets(struct);
    const layout = layouts.get(name);
    // The three bits after `doff` were renamed over time, and the flow label is bytes here and there.
    for (const [field, offset] of layout?.offsets ?? [])
      if (theirs?.has(field) || !/^(ae|res1)$/.test(field))
        expect([field, offset]).toEqual([field, theirs?.get(field)]);
    expect((layout?.size ?? 0) / 8).toBe(kernel?.size(struct));
  });

  const written = Object.values(kernelWrites).flatMap((structs) => Object.entries(structs));
  it.each(written)("the fields of %s that struct_ops may write", (struct, fields) => {
    const theirs = kernel?.offsets(struct);
    if (!theirs) return expect(struct, "only sched_ext may be left out of a kernel").toBe("sched_ext_entity");
    for (const field of fields) expect([...theirs.keys()]).toContain(field.split(".")[0]);
    return undefined;
  });

  it.each(Object.entries(kernelObjects))("the size of %s", (name, struct) => {
    expect((layouts.get(name)?.size ?? 0) / 8).toBe(kernel?.size(struct));
  });

  const declared = [
    ...readFileSync(new URL("../kfuncs.d.ts", import.meta.url), "utf8").matchAll(
      /^export declare function (\w+)(?:<.*?>)?\(([^)]*)\)/gm,
    ),
  ].map(([, name = "", list = ""]) => [name, list.match(/\w+: /g) ?? []] as const);
  it.each(declared)("the parameters of %s, whose age is known", (name, params) => {
    // An iterator stands for the function that begins it, which is given the iterator first.
    const iterator = name.startsWith("bpf_iter_");
    const called = iterator ? `${name}_new` : name;
    expect(kfuncs[called]).toBeDefined();
    const theirs = kernel?.parameters(called);
    // What took none before a release that this kernel may be older than.
    const before = formerKfuncs[called]?.params === "none" ? [0] : [];
    if (theirs) expect([params.length, ...before]).toContain(theirs.length - Number(iterator));
  });

  it("the numbers of the helpers, and that there are no others", () => {
    const theirs = kernel?.enumerators("BPF_FUNC_") ?? new Map();
    const names = [...theirs.keys()]
      .filter((n) => !/^BPF_FUNC_unspec$/.test(n))
      .map((n) => n.replace("BPF_FUNC_", "bpf_"));
    expect(
      Object.keys(helpers).filter(
        (name) => theirs.get(name.replace("bpf_", "BPF_FUNC_")) !== helpers[name]?.id,
      ),
    ).toEqual([]);
    expect(names.filter((name) => !(name in helpers))).toEqual([]);
  });

  it("the kinds of maps, and that there are no others", () => {
    const theirs = [...(kernel?.enumerators("BPF_MAP_TYPE_") ?? []).keys()].map((n) =>
      n.replace("BPF_MAP_TYPE_", "").toLowerCase(),
    );
    const ours = new Set<string>(Object.values(mapClasses).map(({ kind }) => kind));
    expect([...ours].filter((kind) => !theirs.includes(kind) && !newKinds.includes(kind))).toEqual([]);
    expect(theirs.filter((kind) => !ours.has(kind) && !/unspec|deprecated|^_/.test(kind))).toEqual([]);
  });

  it("the enumerations of results", () => {
    const text = readFileSync(new URL("../constants.d.ts", import.meta.url), "utf8");
    const members = (name: string): readonly (readonly [string, number])[] => {
      const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(text)?.[1] ?? "";
      return [...body.matchAll(/(\w+) = (-?\d+)/g)].map(([, member, value]) => [member ?? "", Number(value)]);
    };
    for (const [member, value] of members("XdpAction"))
      expect([member, kernel?.enumerator(`XDP_${member}`)]).toEqual([member, value]);
    for (const [member, value] of members("SkAction"))
      expect([member, kernel?.enumerator(`SK_${member}`)]).toEqual([member, value]);
    expect(members("XdpAction")).toHaveLength(5);
    for (const member of ["NEXT", "PASS", "DROP", "REDIRECT"])
      expect([member, kernel?.enumerator(`TCX_${member}`)]).toEqual([
        member,
        members("TcAction").find(([m]) => m === member)?.[1],
      ]);
  });

  it("the generated constants", () => {
    const text = readFileSync(new URL("../constants.generated.d.ts", import.meta.url), "utf8");
    const ours = [...text.matchAll(/const (BPF_\w+|BTF_\w+): (-?\d+)/g)];
    const different = ours.filter(([, name, value]) => {
      const theirs = kernel?.enumerator(name ?? "");
      // bpftool prints a 32-bit number with its highest bit set as if it were sign-extended.
      return theirs !== undefined && theirs !== Number(value) && theirs - 2 ** 64 + 2 ** 32 !== Number(value);
    });
    expect(different.map(([line]) => line)).toEqual([]);
    expect(ours.length).toBeGreaterThan(150);
  });
});

describe("the helpers' table", () => {
  it("counts its sizes after memory that has none of its own", () => {
    for (const [name, { params }] of Object.entries(helpers))
      for (const param of params)
        if (param.kind === "size") {
          const memory = params[param.of];
          expect([name, memory?.kind, memory?.kind === "memory" && memory.bytes]).toEqual([
            name,
            "memory",
            undefined,
          ]);
        }
  });

  it("has no memory of unknown size", () => {
    const unsized = Object.entries(helpers).flatMap(([name, { params }]) =>
      params.flatMap((p, i) =>
        p.kind === "memory" && p.bytes === undefined && !params.some((q) => q.kind === "size" && q.of === i)
          ? [`${name} ${p.name}`]
          : [],
      ),
    );
    expect(unsized).toEqual([]);
  });

  it("fits five registers", () => {
    expect(Object.entries(helpers).filter(([, { params }]) => params.length > 5)).toEqual([]);
  });

  it("names program types for every helper", () => {
    expect(
      Object.entries(helpers).flatMap(([name, { programs }]) => (programs.length === 0 ? [name] : [])),
    ).toEqual([]);
  });

  it("has every helper that a method of a map calls", () => {
    const called = Object.values(mapClasses).flatMap(({ methods }) => Object.values(methods).flat());
    expect(called.filter((name) => !(name in helpers))).toEqual([]);
  });
});
