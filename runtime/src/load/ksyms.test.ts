import { readFileSync } from "node:fs";
import { Instructions, parseObject, type Reference } from "@tsbpfc/loader";
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

describe("a symbol that cannot be resolved", () => {
  afterEach(() => setKernel(null));
  const symbols = (address: bigint | undefined): KernelSymbols => ({
    btf: null,
    kernelTypes: { all: () => [], fdOf: () => 0, close: () => {} },
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
