import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Btf, BtfError, type BtfMember, type BtfType, encodeBtf } from "@tsbpfc/loader";
import { ts } from "ts-morph";
import { describe, expect, it } from "vitest";
import { findStdlib, readSource } from "../modules.js";
import { compilerOptions } from "../program.js";
import { allKernelTypes, declareKernelTypes } from "./index.js";
import { kernelName, tsName } from "./names.js";

const int = (name: string, size: number, encoding: "signed" | "unsigned" | "char" | "bool"): BtfType => ({
  kind: "int",
  name,
  size,
  bits: size * 8,
  bitOffset: 0,
  encoding,
});
const member = (name: string, type: number, bitfieldSize = 0): BtfMember => ({
  name,
  type,
  bitOffset: 0,
  bitfieldSize,
});
const struct = (
  name: string,
  members: readonly BtfMember[],
  kind: "struct" | "union" = "struct",
): BtfType => ({
  kind,
  name,
  size: 64,
  members,
});

/** Ids 1 to 6; a test's own types begin at 7. */
const BASICS: readonly BtfType[] = [
  int("int", 4, "signed"),
  int("unsigned char", 1, "unsigned"),
  int("char", 1, "char"),
  int("_Bool", 1, "bool"),
  int("__int128", 16, "signed"),
  int("unsigned long", 8, "unsigned"),
];
const [I32, U8, CHAR, BOOL, I128, U64] = [1, 2, 3, 4, 5, 6];
const FIRST = 7;

/** The declarations, without what is around them. */
function declared(types: readonly BtfType[], roots: readonly string[], only?: ReadonlySet<string>): string[] {
  const btf = Btf.parse(encodeBtf([...BASICS, ...types]));
  const text = declareKernelTypes(btf, only ? { roots, only } : { roots });
  expect(typeErrors(text)).toEqual([]);
  return text.split("\n").filter((line) => line.includes("export ") && !line.startsWith("export {}"));
}

/** What the checker says of a vmlinux module, with the standard library and nothing of JavaScript's own. */
function typeErrors(text: string): string[] {
  const stdlib = findStdlib();
  const file = join(dirname(stdlib.folder), "vmlinux.d.ts");
  const options: ts.CompilerOptions = { ...compilerOptions, skipLibCheck: false };
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext);
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost(options),
    getSourceFile: (name) =>
      name === file ? parsed : ts.createSourceFile(name, readSource(name) ?? "", ts.ScriptTarget.ESNext),
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    resolveModuleNameLiterals: (names, from) =>
      names.map(({ text: name }) => ({
        resolvedModule: {
          resolvedFileName: name.startsWith(".")
            ? join(dirname(from), name.replace(/\.js$/, ".d.ts"))
            : stdlib.index,
          extension: ts.Extension.Dts,
        },
      })),
  };
  const program = ts.createProgram({ rootNames: [stdlib.core, file], options, host });
  return [...program.getSyntacticDiagnostics(parsed), ...program.getSemanticDiagnostics(parsed)].map((d) =>
    ts.flattenDiagnosticMessageText(d.messageText, "\n"),
  );
}

describe("kernel types as declarations", () => {
  it("are really checked here", () => {
    expect(typeErrors("export interface s { readonly a: nothing; }")).toEqual([
      "Cannot find name 'nothing'.",
    ]);
  });

  it("have the kernel's widths", () => {
    const members = [
      member("i", I32),
      member("u", U8),
      member("c", CHAR),
      member("b", BOOL),
      member("big", I128),
      member("l", U64),
    ];
    expect(declared([struct("s", members)], ["s"])).toEqual([
      "export interface s { readonly i: i32; readonly u: u8; readonly c: i8; readonly b: boolean; readonly big: array<u8, 16>; readonly l: u64; }",
    ]);
  });

  it("show char arrays as strings, others as arrays, and network order by name", () => {
    const types: BtfType[] = [
      { kind: "array", type: CHAR, indexType: I32, length: 16 },
      { kind: "array", type: FIRST, indexType: I32, length: 2 },
      { kind: "array", type: U64, indexType: I32, length: 0 },
      { kind: "typedef", name: "__be32", type: I32 },
      { kind: "const", type: FIRST + 3 },
      struct("s", [
        member("comm", FIRST),
        member("names", FIRST + 1),
        member("tail", FIRST + 2),
        member("addr", FIRST + 4),
      ]),
    ];
    expect(declared(types, ["s"])).toEqual([
      "export interface s { readonly comm: str<16>; readonly names: array<str<16>, 2>; readonly tail: array<u64, 0>; readonly addr: be32; }",
    ]);
  });

  it("show pointers to structs as ptr, embedded ones by name, and declare what is reached", () => {
    const types: BtfType[] = [
      struct("list", [member("next", FIRST + 1)]),
      { kind: "ptr", type: FIRST },
      struct("task", [member("tasks", FIRST), member("parent", FIRST + 3), member("data", FIRST + 4)]),
      { kind: "ptr", type: FIRST + 2 },
      { kind: "ptr", type: 0 },
      struct("unreached", []),
    ];
    expect(declared(types, ["task"])).toEqual([
      "export interface task { readonly tasks: list; readonly parent: ptr<task>; readonly data: ptr<u8>; }",
      "export interface list { readonly next: ptr<list>; }",
    ]);
  });

  it("flatten anonymous members, and keep a named member of anonymous type in place", () => {
    const types: BtfType[] = [
      struct("", [member("a", I32), member("", FIRST + 1)], "union"),
      struct("", [member("b", I32)]),
      struct("s", [member("", FIRST), member("u", FIRST)]),
    ];
    expect(declared(types, ["s"])).toEqual([
      "export interface s { readonly a: i32; readonly b: i32; readonly u: { readonly a: i32; readonly b: i32; }; }",
    ]);
  });

  it("leave out readonly where programs of struct_ops may write, and only there", () => {
    const types: BtfType[] = [
      struct("", [member("pending", U8), member("quick", U8)]),
      { kind: "array", type: U64, indexType: I32, length: 13 },
      struct("inet_connection_sock", [member("icsk_ack", FIRST), member("icsk_ca_priv", FIRST + 1)]),
      struct("tcp_sock", [member("inet_conn", FIRST + 2), member("snd_cwnd", I32), member("pending", I32)]),
    ];
    expect(declared(types, ["tcp_sock"])).toEqual([
      "export interface tcp_sock { readonly inet_conn: inet_connection_sock; snd_cwnd: i32; readonly pending: i32; }",
      "export interface inet_connection_sock { readonly icsk_ack: { pending: u8; readonly quick: u8; }; readonly icsk_ca_priv: array<u64, 13>; }",
    ]);
  });

  it("show bit-fields with their width, those of bool as numbers", () => {
    expect(declared([struct("s", [member("x", I32, 3), member("y", BOOL, 1)])], ["s"])).toEqual([
      "export interface s { readonly x: bits<i32, 3>; readonly y: bits<u8, 1>; }",
    ]);
  });

  it("declare enums with their members' own names, also beyond 2^53", () => {
    const types: BtfType[] = [
      {
        kind: "enum64",
        name: "e",
        size: 8,
        signed: false,
        values: [
          { name: "true", value: 1n },
          { name: "ALL", value: 0xffff_ffff_ffff_ffffn },
        ],
      },
      struct("s", [member("e", FIRST)]),
    ];
    expect(declared(types, ["s"])).toEqual([
      "export interface s { readonly e: e; }",
      "export declare enum e { true = 1, ALL = 18446744073709551615 }",
    ]);
  });

  it("append an underscore to reserved words only, and give the name back", () => {
    const types = [
      struct("class", [member("new", I32), member("type", I32), member("private", I32)]),
      struct("s", [member("class", FIRST)]),
    ];
    const expected = [
      "export interface class_ { readonly new_: i32; readonly type: i32; readonly private: i32; }",
    ];
    expect(declared(types, ["class_"])).toEqual(expected);
    expect(declared(types, ["s"], new Set(["class_", "new_"]))).toEqual([
      "export interface s { readonly class_: class_; }",
      "export interface class_ { readonly new_: i32; }",
    ]);
    expect(["class_", "type_", "_", "new", "x"].map(kernelName)).toEqual(["class", "type_", "_", "new", "x"]);
    expect(["class", "in", "type"].map(tsName).map(kernelName)).toEqual(["class", "in", "type"]);
  });

  it("leave out members that the source does not mention", () => {
    const types = [struct("inner", [member("x", I32)]), struct("s", [member("a", FIRST), member("b", I32)])];
    expect(declared(types, ["s"], new Set(["b"]))).toEqual(["export interface s { readonly b: i32; }"]);
  });

  it("do without types that have no name in TypeScript: paths of Rust, words that are taken", () => {
    const types: BtfType[] = [
      struct("core::Option", [member("value", I32)]),
      { kind: "ptr", type: FIRST },
      struct("array", [member("n", I32)]),
      struct("s", [member("o", FIRST), member("p", FIRST + 1), member("q", FIRST + 2), member("a-b", I32)]),
    ];
    expect(declared(types, ["s"])).toEqual([
      "export interface s { readonly o: { readonly value: i32; }; readonly p: ptr<u8>; readonly q: { readonly n: i32; }; }",
    ]);
    expect(allKernelTypes(Btf.parse(encodeBtf([...BASICS, ...types])))).toEqual(["s"]);
  });

  it("give the name that a struct and an enum share to the struct", () => {
    const types: BtfType[] = [
      { kind: "enum", name: "state", size: 4, signed: false, values: [{ name: "IDLE", value: 0n }] },
      struct("state", [member("n", I32)]),
      struct("s", [member("e", FIRST), member("t", FIRST + 1)]),
    ];
    expect(declared(types, ["s", "state"])).toEqual([
      "export interface s { readonly e: u32; readonly t: state; }",
      "export interface state { readonly n: i32; }",
    ]);
  });

  it.each<[string, readonly BtfType[]]>([
    ["a typedef of itself", [{ kind: "typedef", name: "s", type: FIRST }]],
    [
      "an array of itself",
      [struct("s", [member("a", FIRST + 1)]), { kind: "array", type: FIRST + 1, indexType: I32, length: 1 }],
    ],
    [
      "an anonymous struct in itself",
      [struct("s", [member("", FIRST + 1)]), struct("", [member("", FIRST + 1)])],
    ],
  ])("refuse BTF that goes round in circles: %s", (_, types) => {
    const btf = Btf.parse(encodeBtf([...BASICS, ...types]));
    expect(() => declareKernelTypes(btf, { roots: ["s"] })).toThrow(BtfError);
  });
});

const RUNNING = "/sys/kernel/btf/vmlinux";

describe.skipIf(!existsSync(RUNNING))("the running kernel's types", () => {
  const kernel = () => Btf.parse(readFileSync(RUNNING));

  it("pass the checker, all of them", { timeout: 120_000 }, () => {
    const btf = kernel();
    const text = declareKernelTypes(btf, { roots: allKernelTypes(btf) });
    expect(typeErrors(text)).toEqual([]);
    expect(text.split("\n").length).toBeGreaterThan(5000);
  });

  it("are few if the source mentions few", () => {
    const only = new Set(["real_parent", "tgid", "comm"]);
    const text = declareKernelTypes(kernel(), { roots: ["task_struct"], only });
    expect(typeErrors(text)).toEqual([]);
    expect(text).toContain(
      "export interface task_struct { readonly tgid: i32; readonly real_parent: ptr<task_struct>; readonly comm: str<16>; }",
    );
    expect(text.length).toBeLessThan(2000);
  });
});
