import type { CollectionSpec } from "@tsbpfc/loader";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Call, FakeKernel, field } from "../../fixtures/fake-kernel.js";
import { map, program, specOf } from "../../fixtures/specs.js";
import { UsageError } from "../sys/errors.js";
import { setKernel } from "../sys/kernel.js";
import { loadCollection } from "./collection.js";

const full = (): CollectionSpec =>
  specOf(
    [
      map("table"),
      map("kept", { pinning: "by-name" }),
      map("kept_too", { pinning: "by-name" }),
      map(".rodata", {
        type: "array",
        valueSize: 4,
        maxEntries: 1,
        flags: 0x80,
        origin: "rodata",
        contents: new Uint8Array([1, 0, 0, 0]),
      }),
      map(".bss", { type: "array", valueSize: 4, maxEntries: 1, origin: "bss", contents: new Uint8Array(4) }),
      map("calls", { type: "prog_array", valueSize: 4, values: new Map([[1, "second"]]) }),
      map("outer", {
        type: "array_of_maps",
        valueSize: 4,
        inner: map("inner"),
        values: new Map([[0, "table"]]),
      }),
    ],
    [program("first", { references: [{ kind: "map", insn: 0, map: "table" }] }), program("second")],
  );

describe("a collection, in a kernel that tests made up", () => {
  let kernel: FakeKernel;
  beforeEach(() => {
    kernel = new FakeKernel();
    setKernel(kernel);
    // The probe for memory accounting is made once in a process.
    loadCollection(specOf([], [])).close();
    kernel.calls.length = 0;
  });
  afterEach(() => setKernel(null));
  const called = (command: Call["command"]): Call[] =>
    kernel.calls.filter((call) => call.command === command);

  test("is closed without leaving a descriptor; its pins stay", () => {
    const collection = loadCollection(full());
    expect([...collection.maps.keys()]).toEqual([
      "table",
      "kept",
      "kept_too",
      ".rodata",
      ".bss",
      "calls",
      "outer",
    ]);
    expect(kernel.pins.size).toBe(2);
    collection.close();
    collection.close();
    expect([...kernel.open]).toEqual([]);
    expect(kernel.pins.size).toBe(2);
  });

  test("maps are created as declared, sections shared with memory, constants frozen", () => {
    loadCollection(full()).close();
    const creates = called("BPF_MAP_CREATE");
    const table = creates[0]!;
    expect(
      ["map_type", "key_size", "value_size", "max_entries"].map((f) =>
        field(table, "mapCreate", f as "map_type"),
      ),
    ).toEqual([1, 4, 8, 10]);
    const BPF_F_MMAPABLE = 0x400;
    expect(field(creates[3]!, "mapCreate", "map_flags")).toBe(0x80 | BPF_F_MMAPABLE);
    expect(called("BPF_MAP_FREEZE")).toHaveLength(1);
    expect(called("mmap")).toHaveLength(2);
  });

  test("a ring buffer's size is rounded up to a power of two of pages; a perf event array has a slot for each CPU", () => {
    loadCollection(
      specOf(
        [
          map("ring", { type: "ringbuf", keySize: 0, valueSize: 0, maxEntries: 5000 }),
          map("perf", { type: "perf_event_array", maxEntries: 0 }),
        ],
        [],
      ),
    ).close();
    const [ring, perf] = called("BPF_MAP_CREATE");
    expect(field(ring!, "mapCreate", "max_entries")).toBe(8192);
    expect(field(perf!, "mapCreate", "max_entries")).toBeGreaterThan(0);
    expect(field(perf!, "mapCreate", "value_size")).toBe(4);
  });

  test("a program has the descriptors of its maps in its instructions, and the spec stays as it is", () => {
    const spec = full();
    const collection = loadCollection(spec);
    const load = called("BPF_PROG_LOAD")[0]!;
    expect(field(load, "programLoad", "insn_cnt")).toBe(3);
    const instructions = kernel.memory(load.attr.getBigUint64(8, true));
    expect(new DataView(instructions.buffer).getInt32(4, true)).toBe(collection.maps.get("table")!.fd);
    expect(spec.programs.get("first")!.instructions).toEqual(new Uint8Array(24));
    collection.close();
  });

  test("programs and maps that are not wanted are left out", () => {
    const spec = specOf([map("none", { autocreate: false })], [program("none", { autoload: false })]);
    const collection = loadCollection(spec);
    expect([collection.maps.size, collection.programs.size]).toEqual([0, 0]);
    collection.close();
  });

  test("what cannot be resolved is an error that names it", () => {
    const kfunc = program("first", {
      references: [{ kind: "kfunc", insn: 0, name: "bpf_made_up", weak: false, type: 0 }],
    });
    expect(() => loadCollection(specOf([], [kfunc]))).toThrow(/bpf_made_up/);
    const slot = map("calls", { type: "prog_array", valueSize: 4, values: new Map([[1, "absent"]]) });
    expect(() => loadCollection(specOf([slot], []))).toThrow(UsageError);
    expect([...kernel.open]).toEqual([]);
  });

  test("an object for the other byte order, and struct_ops without a struct, are refused by name", () => {
    expect(() => loadCollection({ ...full(), endian: "big" })).toThrow(/big endian/);
    expect(() => loadCollection(specOf([map("ops", { origin: "struct_ops" })], []))).toThrow(
      /struct_ops map ops: /,
    );
    expect([...kernel.open]).toEqual([]);
  });

  test("without rights the error says which", () => {
    kernel.refuse = { call: 1, errno: 1 };
    let error: unknown;
    try {
      loadCollection(full());
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: "EPERM", syscall: "bpf(BPF_MAP_CREATE)" });
    expect(String(error)).toMatch(/root.*CAP_BPF/);
  });

  test("a closed map or program says that it is closed", () => {
    const collection = loadCollection(full());
    collection.close();
    expect(() => collection.maps.get("table")!.fd).toThrow(/closed/);
    expect(() => collection.programs.get("first")!.fd).toThrow(/closed/);
  });
});
