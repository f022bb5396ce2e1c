import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "@tsbpfc/compiler";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { probe, temporaryFolder } from "../support/probe.js";
import { type ServerDiagnostic, TsServer } from "../support/tsserver.js";
import { typescripts } from "../support/typescripts.js";

const CONFIG = JSON.stringify({ extends: "@tsbpfc/stdlib/tsconfig.bpf.json", include: ["*.ts"] });

const filter = (body: string): string =>
  probe(`  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n    ${body}\n    return XdpAction.PASS;\n  }`);

/** A server takes some seconds to start where other tests run beside it. */
const timeout = 120_000;

describe.each(typescripts)("the editor, with $name ($version)", { timeout }, ({ name }) => {
  let folder: ReturnType<typeof temporaryFolder>;
  let server: TsServer;

  beforeEach(() => {
    folder = temporaryFolder();
    writeFileSync(join(folder.path, "tsconfig.json"), CONFIG);
    // A TypeScript that does not lie beside the plugin needs to be told where it is.
    server = new TsServer(name, ["--allowLocalPluginLoads"]);
  });
  afterEach(() => {
    server?.close();
    folder.remove();
  });

  const open = (text: string, file = "probe.bpf.ts"): string => {
    const path = join(folder.path, file);
    writeFileSync(path, text);
    server.open(path, text);
    return path;
  };
  /** Replaces text that occurs once, as typing does. */
  const replace = (file: string, text: string, from: string, to: string): void => {
    const before = text.slice(0, text.indexOf(from)).split("\n");
    const line = before.length;
    const offset = (before.at(-1)?.length ?? 0) + 1;
    server.change(file, { line, offset, endLine: line, endOffset: offset + from.length, text: to });
  };
  const codes = (found: readonly ServerDiagnostic[]): string[] =>
    found.map((d) => `${d.source ?? "TS"}${d.code}`);

  it("underlines a mistake with code, span, reason and remedy, and no longer once it is mended", async () => {
    const text = filter("let ratio: u32 = 0.5;");
    const file = open(text);
    const [found, ...others] = await server.semanticDiagnostics(file);
    expect(others).toEqual([]);
    const line = text.split("\n").findIndex((l) => l.includes("0.5")) + 1;
    expect(found).toMatchObject({
      source: "TSB",
      code: 2002,
      category: "error",
      text: "0.5 is not a whole number.",
      start: { line, offset: 22 },
      end: { line, offset: 25 },
    });
    expect(found?.relatedInformation?.map((r) => r.message)).toEqual([
      "BPF has no floating point.",
      expect.stringMatching(/^Count in a smaller unit/),
    ]);
    replace(file, text, "0.5", "5");
    expect(await server.semanticDiagnostics(file)).toEqual([]);
    replace(file, text.replace("0.5", "5"), "5", "2.5");
    expect(codes(await server.semanticDiagnostics(file))).toEqual(["TSB2002"]);
  });

  it("says what the command says, in the same places, also of what TypeScript found", async () => {
    const text = probe(
      `  @map({ maxEntries: 8 }) counts: HashMap<u32, u64>;
  @SEC("xdp") other(ctx: SkBuff): XdpAction { return XdpAction.PASS; }
  @SEC("xdp") filter(ctx: XdpMd): XdpAction {
    this.counts.lookup(1).value += 1;
    console.log("x");
    const wide: u64 = 1;
    const narrow: u32 = wide;
    const later = async () => { new Promise(() => {}); };
    try { ctx.data; } catch {}
    return XdpAction.PASS;
  }`,
    );
    const file = open(text);
    const shown = (await server.semanticDiagnostics(file)).map(
      (d) => `${d.source ?? "TS"}${d.code} ${d.start.line}:${d.start.offset}-${d.end.line}:${d.end.offset}`,
    );
    const printed = compile({ file }).diagnostics.map(
      ({ code, span: s }) => `${code} ${s.line}:${s.column}-${s.endLine}:${s.endColumn}`,
    );
    expect(printed.length).toBeGreaterThan(5);
    expect(shown.sort()).toEqual(printed.sort());
    expect(shown.some((d) => d.startsWith("TS2322 "))).toBe(true);
  });

  it("leaves files that are no probes to TypeScript", async () => {
    const file = open("export const ratio = 0.5; export const wrong: string = 1;", "module.ts");
    expect(codes(await server.semanticDiagnostics(file))).toEqual(["TS2322"]);
  });

  it("shows mistakes of a probe, not those of other probes in the project", async () => {
    open(filter("let ratio = 0.5;"), "other.bpf.ts");
    const file = open(filter("let count = 5;"));
    expect(await server.semanticDiagnostics(file)).toEqual([]);
  });

  it("says what to do when the kernel's types are not there", async () => {
    const file = open(
      filter("const t = 1;").replace("\n", '\nimport type { task_struct } from "./vmlinux";\n'),
    );
    expect(codes(await server.semanticDiagnostics(file))).toEqual(["TSB1101"]);
  });

  it("finds the probes' own project from a tsconfig.json that refers to it", async () => {
    writeFileSync(
      join(folder.path, "tsconfig.json"),
      JSON.stringify({ exclude: ["**/*.bpf.ts"], references: [{ path: "./tsconfig.bpf.json" }] }),
    );
    writeFileSync(join(folder.path, "tsconfig.bpf.json"), CONFIG);
    writeFileSync(join(folder.path, "app.ts"), "export const app = Math.PI;");
    const file = open(filter("let ratio = 0.5;"));
    expect(codes(await server.semanticDiagnostics(file))).toEqual(["TSB2002"]);
  });

  it("says what to do in a project with JavaScript's library", async () => {
    writeFileSync(
      join(folder.path, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { plugins: [{ name: "@tsbpfc/compiler/editor" }] } }),
    );
    const file = open(filter("let count = 5;"));
    expect(codes(await server.semanticDiagnostics(file))).toContain("TSB1102");
  });

  it("stays up, and goes on, while a probe is half written", async () => {
    const text = filter("let ratio = 0.5;");
    const file = open("");
    let line = 1;
    for (const part of text.split("\n")) {
      for (const piece of [part.slice(0, part.length / 2), `${part.slice(part.length / 2)}\n`]) {
        const offset = piece.endsWith("\n") ? part.length / 2 + 1 : 1;
        const at = { line, offset: Math.floor(offset), endLine: line, endOffset: Math.floor(offset) };
        server.change(file, { ...at, text: piece });
        await server.semanticDiagnostics(file);
      }
      line++;
    }
    expect(codes(await server.semanticDiagnostics(file))).toEqual(["TSB2002"]);
  });

  it("offers TypeScript's fixes for what TypeScript says, and none for a code of the dialect", async () => {
    // TS1005 and TSB1005 are one number.
    const global = probe("  count = 0;");
    const own = open(global, "global.bpf.ts");
    const [missing] = await server.semanticDiagnostics(own);
    expect(missing).toMatchObject({ source: "TSB", code: 1005 });
    expect(await fixes(own, missing)).toEqual([]);

    const misspelled = open(filter("").replace("SkBuff,", "SkBuf,"));
    const [unknown] = await server.semanticDiagnostics(misspelled);
    expect(unknown).toMatchObject({ code: 2724 });
    expect(await fixes(misspelled, unknown)).toEqual([expect.objectContaining({ fixName: "spelling" })]);
  });

  const fixes = (file: string, found: ServerDiagnostic | undefined): Promise<unknown> =>
    server.ask("getCodeFixes", {
      file,
      startLine: found?.start.line,
      startOffset: found?.start.offset,
      endLine: found?.end.line,
      endOffset: found?.end.offset,
      errorCodes: [found?.code],
    });
});
