import { type CollectionSpec, generateSkeleton, parseObject } from "@tsbpfc/loader";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { compileSkeletonFixture, hasClang } from "../../../loader/fixtures/skeleton/compile.js";
import { evaluateSkeleton } from "../../../loader/fixtures/skeleton/evaluate.js";
import type { Codec } from "../codec.js";
import * as runtime from "../index.js";

/** What the C source gives each global. */
const expected: Readonly<Record<string, unknown>> = {
  scalars: {
    a: 250,
    b: -5,
    c: 65000,
    d: -30000,
    e: 4000000000,
    f: -2000000000,
    g: 0xfedcba9876543210n,
    h: -1234567890123n,
    yes: true,
    no: false,
    letter: 120,
    address: 0x1122334455667788n,
    mode: 4,
    sign: -1,
    wide: 0xf000000000000001n,
    single: 1.5,
    twice: -2.25,
  },
  texts: {
    comm: "bash",
    full: "ABCD",
    cut: "aé\udce2\udc82",
    mac: new Uint8Array([1, 2, 3, 0xfe, 0xff, 0]),
    names: ["one", "two"],
    none: "",
  },
  nested: {
    origin: { x: -1, y: 7 },
    path: [
      { x: 1, y: 2 },
      { x: 3, y: 4 },
      { x: 5, y: -6 },
    ],
    table: [
      [1, 2, 3],
      [4, 5, 6],
    ],
    modes: [1, 0],
    colour: { red: 10, green: 20 },
    longs: [1n << 63n, 3n],
    flags: [true, false, true],
  },
  network: { port: 8080, addr: 0x0a000001, cookie: 0x0102030405060708n, hops: [1, 2], plain: 0x01020304 },
  bits: {
    urgent: 1,
    priority: 5,
    rest: 9,
    low: -16,
    middle: 70000,
    high: -300,
    flag: true,
    mode: 4,
    large: 0x9876543210n,
    small: -500000,
    whole: 0xdeadbeef,
  },
  packed: {
    kind: 1,
    length: 0x0203,
    id: 0x0405060708090a0bn,
    crossing: 0x5abcdef,
    next: 0x155,
    across: 0x2aaaaaaaaaaaan,
    last: 0xee,
  },
  pair: { first: 1, second: 2n },
  padded: { count: 3, kind: 4, tail: "" },
  count: 7,
  greeting: "hello",
  mode: 1,
  zero: 0n,
  limit: 100,
  start: { x: 1, y: 2 },
};

/** Unions differ by the byte order: the C source fills one member. */
const unions = {
  little: {
    number: { word: 0x55667788, all: 0x1122334455667788n, halves: { low: 0x7788, high: 0x5566 } },
    message: { kind: 3, pid: 0x10002, low: 2, high: 1, error: 0x10002, first: 4, second: 5 },
  },
  big: {
    number: { word: 0x11223344, all: 0x1122334455667788n, halves: { low: 0x1122, high: 0x3344 } },
    message: { kind: 3, pid: 0x10002, low: 1, high: 2, error: 0x10002, first: 4, second: 5 },
  },
} as const;

for (const endian of ["little", "big"] as const) {
  describe.skipIf(!hasClang)(
    `codecs of a ${endian}-endian object, beside the bytes that clang laid out`,
    () => {
      let spec: CollectionSpec;
      let skeleton: ReturnType<typeof evaluateSkeleton>;
      let values: Readonly<Record<string, unknown>>;

      /** A variable's codec and its bytes in the object. */
      const variable = (name: string): { readonly codec: Codec<unknown>; readonly bytes: Uint8Array } => {
        const { section, offset, size } = spec.variables.get(name)!;
        const contents = spec.maps.get(section)!.contents!;
        return { codec: definitions()[name]!.codec, bytes: contents.slice(offset, offset + size) };
      };
      let definitions: () => Readonly<Record<string, { readonly codec: Codec<unknown> }>>;

      beforeAll(() => {
        const object = compileSkeletonFixture("types", endian);
        spec = parseObject(object);
        const { ts } = generateSkeleton(spec, object, {
          name: "AllTypes",
          source: "types.bpf.o",
          embed: true,
        });
        let seen: Record<string, { readonly codec: Codec<unknown> }> = {};
        class Spy<
          M extends object,
          P extends object,
          R extends object,
          G extends object,
        > extends runtime.Skeleton<M, P, R, G> {
          constructor(...given: ConstructorParameters<typeof Spy<M, P, R, G>>) {
            const [, definition] = given as [Uint8Array, { rodata: typeof seen; globals: typeof seen }];
            seen = { ...definition.rodata, ...definition.globals };
            // @ts-expect-error protected, and the arguments are those of the class that was generated
            super(...given);
          }
        }
        skeleton = evaluateSkeleton(ts, { ...runtime, Skeleton: Spy });
        const opened = (skeleton.AllTypes as { open(): { rodata: object; globals: object } }).open();
        values = { ...opened.rodata, ...opened.globals };
        definitions = () => seen;
      });

      const view = (bytes: Uint8Array): DataView =>
        new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

      test.each(Object.keys(expected))("%s reads as the C source says", (name) => {
        expect(values[name]).toEqual(expected[name]);
      });

      test.each(Object.keys(expected))("%s is written to the same bytes, at any place", (name) => {
        const { codec, bytes } = variable(name);
        const memory = new Uint8Array(codec.size + 7).fill(0xa5);
        codec.write(view(memory), 3, expected[name]);
        expect([...memory.subarray(3, 3 + codec.size)]).toEqual([...bytes.subarray(0, codec.size)]);
        expect([...memory.subarray(0, 3), ...memory.subarray(3 + codec.size)]).toEqual(Array(7).fill(0xa5));
      });

      test.each(["number", "message"] as const)("the union in %s is read through all its members", (name) => {
        expect(values[name]).toMatchObject(unions[endian][name]);
      });

      test.each(["number", "message"] as const)("%s can be written back as it was read", (name) => {
        const { codec, bytes } = variable(name);
        const memory = new Uint8Array(codec.size);
        codec.write(view(memory), 0, codec.read(view(bytes), 0));
        expect([...memory]).toEqual([...bytes]);
      });

      test("structs whose names mean something to the generated code read and write like others", () => {
        const { codec, bytes } = variable("elements");
        const list = codec.read(view(bytes), 0) as Record<string, unknown>[];
        expect(
          list.map((e) => [e.class, Object.getOwnPropertyDescriptor(e, "__proto__")?.value, e.constructor]),
        ).toEqual([
          [{ view: 1, at: 2, value: 3 }, 4, 5],
          [{ view: 6, at: 7, value: 8 }, 9, 10],
        ]);
        const memory = new Uint8Array(codec.size);
        codec.write(view(memory), 0, list);
        expect([...memory]).toEqual([...bytes]);
      });

      test("whatever is in memory, what is read is written so that it reads the same", () => {
        const names = [
          "scalars",
          "texts",
          "nested",
          "network",
          "bits",
          "packed",
          "pair",
          "elements",
          "greeting",
        ];
        for (const name of names) {
          const { codec } = variable(name);
          fc.assert(
            fc.property(fc.uint8Array({ minLength: codec.size, maxLength: codec.size }), (bytes) => {
              const value = codec.read(view(bytes), 0);
              const memory = new Uint8Array(codec.size);
              codec.write(view(memory), 0, value);
              expect(codec.read(view(memory), 0)).toEqual(value);
            }),
            { numRuns: 200 },
          );
        }
      });

      test("any bits of bit-fields survive: nothing of them is lost or moved", () => {
        for (const name of ["bits", "packed"]) {
          const { codec } = variable(name);
          // The bytes that the fields cover, as written from all ones.
          const ones = codec.read(view(new Uint8Array(codec.size).fill(0xff)), 0);
          const mask = new Uint8Array(codec.size);
          codec.write(view(mask), 0, ones);
          fc.assert(
            fc.property(fc.uint8Array({ minLength: codec.size, maxLength: codec.size }), (bytes) => {
              const memory = new Uint8Array(codec.size);
              codec.write(view(memory), 0, codec.read(view(bytes), 0));
              expect([...memory]).toEqual([...bytes].map((byte, i) => byte & mask[i]!));
            }),
            { numRuns: 200 },
          );
        }
      });

      test("a flexible array has as many elements as the record has bytes", () => {
        const codecOf = (name: string): Codec<unknown> => skeleton[name] as Codec<unknown>;
        const memory = new Uint8Array(12);
        view(memory).setUint16(4, 1, endian === "little");
        view(memory).setUint16(6, 2, endian === "little");
        expect(codecOf("tailed").read(view(memory), 0, 8)).toEqual({ count: 0, tail: [1, 2] });
        expect(codecOf("tailed").read(view(memory), 0)).toEqual({ count: 0, tail: [] });
        const text = Buffer.from([0, 0, 0, 0, 104, 105, 0, 120]);
        expect(codecOf("texted").read(view(text), 0, 8)).toEqual({ count: 0, text: "hi" });
        const padded = Buffer.from([0, 0, 0, 0, 9, 104, 105, 33, 33]);
        expect(codecOf("padded").read(view(padded), 0, 9)).toEqual({ count: 0, kind: 9, tail: "hi!!" });
        expect(() => codecOf("texted").write(view(memory), 0, { count: 1, text: "x" })).toThrow(
          /texted.text: a flexible/,
        );
      });

      test("what the kernel keeps for itself in a value is left out, and written as zero", () => {
        const codec = skeleton.guarded as Codec<object>;
        const memory = new Uint8Array(codec.size).fill(0xff);
        expect(codec.read(view(memory), 0)).toEqual({ visible: 0xffffffff });
        codec.write(view(memory), 0, { visible: 0 });
        expect([...memory]).toEqual(Array(codec.size).fill(0));
      });

      test("a number that its field cannot hold is an error that names the field", () => {
        const { codec } = variable("scalars");
        const memory = view(new Uint8Array(codec.size));
        const wrong: readonly [object, RegExp][] = [
          [{ a: 256 }, /scalars\.a: an integer from 0 to 255 is wanted, not 256/],
          [{ b: -129 }, /scalars\.b/],
          [{ e: 1.5 }, /scalars\.e/],
          [{ g: 1 }, /scalars\.g: a bigint from 0n/],
          [{ h: 1n << 63n }, /scalars\.h/],
          [{ mode: undefined }, /scalars\.mode: .* not undefined/],
        ];
        for (const [change, message] of wrong)
          expect(() => codec.write(memory, 0, { ...(expected.scalars as object), ...change })).toThrow(
            message,
          );
        const bits = variable("bits").codec;
        expect(() => bits.write(memory, 0, { ...(expected.bits as object), priority: 8 })).toThrow(
          /bits\.priority/,
        );
        expect(() => bits.write(memory, 0, { ...(expected.bits as object), low: 16 })).toThrow(/bits\.low/);
        expect(() => bits.write(memory, 0, { ...(expected.bits as object), large: 1n << 40n })).toThrow(
          /bits\.large/,
        );
      });

      test("a union is made from one member; none, or two that differ, are errors", () => {
        const message = skeleton.message as Codec<object> & { of(init: object): object };
        const rest = { kind: 1, first: 2, second: 3, number: (values.message as { number: object }).number };
        expect(message.of({ ...rest, pid: 5 })).toMatchObject({ pid: 5, error: 5 });
        expect(message.of({ ...rest, low: 1, high: 0 })).toMatchObject({ low: 1, high: 0 });
        expect(message.of({ ...rest, ratio: 1 })).toMatchObject({ ratio: 1, error: 0x3f800000 });
        expect(() => message.of(rest)).toThrow(
          /message: a union is written through one member: give pid, or low and high/,
        );
        expect(() => message.of({ ...rest, pid: 5, error: 6 })).toThrow(/say different things/);
        expect(message.of({ ...(values.message as object), kind: 9 })).toEqual({
          ...(values.message as object),
          kind: 9,
        });
      });
    },
  );
}
