import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** The launcher with a compiler of a few lines, which prints whether V8 took the cache. */
const launcher = fileURLToPath(new URL("../../bin/tsbpfc.cjs", import.meta.url));
const bundle = `
exports.hasCompiled = () => !process.argv.includes("unchanged");
exports.main = async (args) => {
  process.stdout.write(args.join(" "));
  if (args[0] === "throw") throw new Error("broken");
  return args[0] === "build" ? 0 : args[0] === "--version" ? 0 : 1;
};
`;

let folder: string;
const cache = (): string => join(folder, "cache/tsbpfc");
const caches = (): string[] => {
  try {
    return readdirSync(cache());
  } catch {
    return [];
  }
};

function run(args: readonly string[], { nodeFlags = [], env = {} }: Partial<RunOptions> = {}) {
  return spawnSync(process.execPath, [...nodeFlags, join(folder, "bin/tsbpfc.cjs"), ...args], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, XDG_CACHE_HOME: join(folder, "cache"), ...env },
  });
}
interface RunOptions {
  readonly nodeFlags: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tsbpfc-launcher-"));
  for (const name of ["bin", "dist", "cache"]) mkdirSync(join(folder, name));
  copyFileSync(launcher, join(folder, "bin/tsbpfc.cjs"));
  writeFileSync(join(folder, "dist/tsbpfc.cjs"), bundle);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the launcher", () => {
  it("passes the arguments on and ends with the command's code", () => {
    expect(run(["check", "a b"])).toMatchObject({ status: 1, stdout: "check a b" });
  });

  it("keeps no code cache where nothing had to be built", () => {
    expect(run(["build", "unchanged"]).status).toBe(0);
    expect(caches()).toEqual([]);
  });

  it("keeps a code cache after a build, and only then: other commands compile too little of the compiler", () => {
    run(["--version"]);
    run(["check"]);
    expect(caches()).toEqual([]);
    run(["build"]);
    expect(caches()).toHaveLength(1);
  });

  it("writes the cache once", () => {
    run(["build"]);
    const [name = ""] = caches();
    const before = readFileSync(join(cache(), name));
    writeFileSync(join(folder, "mark"), "");
    expect(run(["build"]).status).toBe(0);
    expect(readFileSync(join(cache(), name)).equals(before)).toBe(true);
    expect(caches()).toEqual([name]);
  });

  it.each([
    ["cut short", (data: Buffer) => data.subarray(0, data.length >> 1)],
    ["empty", () => Buffer.alloc(0)],
    [
      "damaged in the middle",
      (data: Buffer) => {
        const copy = Buffer.from(data);
        copy[copy.length >> 1]! ^= 0x40;
        return copy;
      },
    ],
  ])("works with a cache that is %s, and mends it", (_, damage) => {
    run(["build"]);
    const [name = ""] = caches();
    const good = readFileSync(join(cache(), name));
    const damaged = damage(good);
    writeFileSync(join(cache(), name), damaged);
    expect(run(["build"])).toMatchObject({ status: 0, stdout: "build", stderr: "" });
    expect(readFileSync(join(cache(), name)).equals(damaged)).toBe(false);
    expect(readFileSync(join(cache(), name)).length).toBe(good.length);
  });

  it("has one cache for each set of V8 flags, and keeps the last four", () => {
    for (const size of [16, 17, 18, 19, 20, 21])
      run(["build"], { nodeFlags: [`--max-semi-space-size=${size}`] });
    expect(caches()).toHaveLength(4);
  });

  it("works where no cache can be written", () => {
    writeFileSync(join(folder, "file"), "");
    expect(run(["build"], { env: { XDG_CACHE_HOME: join(folder, "file") } })).toMatchObject({
      status: 0,
      stderr: "",
    });
    expect(run(["build"], { env: { XDG_CACHE_HOME: "relative", HOME: "/proc/none" } })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  it.skipIf(process.getuid?.() !== 0)(
    "leaves the cache of another user alone, as root under sudo must",
    () => {
      const chown = spawnSync("chown", ["65534", join(folder, "cache")]);
      expect(chown.status).toBe(0);
      expect(run(["build"]).status).toBe(0);
      expect(caches()).toEqual([]);
    },
  );

  it("says what to do if the compiler is not built", () => {
    rmSync(join(folder, "dist/tsbpfc.cjs"));
    const { status, stderr } = run(["build"]);
    expect(status).toBe(3);
    expect(stderr).toBe("tsbpfc: the compiler is not built (ENOENT): run npm run build in its repository\n");
  });

  it("ends with code 70 if the command throws", () => {
    const { status, stderr } = run(["throw"]);
    expect(status).toBe(70);
    expect(stderr).toContain("internal error: Error: broken");
  });
});
