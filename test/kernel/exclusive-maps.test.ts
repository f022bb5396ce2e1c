import { createHash } from "node:crypto";
import { release } from "node:os";
import { Instructions, type MapSpec, type ProgramSpec } from "@tsbpfc/loader";
import { ArrayMap, type Collection, exclusiveMaps, loadCollection } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { map, program, specOf } from "../../runtime/fixtures/specs.js";
import { u64 } from "../../runtime/src/codecs/index.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast } from "../support/needs.js";

/** `r1 = the map; r0 = result; exit`. */
function uses(name: string, result: number): ProgramSpec {
  const insns = new Instructions(new Uint8Array(32), "little");
  insns.setCode(0, 0x18);
  insns.setRegisters(0, 1, 1);
  insns.setCode(2, 0xb7);
  insns.setImm(2, result);
  insns.setCode(3, 0x95);
  return program(name, {
    instructions: insns.bytes,
    references: [{ kind: "map", insn: 0, map: "own" }],
  });
}

function load(t: Bench, maps: readonly MapSpec[], programs: readonly ProgramSpec[]): Collection {
  const collection = loadCollection(specOf(maps, programs));
  t.defer(() => collection.close());
  return collection;
}

describe("a map of one program", () => {
  const own = map("own", { exclusiveTo: "owner" });

  kernelTest("is used by it, and by no other", { needs: [exclusiveMaps] }, (t) => {
    load(t, [own], [uses("owner", 0)]);
    expect(() => load(t, [own], [uses("owner", 0), uses("thief", 1)])).toThrow(
      /program 'thief'.*(EACCES|EPERM)/,
    );
  });

  kernelTest("is not given to a program that is not there", { needs: [exclusiveMaps] }, (t) => {
    expect(() => load(t, [own], [uses("thief", 1)])).toThrow(/no program 'owner' in the object/);
  });

  if (!isAtLeast(release(), "6.18"))
    kernelTest("an older kernel is told from the release that has them", {}, (t) => {
      expect(() => load(t, [own], [uses("owner", 0)])).toThrow(
        /no maps of one program: they need Linux 6\.18/,
      );
    });
});

describe("the hash of a map's contents", () => {
  const spec = map("hashed", { type: "array", maxEntries: 3 });
  const filled = (t: Bench): ArrayMap<bigint> => {
    const array = new ArrayMap(load(t, [spec], []).maps.get("hashed")!, u64);
    return array
      .set(0, 1n)
      .set(1, 0x0203n)
      .set(2, 4n << 32n);
  };

  kernelTest("is SHA-256 of the values, once the map is frozen", { needs: [exclusiveMaps] }, (t) => {
    const array = filled(t);
    expect(() => array.contentHash()).toThrow(/EPERM.*arrays .* frozen/);
    array.freeze();
    const values = new Uint8Array(new BigUint64Array([1n, 0x0203n, 4n << 32n]).buffer);
    expect(Buffer.from(array.contentHash()).toString("hex")).toBe(
      createHash("sha256").update(values).digest("hex"),
    );
  });

  if (!isAtLeast(release(), "6.18"))
    kernelTest("an older kernel is told from the release that makes it", {}, (t) => {
      expect(() => filled(t).contentHash()).toThrow(/needs Linux 6\.18; this is/);
    });
});
