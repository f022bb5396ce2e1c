import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { probe, temporaryFolder } from "../support/probe.js";

/** The command as it is installed: run `npm run build` first. */
const command = fileURLToPath(new URL("../../compiler/bin/tsbpfc.cjs", import.meta.url));
const FILE = "tsbpfc.config.ts";

let folder: ReturnType<typeof temporaryFolder>;
const path = (name: string): string => join(folder.path, name);
const run = (args: readonly string[], { cwd = folder.path, env = {} } = {}) =>
  spawnSync(process.execPath, [command, ...args], { cwd, encoding: "utf8", env: { ...process.env, ...env } });
const configure = (options: string, before = ""): void =>
  writeFileSync(
    path(FILE),
    `import type { ProjectConfig } from "@tsbpfc/compiler";\n${before}\nexport default ${options} satisfies ProjectConfig;\n`,
  );

const source = (statement: string): string =>
  probe(`  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n    ${statement}\n    return XdpAction.PASS;\n  }`);

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(path("probes"));
  writeFileSync(path("probes/one.bpf.ts"), source("const n = 1;"));
  writeFileSync(path("two.bpf.ts"), source("const n = 2;"));
});
afterEach(() => folder.remove());

describe("tsbpfc.config.ts", () => {
  it("says which probes are built, where to, and how their skeletons are", () => {
    configure(
      '{ probes: ["probes"], out: folder, skeleton: { js: true, u64: "number" } }',
      'const folder: string = "dist";',
    );
    const { status, stderr } = run(["build"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(readdirSync(path("dist")).sort()).toEqual(["one.bpf.o", "one.skel.d.ts", "one.skel.js"]);
    expect(existsSync(path("two.bpf.o"))).toBe(false);
  });

  it("gives way to the command line", () => {
    configure('{ probes: ["probes"], out: "dist" }');
    expect(run(["build", "two.bpf.ts", "--out", "elsewhere"]).status).toBe(0);
    expect(readdirSync(path("elsewhere")).sort()).toEqual(["two.bpf.o", "two.skel.ts"]);
  });

  it("is for check too, with its kernel and instruction set", () => {
    writeFileSync(
      path("two.bpf.ts"),
      probe(
        '  hits: u64;\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n    const old = atomic.exchange(this.hits, 1);\n    return XdpAction.PASS;\n  }',
        { imports: "atomic," },
      ),
    );
    configure('{ probes: ["two.bpf.ts"], cpu: "v2" }');
    expect(run(["check"])).toMatchObject({ status: 1, stderr: expect.stringMatching(/TSB5005/) });
    expect(run(["check", "--cpu", "v3"]).status).toBe(0);
    configure('{ probes: ["two.bpf.ts"], kernel: "5.10" }');
    expect(run(["check"])).toMatchObject({ status: 1, stderr: expect.stringMatching(/TSB500[45]/) });
  });

  it("may lie elsewhere: its paths are relative to it", () => {
    configure('{ probes: ["probes"], out: "dist" }');
    mkdirSync(path("other"));
    expect(run(["build", "--config", `../${FILE}`], { cwd: path("other") }).status).toBe(0);
    expect(existsSync(path("dist/one.bpf.o"))).toBe(true);
  });

  it.each([
    ["an unknown option", "export default { probs: [] };", /Unrecognized key: "probs"/],
    [
      "an option of another type",
      'export default { skeleton: { js: "yes" } };',
      /skeleton\.js: .*expected boolean/,
    ],
    [
      "64 bits of another type",
      'export default { skeleton: { u64: "float" } };',
      /skeleton\.u64: .*"bigint"\|"number"/,
    ],
    ["no kernel version", 'export default { kernel: "new" };', /kernel: .*expected a version such as "6\.1"/],
    ["an instruction set that is none", 'export default { cpu: "v9" };', /cpu: .*"v1"\|"v2"\|"v3"\|"v4"/],
    ["no default export", "export const probes = [];", /there is no default export/],
    ["syntax that is none", "export default {", /Syntax Error|Expected/],
    ["an exception", 'throw new Error("not today");', /not today/],
  ])("with %s is refused, and nothing is written", (_, text, message) => {
    writeFileSync(path(FILE), text);
    const { status, stderr } = run(["build"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^tsbpfc: .*tsbpfc\.config\.ts: /);
    expect(stderr).toMatch(message);
    expect(readdirSync(folder.path).sort()).toEqual(["probes", FILE, "two.bpf.ts"].sort());
  });

  it("that is named and not there is an error", () => {
    expect(run(["build", "--config", "none.ts"])).toMatchObject({
      status: 2,
      stderr: "tsbpfc: there is no none.ts\n",
    });
  });

  it("costs a project without one nothing: neither zod nor swc is loaded", () => {
    const spy = path("spy.cjs");
    writeFileSync(
      spy,
      `const Module = require("node:module"), load = Module._load;
      Module._load = (name, ...rest) => {
        if (name === "zod" || name === "@swc/core") process.stderr.write("loads " + name + "\\n");
        return load(name, ...rest);
      };`,
    );
    const env = { NODE_OPTIONS: `--require ${spy}` };
    expect(run(["build", "two.bpf.ts"], { env })).toMatchObject({ status: 0, stderr: "" });
    configure("{}");
    expect(run(["build", "two.bpf.ts"], { env }).stderr).toMatch(/loads zod/);
  });
});
