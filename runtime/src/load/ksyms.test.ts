import { readFileSync } from "node:fs";
import { Btf, type BtfType, encodeBtf, Instructions, parseObject, type Reference } from "@tsbpfc/loader";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { FakeKernel } from "../../fixtures/fake-kernel.js";
import { numberIterators } from "../features/index.js";
import { setKernel } from "../sys/kernel.js";
import { type Collection, loadCollection } from "./collection.js";
import { FdArray, type KernelSymbols, readKallsyms, resolveKernelReference } from "./ksyms.js";

/** Without CONFIG_KALLSYMS_ALL a kernel does not know its variables' addresses. */
const variables = / runqueues$/m.test(readFileSync("/proc/kallsyms", "latin1"));

const iterators = numberIterators.probe() === "yes";

describe.skipIf(process.getuid?.() !== 0)("the kernel's functions and symbols, as root", () => {
  let collection: Collection;
  beforeAll(() => {
    const spec = parseObject(compileFixture("ksyms"));
    spec.programs.get("cpu")!.autoload = variables;
    spec.programs.get("sum")!.autoload = iterators;
    collection = loadCollection(spec);
  });
  afterAll(() => collection?.close());
  const program = (name: string) => collection.programs.get(name)!;

  test.skipIf(!iterators)("a kernel function is called", () => {
    expect(program("sum").testRun().returnValue).toBe(45);
  });

  test("weak ones that the kernel lacks, or has with other parameters, are not there", () => {
    expect(program("without").testRun().returnValue).toBe(iterators ? 1 : 0);
  });

  test.skipIf(!variables)("a variable of each CPU is reached by its type", () => {
    expect(program("cpu").testRun().returnValue).toBe(1);
  });

  test("an untyped symbol is its address", () => {
    const { contextOut } = program("address").testRun({ context: new Uint8Array(8) });
    const line = /^([0-9a-f]+) \S bpf_map_put$/m.exec(readFileSync("/proc/kallsyms", "latin1"));
    expect(new BigUint64Array(contextOut.slice().buffer)[0]).toBe(BigInt(`0x${line![1]}`));
  });
});

describe("functions and variables of kernel modules", () => {
  const int: BtfType = { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" };
  const takesInt: BtfType = { kind: "func_proto", returns: 1, params: [{ name: "a", type: 1 }] };
  const own = (of: "func" | "var", name: string, type: number): BtfType =>
    of === "func"
      ? { kind: "func", name, type, linkage: "static" }
      : { kind: "var", name, type, linkage: "static" };
  // The module's names stand in the kernel's strings, as many do: the builder knows no base.
  const strings = new TextEncoder().encode("\0bpf_of_module\0of_module\0");
  const vmlinux = Btf.parse(encodeBtf([int, takesInt, own("func", "bpf_of_kernel", 2)], { strings }));
  const moduleTypes = [own("func", "bpf_of_module", 2), own("var", "of_module", 1)];
  const module = Btf.parse(encodeBtf(moduleTypes, { strings }), { base: vmlinux });
  const object = Btf.parse(
    encodeBtf([
      int,
      takesInt,
      { kind: "func", name: "bpf_of_module", type: 2, linkage: "extern" },
      { kind: "func", name: "bpf_of_kernel", type: 2, linkage: "extern" },
      { kind: "var", name: "of_module", type: 1, linkage: "extern" },
    ]),
  );
  const symbols: KernelSymbols = {
    btf: object,
    kernelTypes: {
      all: () => [vmlinux, module],
      fdOf: (btf) => (btf === module ? 77 : 0),
      close: () => {},
      module: () => null,
    },
    address: () => undefined,
  };

  test("are named by the module's descriptor: calls through an array, variables in the instruction", () => {
    const insns = new Instructions(new Uint8Array(40), "little");
    const fds = new FdArray();
    const resolve = (reference: Reference & { kind: "kfunc" | "ksym" }): void =>
      resolveKernelReference(insns, reference, symbols, fds, "program 'p'");
    resolve({ kind: "kfunc", insn: 0, name: "bpf_of_module", weak: false, type: 3 });
    resolve({ kind: "kfunc", insn: 1, name: "bpf_of_module", weak: false, type: 3 });
    resolve({ kind: "kfunc", insn: 2, name: "bpf_of_kernel", weak: false, type: 4 });
    resolve({ kind: "ksym", insn: 3, name: "of_module", weak: false, type: 5 });
    const [first = 0] = module.find("bpf_of_module", ["func"]);
    expect([0, 1, 2].map((i) => [insns.imm(i), insns.off(i)])).toEqual([
      [first, 1],
      [first, 1],
      [3, 0],
    ]);
    expect([insns.imm(3), insns.imm(4)]).toEqual([first + 1, 77]);
    expect(new Int32Array(fds.bytes.slice().buffer)).toEqual(Int32Array.of(0, 77));
  });
});

describe("a function whose prototype the kernel has changed", () => {
  const int: BtfType = { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" };
  const opaque = (name: string): BtfType => ({ kind: "fwd", name, union: false });
  const to = (type: number): BtfType => ({ kind: "ptr", type });
  const proto = (...params: readonly (readonly [name: string, type: number])[]): BtfType => ({
    kind: "func_proto",
    returns: 1,
    params: params.map(([name, type]) => ({ name, type })),
  });
  const func = (name: string, type: number): BtfType => ({ kind: "func", name, type, linkage: "static" });
  /** Ids: 1 int, 2 `void *`, 3 struct bpf_wq, 4 a pointer to it, 5 struct bpf_prog_aux, 6 a pointer to it; a prototype, its function. */
  const types = (...functions: readonly (readonly [name: string, proto: BtfType])[]): Btf =>
    Btf.parse(
      encodeBtf([
        int,
        to(0),
        opaque("bpf_wq"),
        to(3),
        opaque("bpf_prog_aux"),
        to(5),
        ...functions.flatMap(([name, type], i) => [type, func(name, 7 + 2 * i)]),
      ]),
    );
  const newer = types(
    ["bpf_wq_set_callback_impl", proto(["wq", 4], ["flags", 1], ["aux", 6])],
    ["bpf_wq_set_callback", proto(["wq", 4], ["flags", 1])],
    ["scx_bpf_kick_cpu", proto(["cpu", 1], ["aux", 6])],
    ["bpf_session_is_return", proto(["ctx", 2])],
  );
  const call = (name: string, declared: BtfType, options: { weak?: boolean; kernel?: Btf } = {}): number => {
    const insns = new Instructions(new Uint8Array(8), "little");
    const symbols: KernelSymbols = {
      btf: types([name, declared]),
      kernelTypes: { all: () => [options.kernel ?? newer], fdOf: () => 0, close: () => {} },
      address: () => undefined,
    };
    const reference = { kind: "kfunc", insn: 0, name, weak: options.weak ?? false, type: 8 } as const;
    resolveKernelReference(insns, reference, symbols, new FdArray(), "program 'p'");
    return insns.imm(0);
  };
  const old = proto(["wq", 4], ["flags", 1], ["aux", 2]);

  test("is refused with both prototypes, and what the kernel has in its place", () => {
    expect(() => call("bpf_wq_set_callback_impl", old)).toThrow(
      "kernel: int bpf_wq_set_callback_impl(struct bpf_wq *wq, int flags, struct bpf_prog_aux *aux)\n" +
        "  object: int bpf_wq_set_callback_impl(struct bpf_wq *wq, int flags, void *aux)\n" +
        "  in its place it has: int bpf_wq_set_callback(struct bpf_wq *wq, int flags); an object",
    );
    expect(() => call("bpf_session_is_return", proto())).toThrow(
      "kernel: int bpf_session_is_return(void *ctx)\n  object: int bpf_session_is_return(void)",
    );
  });

  test("is named where the kernel is older than the object", () => {
    const kernel = types(["bpf_wq_set_callback_impl", old]);
    expect(() => call("bpf_wq_set_callback", proto(["wq", 4], ["flags", 1]), { kernel })).toThrow(
      /no function 'bpf_wq_set_callback'[\s\S]*in its place it has: int bpf_wq_set_callback_impl\(/,
    );
  });

  test("is not there if it is weak", () => {
    expect(call("bpf_wq_set_callback_impl", old, { weak: true })).toBe(
      call("bpf_none", proto(), { weak: true }),
    );
  });

  test("by mistake alone is said to be so", () => {
    expect(() => call("scx_bpf_kick_cpu", proto(["cpu", 1]))).toThrow(
      /kernel: int scx_bpf_kick_cpu\(int cpu, struct bpf_prog_aux \*aux\)[\s\S]*lets no program call the function/,
    );
  });
});

describe("a symbol that cannot be resolved", () => {
  afterEach(() => setKernel(null));
  const symbols = (address: bigint | undefined): KernelSymbols => ({
    btf: null,
    kernelTypes: { all: () => [], fdOf: () => 0, close: () => {}, module: () => null },
    address: () => address,
  });
  const resolve = (
    reference: Reference & { kind: "kfunc" | "ksym" },
    address: bigint | undefined,
  ): bigint => {
    const insns = new Instructions(new Uint8Array(16), "little");
    resolveKernelReference(insns, reference, symbols(address), new FdArray(), "program 'p'");
    return insns.imm64(0);
  };
  const ksym = { kind: "ksym", insn: 0, name: "jiffies", weak: false, type: 0 } as const;

  test("is named, with what to do", () => {
    expect(() => resolve(ksym, undefined)).toThrow(/program 'p'.*'jiffies'.*weak/);
    expect(() => resolve(ksym, 0n)).toThrow(/kptr_restrict/);
    expect(() => resolve({ ...ksym, kind: "kfunc", name: "bpf_x" }, 1n)).toThrow(/no function 'bpf_x'/);
    expect(resolve({ ...ksym, weak: true }, undefined)).toBe(0n);
    expect(resolve(ksym, 0xffff_ffff_8100_0000n)).toBe(0xffff_ffff_8100_0000n);
  });

  test("is looked for by its whole name", () => {
    const kernel = new FakeKernel();
    kernel.readFile = () =>
      new TextEncoder().encode(
        "ffffffff81000000 T start\nffffffff81000010 t start_more\nffffffff81000020 t twice\nffffffff81000030 t twice\nffffffffc0000000 t of_module\t[mod]\n",
      );
    setKernel(kernel);
    const address = readKallsyms();
    expect(address("start")).toBe(0xffff_ffff_8100_0000n);
    expect(address("of_module")).toBe(0xffff_ffff_c000_0000n);
    expect(address("tart")).toBeUndefined();
    expect(address("more")).toBeUndefined();
    expect(() => address("twice")).toThrow(/2 symbols 'twice'/);
  });
});
