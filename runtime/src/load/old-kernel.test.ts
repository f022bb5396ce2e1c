import { Btf, type BtfType, type CollectionSpec, encodeBtf } from "@tsbpfc/loader";
import { afterEach, describe, expect, test } from "vitest";
import { FakeKernel, field } from "../../fixtures/fake-kernel.js";
import { map, program, specOf } from "../../fixtures/specs.js";
import { commands } from "../sys/commands.js";
import { setKernel } from "../sys/kernel.js";
import { loadCollection } from "./collection.js";

const EINVAL = 22;
const BPF_F_MMAPABLE = 0x400;

/** Refuses kinds of BTF, and arrays in shared memory, as a kernel does that does not know them. */
class OldKernel extends FakeKernel {
  /** BTF blobs that were taken. */
  readonly taken: Btf[] = [];

  constructor(
    readonly kinds: ReadonlySet<string>,
    readonly shares: boolean,
  ) {
    super();
  }

  override bpf(command: number, attr: Uint8Array): number {
    const view = new DataView(attr.buffer, attr.byteOffset);
    if (command === commands.BPF_BTF_LOAD) {
      const btf = Btf.parse(this.memory(view.getBigUint64(0, true)));
      if ([...btf.ids()].some((id) => !this.kinds.has(btf.kind(id)))) return -EINVAL;
      this.taken.push(btf);
    }
    if (command === commands.BPF_MAP_CREATE && view.getUint32(16, true) & BPF_F_MMAPABLE && !this.shares)
      return -EINVAL;
    return super.bpf(command, attr);
  }

  override mmap(fd: number, length: number): ReturnType<FakeKernel["mmap"]> {
    return this.shares ? super.mmap(fd, length) : -EINVAL;
  }
}

const int: BtfType = { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" };
const spec: CollectionSpec = {
  ...specOf(
    [
      map(".bss", {
        type: "array",
        valueSize: 4,
        maxEntries: 1,
        valueType: 3,
        contents: new Uint8Array(4),
        origin: "bss",
      }),
    ],
    [program("main", { functions: [{ insn: 0, name: "main", type: 6 }] })],
  ),
  btf: Btf.parse(
    encodeBtf([
      int,
      { kind: "var", name: "count", type: 1, linkage: "global" },
      { kind: "datasec", name: ".bss", size: 4, vars: [{ type: 2, offset: 0, size: 4 }] },
      { kind: "float", name: "float", size: 4 },
      { kind: "func_proto", returns: 1, params: [] },
      { kind: "func", name: "main", type: 5, linkage: "global" },
    ]),
  ),
};

const early = [
  "int",
  "ptr",
  "array",
  "struct",
  "union",
  "enum",
  "fwd",
  "typedef",
  "volatile",
  "const",
  "restrict",
];
const withFunctions = [...early, "func", "func_proto"];
const withSections = [...withFunctions, "var", "datasec"];

describe("an object on a kernel that does not know", () => {
  afterEach(() => setKernel(null));
  const loadOn = (kinds: readonly string[], shares: boolean): OldKernel => {
    const kernel = new OldKernel(new Set(kinds), shares);
    setKernel(kernel);
    loadCollection(spec).close();
    expect([...kernel.open]).toEqual([]);
    return kernel;
  };
  const last = (kernel: OldKernel, command: "BPF_MAP_CREATE" | "BPF_PROG_LOAD") =>
    kernel.calls.filter((call) => call.command === command).at(-1)!;

  test("floats: loads with the rest of its BTF", () => {
    const kernel = loadOn(withSections, true);
    const btf = kernel.taken.at(-1)!;
    expect([...btf.ids()].map((id) => btf.kind(id))).toContain("datasec");
    expect(field(last(kernel, "BPF_PROG_LOAD"), "programLoad", "func_info_cnt")).toBe(1);
    expect(field(last(kernel, "BPF_MAP_CREATE"), "mapCreate", "btf_value_type_id")).toBe(3);
  });

  test("BTF of sections: makes their maps without it", () => {
    const kernel = loadOn(withFunctions, true);
    expect(field(last(kernel, "BPF_MAP_CREATE"), "mapCreate", "btf_fd")).toBe(0);
    expect(field(last(kernel, "BPF_PROG_LOAD"), "programLoad", "func_info_cnt")).toBe(1);
  });

  test("BTF of functions: loads programs without func_info", () => {
    const kernel = loadOn([...early, "func_proto"], true);
    expect(field(last(kernel, "BPF_PROG_LOAD"), "programLoad", "func_info_cnt")).toBe(0);
  });

  test("BTF: loads without", () => {
    const kernel = loadOn([], true);
    expect(kernel.taken).toEqual([]);
    expect(field(last(kernel, "BPF_PROG_LOAD"), "programLoad", "prog_btf_fd")).toBe(0);
  });

  test("shared arrays: loads, and says so when a global is asked for", () => {
    const kernel = new OldKernel(new Set([...withSections, "float"]), false);
    setKernel(kernel);
    const collection = loadCollection(spec);
    expect(field(last(kernel, "BPF_MAP_CREATE"), "mapCreate", "map_flags")).toBe(0);
    expect(() => collection.maps.get(".bss")!.memory).toThrow(/Linux 5\.5/);
    collection.close();
    expect([...kernel.open]).toEqual([]);
  });

  test("nothing of it, but refuses: the error has the kernel's reason", () => {
    const kernel = new OldKernel(new Set([...withSections, "float"]), true);
    setKernel(kernel);
    kernel.bpf = (command: number) => (command === commands.BPF_BTF_LOAD ? -7 : 100);
    expect(() => loadCollection(spec)).toThrow(/the object's BTF: bpf\(BPF_BTF_LOAD\): E2BIG/);
  });
});
