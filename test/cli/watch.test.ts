import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { probe, temporaryFolder } from "../support/probe.js";

/** The command as it is installed: run `npm run build` first. */
const command = fileURLToPath(new URL("../../compiler/bin/tsbpfc.cjs", import.meta.url));

let folder: ReturnType<typeof temporaryFolder>;
let child: ChildProcess | null = null;
let said = "";
const path = (name: string): string => join(folder.path, name);

const drop = (action: string, imports = ""): string =>
  probe(`  @SEC("xdp") filter(ctx: XdpMd): XdpAction { return ${action}; }`, { before: imports });

function start(...args: readonly string[]): void {
  child = spawn(process.execPath, [command, "build", "--watch", ...args], { cwd: folder.path });
  child.stderr?.on("data", (data: Buffer) => {
    said += data.toString();
  });
}

/** Waits for what the command says next. */
async function says(text: RegExp): Promise<void> {
  await expect.poll(() => said, { timeout: 20_000, interval: 50 }).toMatch(text);
  said = "";
}

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(path("src"));
  writeFileSync(path("src/one.bpf.ts"), drop("N", 'import { N } from "./n";'));
  writeFileSync(path("src/n.ts"), "export const N = 1;\n");
});
afterEach(async () => {
  const ended = child && child.exitCode === null ? new Promise((done) => child?.once("exit", done)) : null;
  child?.kill("SIGKILL");
  await ended;
  child = null;
  said = "";
  folder.remove();
});

describe("tsbpfc build --watch", () => {
  it("builds again when a module of a probe changes, says errors, and goes on", async () => {
    start();
    await says(/1 probe, 0 errors; watching/);
    const before = readFileSync(path("src/one.bpf.o"));
    writeFileSync(path("src/n.ts"), "export const N = 2;\n");
    await says(/1 probe, 0 errors; watching/);
    expect(readFileSync(path("src/one.bpf.o")).equals(before)).toBe(false);
    writeFileSync(path("src/n.ts"), "export const N = 0.5;\n");
    await says(/TSB2002[\s\S]*1 probe, 2 errors; watching/);
    writeFileSync(path("src/n.ts"), "export const N = 1;\n");
    await says(/1 probe, 0 errors; watching/);
    expect(readFileSync(path("src/one.bpf.o")).equals(before)).toBe(true);
  }, 60_000);

  it("finds probes that appear, also in folders that are new", async () => {
    start();
    await says(/1 probe, 0 errors; watching/);
    mkdirSync(path("src/more"));
    writeFileSync(path("src/more/two.bpf.ts"), drop("XdpAction.DROP"));
    await says(/2 probes, 0 errors; watching/);
    expect(existsSync(path("src/more/two.skel.ts"))).toBe(true);
    rmSync(path("src/more/two.bpf.ts"));
    await says(/1 probe, 0 errors; watching/);
  }, 60_000);

  it("reads the configuration again when it changes", async () => {
    start();
    await says(/watching/);
    writeFileSync(path("tsbpfc.config.ts"), 'export default { probes: ["src/*.bpf.ts"], out: "dist" };\n');
    await says(/watching/);
    expect(existsSync(path("dist/one.bpf.o"))).toBe(true);
  }, 60_000);

  it("ends with 0 when it is interrupted", async () => {
    start();
    await says(/watching/);
    const code = new Promise((done) => child?.once("exit", done));
    child?.kill("SIGINT");
    expect(await code).toBe(0);
  }, 60_000);

  it("is not for --json", () => {
    const { status, stderr } = spawnSync(process.execPath, [command, "build", "--watch", "--json"], {
      cwd: folder.path,
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining("cannot be used with")]);
  });
});

describe("patterns", () => {
  const build = (...args: readonly string[]) =>
    spawnSync(process.execPath, [command, "build", ...args], { cwd: folder.path, encoding: "utf8" });

  it("name probes as tsconfig's include does", () => {
    mkdirSync(path("src/deep/er"), { recursive: true });
    writeFileSync(path("src/deep/er/two.bpf.ts"), drop("XdpAction.DROP"));
    writeFileSync(path("src/deep/er/three.bpf.ts"), drop("XdpAction.DROP"));
    expect(build("src/**/t?o.bpf.ts")).toMatchObject({ status: 0, stderr: "" });
    expect(existsSync(path("src/deep/er/two.bpf.o"))).toBe(true);
    expect(existsSync(path("src/deep/er/three.bpf.o"))).toBe(false);
    expect(existsSync(path("src/one.bpf.o"))).toBe(false);
  });

  it("that match nothing are an error", () => {
    const { status, stderr } = build("lib/*.bpf.ts");
    expect([status, stderr]).toEqual([2, expect.stringContaining("lib/*.bpf.ts")]);
  });
});
