import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseObject } from "@tsbpfc/loader";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { compileFixture } from "../../fixtures/compile.js";
import { FakeKernel, field } from "../../fixtures/fake-kernel.js";
import { map, program, specOf } from "../../fixtures/specs.js";
import { setKernel } from "../sys/kernel.js";
import { loadCollection } from "./collection.js";
import { openToken } from "./token.js";

const fixtures = new URL("../../fixtures/", import.meta.url).pathname;
const TOKEN_FD = 1 << 16;

describe("an object that is loaded with a token, in a kernel that tests made up", () => {
  afterEach(() => setKernel(null));

  test("its BTF, maps and programs are made with it; closing gives it back", () => {
    const kernel = new FakeKernel();
    setKernel(kernel);
    const maps = [map("table"), map("outer", { type: "array_of_maps", inner: map("inner") })];
    const collection = loadCollection(specOf(maps, [program("first")]), { tokenPath: "/" });
    collection.maps.get("outer")!.createInner().close();
    const made = kernel.calls.filter(({ command }) =>
      ["BPF_BTF_LOAD", "BPF_MAP_CREATE", "BPF_PROG_LOAD"].includes(command),
    );
    const told = made.map((call) => {
      if (call.command === "BPF_MAP_CREATE")
        return [field(call, "mapCreate", "map_flags"), field(call, "mapCreate", "map_token_fd")];
      if (call.command === "BPF_PROG_LOAD")
        return [field(call, "programLoad", "prog_flags"), field(call, "programLoad", "prog_token_fd")];
      return [field(call, "btfLoad", "btf_flags"), field(call, "btfLoad", "btf_token_fd")];
    });
    // The first maps and programs are probes of the kernel's age.
    const ours = told.filter(([flags]) => ((flags ?? 0) & TOKEN_FD) !== 0);
    expect(ours.length).toBe(6);
    const fds = new Set(ours.map(([, fd]) => fd));
    expect(fds.size).toBe(1);
    collection.close();
    expect(kernel.open.size).toBe(0);
  });
});

const able =
  process.getuid?.() === 0 &&
  spawnSync("gcc", ["--version"]).status === 0 &&
  spawnSync("unshare", ["-Ur", "true"]).status === 0;

describe.skipIf(process.getuid?.() !== 0)("a process that has all rights by itself, as root", () => {
  test("is refused a token, with what one needs", () => {
    expect(() => openToken("/sys/fs/bpf")).toThrow(/Linux 6\.9.*user namespace/);
    expect(() => openToken("/tsbpfc-none")).toThrow(/ENOENT/);
    expect(openToken(undefined)).toMatchObject({ fd: 0, flag: 0 });
  });
});

describe.skipIf(!able)("a process in a user namespace, to which a BPF file system delegates", () => {
  let folder = "";
  beforeAll(async () => {
    // Beside the sources, so that koffi is found from there.
    folder = mkdtempSync(join(fixtures, "tmp-"));
    execFileSync("gcc", ["-O2", "-Wall", "-Werror", `${fixtures}delegate.c`, "-o", join(folder, "delegate")]);
    mkdirSync(join(folder, "bpffs"));
    writeFileSync(join(folder, "kinds.o"), compileFixture("kinds"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    await build({
      entryPoints: [`${fixtures}load-delegated.mjs`],
      outdir: folder,
      bundle: true,
      platform: "node",
      format: "esm",
      conditions: ["tsbpfc-source"],
      external: ["koffi"],
      logLevel: "silent",
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const load = (...token: readonly string[]): unknown => {
    const bpffs = join(folder, "bpffs");
    const app = [process.execPath, join(folder, "load-delegated.js"), join(folder, "kinds.o"), ...token];
    return JSON.parse(execFileSync(join(folder, "delegate"), [bpffs, ...app], { encoding: "utf8" }));
  };

  test("loads every map and program with the token, and inner maps later", () => {
    const spec = parseObject(compileFixture("kinds"));
    const programs = [...spec.programs.values()].filter(({ autoload }) => autoload);
    const all = {
      maps: [...spec.maps.keys()],
      programs: programs.map(({ name, type }) => [name, type]),
      inner: spec.maps.get("outer")!.inner!.type,
    };
    expect(load(join(folder, "bpffs"))).toEqual(all);
    // It is found among the mounts.
    expect(load()).toEqual(all);
  });

  test("is refused without it, and with a BPF file system that is not its own", () => {
    expect(load("none")).toEqual({ error: expect.stringMatching(/EPERM/) });
    expect(load("/sys/fs/bpf")).toEqual({
      error: expect.stringMatching(/BPF token of \/sys\/fs\/bpf.*(EPERM|EINVAL)/),
    });
  });
});
