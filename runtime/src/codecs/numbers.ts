import type { Codec } from "../codec.js";
import * as fit from "./fit.js";
import { readI64, readU64, writeI64, writeU64 } from "./wide.js";
import * as wide from "./wide-numbers.js";

const label = "the value";
type Read<T> = (view: DataView, at: number) => T;
type Write<T> = (view: DataView, at: number, value: T) => void;

const codec = <T>(size: number, read: Read<T>, write: Write<T>): Codec<T> => ({ size, read, write });

// Little endian, unless the name ends in `be`: network order, or a big-endian object.

export const u8: Codec<number> = codec<number>(
  1,
  (v, at) => v.getUint8(at),
  (v, at, x) => v.setUint8(at, fit.u8(x, label)),
);
export const u16: Codec<number> = codec<number>(
  2,
  (v, at) => v.getUint16(at, true),
  (v, at, x) => v.setUint16(at, fit.u16(x, label), true),
);
export const u16be: Codec<number> = codec<number>(
  2,
  (v, at) => v.getUint16(at),
  (v, at, x) => v.setUint16(at, fit.u16(x, label)),
);
export const u32: Codec<number> = codec<number>(
  4,
  (v, at) => v.getUint32(at, true),
  (v, at, x) => v.setUint32(at, fit.u32(x, label), true),
);
export const u32be: Codec<number> = codec<number>(
  4,
  (v, at) => v.getUint32(at),
  (v, at, x) => v.setUint32(at, fit.u32(x, label)),
);
export const u64: Codec<bigint> = codec<bigint>(8, readU64, (v, at, x) => writeU64(v, at, x, label));
export const u64be: Codec<bigint> = codec<bigint>(
  8,
  (v, at) => v.getBigUint64(at),
  (v, at, x) => v.setBigUint64(at, fit.u64(x, label)),
);
export const i8: Codec<number> = codec<number>(
  1,
  (v, at) => v.getInt8(at),
  (v, at, x) => v.setInt8(at, fit.i8(x, label)),
);
export const i16: Codec<number> = codec<number>(
  2,
  (v, at) => v.getInt16(at, true),
  (v, at, x) => v.setInt16(at, fit.i16(x, label), true),
);
export const i16be: Codec<number> = codec<number>(
  2,
  (v, at) => v.getInt16(at),
  (v, at, x) => v.setInt16(at, fit.i16(x, label)),
);
export const i32: Codec<number> = codec<number>(
  4,
  (v, at) => v.getInt32(at, true),
  (v, at, x) => v.setInt32(at, fit.i32(x, label), true),
);
export const i32be: Codec<number> = codec<number>(
  4,
  (v, at) => v.getInt32(at),
  (v, at, x) => v.setInt32(at, fit.i32(x, label)),
);
export const i64: Codec<bigint> = codec<bigint>(8, readI64, (v, at, x) => writeI64(v, at, x, label));
export const i64be: Codec<bigint> = codec<bigint>(
  8,
  (v, at) => v.getBigInt64(at),
  (v, at, x) => v.setBigInt64(at, fit.i64(x, label)),
);

// 64 bits as a number: exact to 2^53, beyond that the nearest; what is beyond is not written.

export const u64Number: Codec<number> = codec<number>(8, wide.readU64Number, (v, at, x) =>
  wide.writeU64Number(v, at, x, label),
);
export const u64beNumber: Codec<number> = codec<number>(8, wide.readU64beNumber, (v, at, x) =>
  wide.writeU64beNumber(v, at, x, label),
);
export const i64Number: Codec<number> = codec<number>(8, wide.readI64Number, (v, at, x) =>
  wide.writeI64Number(v, at, x, label),
);
export const i64beNumber: Codec<number> = codec<number>(8, wide.readI64beNumber, (v, at, x) =>
  wide.writeI64beNumber(v, at, x, label),
);

export const f32: Codec<number> = codec<number>(
  4,
  (v, at) => v.getFloat32(at, true),
  (v, at, x) => v.setFloat32(at, x, true),
);
export const f32be: Codec<number> = codec<number>(
  4,
  (v, at) => v.getFloat32(at),
  (v, at, x) => v.setFloat32(at, x),
);
export const f64: Codec<number> = codec<number>(
  8,
  (v, at) => v.getFloat64(at, true),
  (v, at, x) => v.setFloat64(at, x, true),
);
export const f64be: Codec<number> = codec<number>(
  8,
  (v, at) => v.getFloat64(at),
  (v, at, x) => v.setFloat64(at, x),
);
export const bool: Codec<boolean> = codec<boolean>(
  1,
  (v, at) => v.getUint8(at) !== 0,
  (v, at, x) => v.setUint8(at, x ? 1 : 0),
);
