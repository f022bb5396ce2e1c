import { generateSkeleton, parseObject } from "@tsbpfc/loader";
import { describe, expect, test } from "vitest";
import { compileSkeletonFixture, hasClang } from "../../../loader/fixtures/skeleton/compile.js";
import { evaluateSkeleton } from "../../../loader/fixtures/skeleton/evaluate.js";
import type { Codec } from "../codec.js";
import * as runtime from "../index.js";

describe.skipIf(!hasClang).each(["little", "big"] as const)(
  "a skeleton of a %s-endian object, with integers of 64 bits as numbers",
  (endian) => {
    const object = hasClang ? compileSkeletonFixture("types", endian) : new Uint8Array();
    const made = () => {
      const spec = parseObject(object);
      const { ts } = generateSkeleton(spec, object, {
        name: "AllTypes",
        source: "types.bpf.o",
        embed: true,
        u64: "number",
      });
      const exports = evaluateSkeleton(ts, runtime) as Readonly<Record<string, unknown>>;
      return { spec, exports };
    };
    const struct = (name: string) => {
      const { spec, exports } = made();
      const { section, offset } = spec.variables.get(name)!;
      const contents = spec.maps.get(section)!.contents!;
      const codec = (exports[name] ?? exports[`${name}_t`]) as Codec<Record<string, unknown>>;
      return { codec, bytes: contents.slice(offset, offset + codec.size) };
    };
    const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const read = (name: string): Record<string, unknown> => {
      const { codec, bytes } = struct(name);
      return codec.read(view(bytes), 0);
    };

    test("reads what a number holds exactly, and of the rest the nearest number", () => {
      expect(read("scalars")).toMatchObject({ g: Number(0xfedcba9876543210n), h: -1234567890123 });
      expect(read("nested").longs).toEqual([2 ** 63, 3]);
      expect(read("network").cookie).toBe(Number(0x0102030405060708n));
      expect(read("packed")).toMatchObject({ id: Number(0x0405060708090a0bn), across: 0x2aaaaaaaaaaaa });
      expect(read("bits")).toMatchObject({ large: 0x9876543210, small: -500000 });
      expect(read("pair")).toEqual({ first: 1, second: 2 });
    });

    test("leaves addresses and enums of 64 bits as they are", () => {
      expect(read("scalars")).toMatchObject({ address: 0x1122334455667788n, wide: 0xf000000000000001n });
    });

    test("writes what it read exactly, and refuses the rest by its name", () => {
      for (const name of ["pair", "bits"]) {
        const { codec, bytes } = struct(name);
        const memory = new Uint8Array(codec.size);
        codec.write(view(memory), 0, codec.read(view(bytes), 0));
        expect([...memory]).toEqual([...bytes]);
      }
      for (const [name, member] of [
        ["scalars", "scalars.g"],
        ["packed", "packed.id"],
        ["network", "network.cookie"],
        ["nested", "u64x2"],
      ] as const) {
        const { codec, bytes } = struct(name);
        expect(() => codec.write(view(new Uint8Array(codec.size)), 0, codec.read(view(bytes), 0))).toThrow(
          member,
        );
      }
    });
  },
);
