import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  Btf,
  type BtfType,
  type CollectionSpec,
  encodeBtf,
  type KconfigSpec,
  parseObject,
} from "@tsbpfc/loader";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { FakeKernel } from "../../fixtures/fake-kernel.js";
import { map, specOf as objectOf } from "../../fixtures/specs.js";
import { setKernel } from "../sys/kernel.js";
import { loadCollection } from "./collection.js";
import { kconfigContents, kernelVersion } from "./kconfig.js";

const int = (name: string, size: number, encoding: "signed" | "unsigned" | "bool" = "unsigned"): BtfType => ({
  kind: "int",
  name,
  size,
  bits: size * 8,
  bitOffset: 0,
  encoding,
});
/** Ids of types in the fixtures' BTF. */
const types = { bool: 1, char: 2, u32: 3, i64: 4, text: 5, tristate: 6, struct: 7 } as const;
const btf = Btf.parse(
  encodeBtf([
    int("bool", 1, "bool"),
    int("char", 1),
    int("u32", 4),
    int("i64", 8, "signed"),
    { kind: "array", type: 2, indexType: 3, length: 8 },
    {
      kind: "enum",
      name: "libbpf_tristate",
      size: 4,
      signed: false,
      values: ["TRI_NO", "TRI_YES", "TRI_MODULE"].map((name, i) => ({ name, value: BigInt(i) })),
    },
    { kind: "struct", name: "s", size: 4, members: [] },
  ]),
);

function specOf(name: string, type: keyof typeof types, weak = false): CollectionSpec {
  const extern: KconfigSpec = { name, offset: 0, size: btf.size(types[type]), type: types[type], weak };
  const contents = new Uint8Array(extern.size);
  const kconfig = map(".kconfig", { type: "array", valueSize: extern.size, contents, origin: "kconfig" });
  return { ...objectOf([kconfig], []), btf, kconfigs: new Map([[name, extern]]) };
}

describe("an extern of the kernel's configuration", () => {
  let configuration: string | null;
  beforeEach(() => {
    configuration =
      'CONFIG_Y=y\nCONFIG_M=m\n# CONFIG_N is not set\nCONFIG_HZ=250\nCONFIG_HEX=0xff\nCONFIG_NEG=-1\nCONFIG_BIG=4294967296\nCONFIG_TEXT="abcdefghij"\nCONFIG_SHORT="ab"\n';
    const kernel = new FakeKernel();
    kernel.readFile = (path) =>
      path === "/proc/config.gz" && configuration !== null ? gzipSync(configuration) : null;
    setKernel(kernel);
  });
  afterEach(() => setKernel(null));
  const value = (name: string, type: keyof typeof types, weak = false): number[] => [
    ...kconfigContents(specOf(name, type, weak)),
  ];

  test("has the value that the kernel was built with, as its type holds it", () => {
    expect(value("CONFIG_Y", "bool")).toEqual([1]);
    expect(value("CONFIG_Y", "char")).toEqual(["y".charCodeAt(0)]);
    expect(value("CONFIG_M", "char")).toEqual(["m".charCodeAt(0)]);
    expect(value("CONFIG_M", "tristate")).toEqual([2, 0, 0, 0]);
    expect(value("CONFIG_HZ", "u32")).toEqual([250, 0, 0, 0]);
    expect(value("CONFIG_HEX", "char")).toEqual([255]);
    expect(value("CONFIG_NEG", "i64")).toEqual(Array(8).fill(255));
    expect(value("CONFIG_BIG", "i64")).toEqual([0, 0, 0, 0, 1, 0, 0, 0]);
    expect(value("CONFIG_SHORT", "text")).toEqual([97, 98, 0, 0, 0, 0, 0, 0]);
    expect(value("CONFIG_TEXT", "text")).toEqual([97, 98, 99, 100, 101, 102, 103, 0]);
  });

  test("has the value that the user gives instead, also where the kernel shows none", () => {
    const given = (name: string, kconfig: Record<string, string>): number[] => [
      ...kconfigContents(specOf(name, "u32"), kconfig),
    ];
    expect(given("CONFIG_HZ", { CONFIG_HZ: "1000" })).toEqual([0xe8, 3, 0, 0]);
    configuration = null;
    expect(given("CONFIG_HZ", { CONFIG_HZ: "0x10" })).toEqual([16, 0, 0, 0]);
    expect(() => given("CONFIG_HZ", { CONFIG_HZ: "y" })).toThrow(/CONFIG_HZ is y .* does not fit/);
    expect(() => given("CONFIG_HZ", { CONFIG_HZ: "1", CONFIG_NR: "2" })).toThrow(/no extern 'CONFIG_NR'/);
    expect(() => given("LINUX_KERNEL_VERSION", { LINUX_KERNEL_VERSION: "1" })).toThrow(/no extern 'LINUX/);
  });

  test("that is not set is zero if weak, and an error otherwise", () => {
    expect(value("CONFIG_N", "bool", true)).toEqual([0]);
    expect(() => value("CONFIG_N", "bool")).toThrow(/CONFIG_N is not set.*weak/);
    expect(() => value("LINUX_OTHER", "bool")).toThrow(/LINUX_OTHER/);
    expect(() => value("toString", "bool")).toThrow(/toString/);
  });

  test.each([
    ["CONFIG_M", "bool"],
    ["CONFIG_Y", "u32"],
    ["CONFIG_BIG", "u32"],
    ["CONFIG_HZ", "bool"],
    ["CONFIG_HZ", "text"],
    ["CONFIG_TEXT", "u32"],
    ["CONFIG_Y", "struct"],
  ] as const)("%s does not fit %s, and the error says so", (name, type) => {
    expect(() => value(name, type)).toThrow(new RegExp(name));
  });

  test("of a kernel that does not show its configuration is an error, or zero if weak", () => {
    configuration = null;
    expect(() => value("CONFIG_Y", "bool")).toThrow(/CONFIG_IKCONFIG_PROC/);
    expect(value("CONFIG_Y", "bool", true)).toEqual([0]);
  });
});

test.each([
  ["6.18.44-fc", "#1 SMP", "", 0x06122c],
  ["5.4.0-26-generic", "#30-Ubuntu", "Ubuntu 5.4.0-26.30-generic 5.4.30\n", 0x05041e],
  ["6.1.0-21-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.90-1 (2024-05-03)", "", 0x06015a],
  ["4.9.300", "#1", "", 0x0409ff],
  ["6.5", "#1", "", 0x060500],
])("the version of %s is what KERNEL_VERSION makes of it", (uname, build, signature, expected) => {
  expect(kernelVersion(uname, build, signature)).toBe(expected);
});

describe.skipIf(process.getuid?.() !== 0 || !existsSync("/proc/config.gz"))("on this kernel, as root", () => {
  test("an object's externs have this kernel's values", () => {
    const spec = parseObject(compileFixture("kconfig"));
    const collection = loadCollection(spec);
    try {
      const memory = collection.maps.get(".kconfig")!.memory!;
      const at = (name: string): number => spec.kconfigs.get(name)!.offset;
      const config = gunzipSync(readFileSync("/proc/config.gz")).toString();
      const hz = Number(/^CONFIG_HZ=(\d+)$/m.exec(config)![1]);
      expect(memory.getUint32(at("CONFIG_HZ"), true)).toBe(hz);
      expect(memory.getUint8(at("CONFIG_BPF_SYSCALL"))).toBe(1);
      expect(memory.getUint8(at("CONFIG_NET"))).toBe("y".charCodeAt(0));
      expect(memory.getUint32(at("CONFIG_BPF"), true)).toBe(1);
      expect(memory.getUint32(at("LINUX_KERNEL_VERSION"), true) >>> 16).toBe(Number(release().split(".")[0]));
      expect(memory.getUint8(at("LINUX_HAS_BPF_COOKIE"))).toBe(1);
      expect(memory.getBigUint64(at("CONFIG_TSBPFC_NONE"), true)).toBe(0n);
      expect(spec.maps.get(".kconfig")!.contents!.every((byte) => byte === 0)).toBe(true);
      const sum = collection.programs.get("values")!.testRun().returnValue;
      expect(sum).toBeGreaterThan(memory.getUint32(at("LINUX_KERNEL_VERSION"), true) + hz);
    } finally {
      collection.close();
    }
  });
});
