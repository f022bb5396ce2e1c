import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as codecs from "./index.js";

const memory = (bytes: Uint8Array | number): DataView => {
  const own = new Uint8Array(bytes as number);
  return new DataView(own.buffer);
};

const bytesOf = ({ buffer }: DataView): number[] => [...new Uint8Array(buffer)];

describe("text", () => {
  const read = (bytes: readonly number[]): string =>
    codecs.readText(memory(Uint8Array.from(bytes)), 0, bytes.length);
  const write = (text: string, length: number): number[] => {
    const view = memory(length);
    codecs.writeText(view, 0, length, text, "name");
    return [...new Uint8Array(view.buffer)];
  };

  test("ends at the first NUL, or fills its array", () => {
    expect(read([104, 105, 0, 120])).toBe("hi");
    expect(read([104, 105])).toBe("hi");
    expect(read([0])).toBe("");
    expect(read([])).toBe("");
  });

  test("of bytes that are not UTF-8 keeps them", () => {
    expect(read([0x61, 0xff, 0x62])).toBe("a\udcffb");
    expect(read([0xef, 0xbf, 0xbd, 0x80])).toBe("\ufffd\udc80");
    expect(read([0xef, 0xbb, 0xbf, 0x61])).toBe("\ufeffa");
    // Overlong, a surrogate, and beyond Unicode: none is a character (RFC 3629).
    expect(read([0xc0, 0x80])).toBe("\udcc0\udc80");
    expect(read([0xed, 0xa0, 0x80])).toBe("\udced\udca0\udc80");
    expect(read([0xf5, 0x80, 0x80, 0x80])).toBe("\udcf5\udc80\udc80\udc80");
  });

  test("is written back as the bytes that it was read from, whatever they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ min: 1, maxLength: 64 }), (bytes) => {
        expect(write(read([...bytes]), bytes.length)).toEqual([...bytes]);
      }),
      { numRuns: 2000 },
    );
  });

  test("of any characters is read as it was written", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 40 }).filter((text) => !text.includes("\0")),
        (text) => {
          expect(read(write(text, 200))).toBe(text);
        },
      ),
    );
  });

  test("that does not fit, or holds a NUL or half a character, is an error", () => {
    expect(write("äb", 3)).toEqual([0xc3, 0xa4, 0x62]);
    expect(() => write("äbc", 3)).toThrow(/name: a text of 4 bytes does not fit char\[3\]/);
    expect(() => write("a\0b", 8)).toThrow(/holds a NUL/);
    expect(() => write("\ud800", 8)).toThrow(/U\+D800 is half a character/);
    expect(() => write(5 as never, 8)).toThrow(/a string is wanted, not 5/);
  });
});

describe("bit-fields over 32 bits", () => {
  test("hold what is written, and leave their neighbours", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 7 }),
        fc.integer({ min: 1, max: 64 }),
        fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
        fc.boolean(),
        fc.boolean(),
        (bit, width, any, signed, big) => {
          const value = signed ? BigInt.asIntN(width, any) : BigInt.asUintN(width, any);
          const view = memory(10);
          codecs.writeBits(view, 1, bit, width, signed, big, value, "x");
          expect(codecs.readBits(view, 1, bit, width, signed, big)).toBe(value);
          if (bit > 0) expect(codecs.readBits(view, 1, 0, bit, false, big)).toBe(0n);
          expect(view.getUint8(0)).toBe(0);
          const after = bit + width;
          if (after < 72)
            expect(codecs.readBits(view, 1 + (after >>> 3), after & 7, 8 - (after & 7), false, big)).toBe(0n);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("numbers", () => {
  const all = [
    ["u8", codecs.u8, 1, 0, 0xff],
    ["u16", codecs.u16, 2, 0, 0xffff],
    ["u32", codecs.u32, 4, 0, 0xffff_ffff],
    ["i8", codecs.i8, 1, -128, 127],
    ["i16", codecs.i16, 2, -32768, 32767],
    ["i32", codecs.i32, 4, -(2 ** 31), 2 ** 31 - 1],
  ] as const;
  test.each(all)("%s holds its range, and refuses the numbers beside it", (_, codec, size, low, high) => {
    const view = memory(size);
    for (const value of [low, high]) {
      codec.write(view, 0, value);
      expect(codec.read(view, 0)).toBe(value);
    }
    for (const value of [low - 1, high + 1, 0.5, Number.NaN, "1" as never])
      expect(() => codec.write(view, 0, value)).toThrow(expect.objectContaining({ code: "bad-value" }));
  });

  test("u64 and i64 hold theirs, as bigints", () => {
    const view = memory(8);
    for (const [codec, low, high] of [
      [codecs.u64, 0n, 2n ** 64n - 1n],
      [codecs.i64, -(2n ** 63n), 2n ** 63n - 1n],
    ] as const) {
      for (const value of [low, high]) {
        codec.write(view, 0, value);
        expect(codec.read(view, 0)).toBe(value);
      }
      for (const value of [low - 1n, high + 1n, 1 as never])
        expect(() => codec.write(view, 0, value)).toThrow(expect.objectContaining({ code: "bad-value" }));
    }
  });

  test("of 64 bits are what a DataView reads and writes, wherever they lie", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.integer({ min: 0, max: 7 }),
        (value, at) => {
          const [ours, theirs] = [memory(16), memory(16)];
          const signed = BigInt.asIntN(64, value);
          theirs.setBigUint64(at, value, true);
          codecs.u64.write(ours, at, value);
          expect(bytesOf(ours)).toEqual(bytesOf(theirs));
          codecs.i64.write(ours, at, signed);
          expect(bytesOf(ours)).toEqual(bytesOf(theirs));
          expect([codecs.u64.read(ours, at), codecs.i64.read(ours, at)]).toEqual([value, signed]);
        },
      ),
      // So many that V8 compiles what runs.
      { numRuns: 20_000 },
    );
  });

  test("of 64 bits are the nearest number, and only what a number holds exactly is written", () => {
    const interesting = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.bigInt({ min: 2n ** 53n - 4n, max: 2n ** 54n }),
      fc.bigInt({ min: -(2n ** 54n), max: 2n ** 33n }).map((n) => BigInt.asUintN(64, n)),
    );
    fc.assert(
      fc.property(interesting, fc.boolean(), (bits, big) => {
        const view = memory(8);
        view.setBigUint64(0, bits, !big);
        const [unsigned, signed] = big
          ? [codecs.u64beNumber, codecs.i64beNumber]
          : [codecs.u64Number, codecs.i64Number];
        for (const [codec, value] of [
          [unsigned, bits],
          [signed, BigInt.asIntN(64, bits)],
        ] as const) {
          const number = codec.read(view, 0);
          expect(number).toBe(Number(value));
          const again = memory(8);
          if (Number.isSafeInteger(Number(value))) {
            codec.write(again, 0, number);
            expect(bytesOf(again)).toEqual(bytesOf(view));
          } else expect(() => codec.write(again, 0, number)).toThrow(/2\^53/);
        }
      }),
      { numRuns: 5000 },
    );
    for (const value of [-1, 0.5, Number.NaN, 2 ** 53, 1n as never, "1" as never])
      expect(() => codecs.u64Number.write(memory(8), 0, value)).toThrow(/from 0 to/);
  });

  test("are little endian, unless their name says otherwise", () => {
    const view = memory(8);
    codecs.u32.write(view, 0, 0x01020304);
    codecs.u32be.write(view, 4, 0x01020304);
    expect([...new Uint8Array(view.buffer)]).toEqual([4, 3, 2, 1, 1, 2, 3, 4]);
  });
});

describe("bytes and arrays", () => {
  test("bytes that were read are a copy", () => {
    const view = memory(Uint8Array.from([1, 2]));
    const read = codecs.bytes(2).read(view, 0);
    view.setUint8(0, 9);
    expect([...read]).toEqual([1, 2]);
    expect(codecs.bytes(2).read(new DataView(Buffer.from([1, 2]).buffer), 0).constructor).toBe(Uint8Array);
  });

  test("of a wrong length are errors", () => {
    const view = memory(8);
    expect(() => codecs.bytes(2).write(view, 0, new Uint8Array(3))).toThrow(
      /a Uint8Array of 2 bytes is wanted, not of 3/,
    );
    expect(() => codecs.array(codecs.u16, 2).write(view, 0, [1])).toThrow(/a list of 2/);
  });

  test("records of no known type are read with their length, and not without", () => {
    const view = memory(Uint8Array.from([1, 2, 3]));
    expect([...codecs.raw.read(view, 1, 2)]).toEqual([2, 3]);
    expect(() => codecs.raw.read(view, 0)).toThrow(/consumeRaw/);
  });
});
