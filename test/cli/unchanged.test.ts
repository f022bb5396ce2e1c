import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/probe.js";

/** The command as it is installed: run `npm run build` first. */
const command = fileURLToPath(new URL("../../compiler/bin/tsbpfc.cjs", import.meta.url));
const example = (path: string): string => fileURLToPath(new URL(`../../examples/${path}`, import.meta.url));

let folder: ReturnType<typeof temporaryFolder>;
const path = (name: string): string => join(folder.path, name);
const records = (): string => path("node_modules/.cache/tsbpfc");

/** Builds, and says which files were written. */
function build(...args: readonly string[]): readonly string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, "build", "--json", ...args], {
    cwd: folder.path,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  const { files } = JSON.parse(stdout) as { files: readonly string[] };
  return files.map((file) => file.slice(folder.path.length + 1));
}

/** An edit of long ago, as far as times tell. */
function age(...names: readonly string[]): void {
  for (const name of names) utimesSync(path(name), 1_000_000, 1_000_000);
}
/** What was written just now counts as changing still. */
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 60));

const OUTPUTS = ["firewall.bpf.o", "firewall.skel.ts"];

beforeEach(async () => {
  folder = temporaryFolder();
  mkdirSync(path("node_modules"));
  const source = readFileSync(example("firewall/firewall.bpf.ts"), "utf8");
  writeFileSync(path("firewall.bpf.ts"), `import { N } from "./module";\nconst unused = N;\n${source}`);
  mkdirSync(path("module"));
  writeFileSync(path("module/index.ts"), "export const N = 1;\n");
  await settle();
  expect(build()).toEqual(OUTPUTS);
});
afterEach(() => folder.remove());

describe("a probe that did not change", () => {
  it("is left alone, and its outputs with their times", () => {
    const before = OUTPUTS.map((name) => statSync(path(name)).mtimeMs);
    expect(build()).toEqual([]);
    expect(OUTPUTS.map((name) => statSync(path(name)).mtimeMs)).toEqual(before);
  });

  it("is built all the same with --force", () => {
    expect(build("--force")).toEqual(OUTPUTS);
    expect(build()).toEqual([]);
  });

  it("loads neither TypeScript nor LLVM", () => {
    const { status, stderr } = spawnSync(process.execPath, ["--require", watcher(), command, "build"], {
      cwd: folder.path,
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
    appendFileSync(path("module/index.ts"), "\n");
    const again = spawnSync(process.execPath, ["--require", watcher(), command, "build"], {
      cwd: folder.path,
      encoding: "utf8",
    });
    expect(again.stderr).toMatch(/loads koffi/);
    expect(again.stderr).toMatch(/reads core\.d\.ts as text/);
  });

  /** Says when libLLVM's binding is loaded, and when the checker reads the standard library. */
  function watcher(): string {
    const file = path("watcher.cjs");
    writeFileSync(
      file,
      `const Module = require("node:module"), fs = require("node:fs"), load = Module._load, read = fs.readFileSync;
      Module._load = (name, ...rest) => {
        if (name === "koffi") process.stderr.write("loads koffi\\n");
        return load(name, ...rest);
      };
      fs.readFileSync = (file, how) => {
        if (String(file).endsWith("/core.d.ts") && how === "utf8") process.stderr.write("reads core.d.ts as text\\n");
        return read(file, how);
      };`,
    );
    return file;
  }
});

describe("a probe is built again", () => {
  const edits: Readonly<Record<string, () => void>> = {
    "its source": () => appendFileSync(path("firewall.bpf.ts"), "\n"),
    "its source, with its old time": () => {
      appendFileSync(path("firewall.bpf.ts"), "\n");
      age("firewall.bpf.ts");
    },
    "a module that it imports": () => appendFileSync(path("module/index.ts"), "\n"),
    "an object that is not as it was written": () => appendFileSync(path("firewall.bpf.o"), "x"),
    "a skeleton that is gone": () => rmSync(path("firewall.skel.ts")),
    "a record that is damaged": () => {
      for (const name of readdirSync(records())) writeFileSync(join(records(), name), "{");
    },
  };
  it.each(Object.entries(edits))("after a change of %s, and then no more", async (_, edit) => {
    edit();
    await settle();
    expect(build()).toEqual(OUTPUTS);
    expect(build()).toEqual([]);
  });

  it("for other options, and each way is remembered", () => {
    expect(build("--cpu", "v2")).toEqual(OUTPUTS);
    // It wrote over what the other way had written.
    expect(build()).toEqual(OUTPUTS);
    expect(build("--out", "dist", "--js")).toHaveLength(3);
    expect(build("--out", "dist", "--js")).toEqual([]);
    expect(build()).toEqual([]);
  });

  it("when a file appears that its import means first", async () => {
    writeFileSync(path("module.ts"), "export const N = 2;\n");
    await settle();
    expect(build()).toEqual(OUTPUTS);
  });
});
