import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasClang } from "../../loader/fixtures/compile.js";
import { compileFixtures, readObjects, type Sound } from "../fuzz/objects.js";
import { has, isRoot, run } from "../support/root.js";
import { check } from "./check.js";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

describe.skipIf(!hasClang)("objects of every form", () => {
  let folder = "";
  let objects: readonly Sound[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tsbpfc-conformance-test-"));
    compileFixtures(here("../.."), folder);
    if (has("bpftool"))
      run(
        "bpftool",
        ...["gen", "object", join(folder, "linked.o")],
        ...["loader-fixtures-scattered-c.o", "loader-fixtures-programs-c.o"].map((name) =>
          join(folder, name),
        ),
      );
    objects = readObjects(folder);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("are opened, each of them", () => {
    expect(objects.length).toBeGreaterThan(20);
    const verdicts = objects.map(({ name, bytes }) => check(name, bytes, null));
    expect(verdicts.filter(({ outcome }) => outcome !== "opened")).toEqual([]);
  });

  test.skipIf(!isRoot || !has("bpftool"))(
    "are loaded where libbpf loads them, on this kernel, as root",
    () => {
      const pins = `/sys/fs/bpf/tsbpfc-conformance-test-${process.pid}`;
      let both = 0;
      mkdirSync(pins);
      try {
        for (const { name, bytes } of objects) {
          const libbpf = spawnSync("bpftool", ["prog", "loadall", join(folder, name), `${pins}/libbpf`]);
          rmSync(`${pins}/libbpf`, { recursive: true, force: true });
          const ours = check(name, bytes, { pinPath: pins });
          expect(ours.outcome, ours.reason).not.toBe("crashed");
          if (libbpf.status !== 0) continue;
          expect(ours.outcome, `${name}: ${ours.reason}`).toBe("loaded");
          both++;
        }
      } finally {
        rmSync(pins, { recursive: true, force: true });
      }
      expect(both).toBeGreaterThan(5);
    },
    60_000,
  );

  test("npm run conformance tells of each object in a folder, and fails for none", () => {
    const given = join(folder, "given");
    mkdirSync(join(given, "below"), { recursive: true });
    cpSync(join(folder, "loader-fixtures-maps-c.o"), join(given, "below/maps.o"));
    writeFileSync(join(given, "damaged.o"), readFileSync(join(given, "below/maps.o")).subarray(0, 200));
    const conformance = (where: string, ...more: string[]): { status: number | null; stdout: string } =>
      spawnSync(process.execPath, [here("start.mjs"), ...more], {
        encoding: "utf8",
        env: { ...process.env, TSBPFC_FIXTURES: where },
      });
    const { status, stdout } = conformance(given, "--verbose");
    expect(stdout).toBe(
      "opened   below/maps.o\n" +
        `refused  damaged.o, open: ELF_TRUNCATED: ${stdout.split("ELF_TRUNCATED: ")[1]?.split("\n")[0]}\n` +
        "2 objects: 1 opened, 1 refused, 0 crashed\n",
    );
    expect(status).toBe(0);
    mkdirSync(join(folder, "empty"));
    expect(conformance(join(folder, "empty")).status).toBe(2);
  }, 30_000);
});
