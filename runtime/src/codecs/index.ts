// What generated codecs are made of.
export { array, readRest, writeRest } from "./arrays.js";
export { readBits, writeBits } from "./bits.js";
export { bytes, clear, raw, readBytes, writeBytes } from "./bytes.js";
export * as fit from "./fit.js";
export {
  bool,
  f32,
  f32be,
  f64,
  f64be,
  i8,
  i16,
  i16be,
  i32,
  i32be,
  i64,
  i64be,
  i64beNumber,
  i64Number,
  u8,
  u16,
  u16be,
  u32,
  u32be,
  u64,
  u64be,
  u64beNumber,
  u64Number,
} from "./numbers.js";
export { readText, text, writeText } from "./text.js";
export { type Alternative, alternative, make, writeUnion } from "./unions.js";
export { readI64, readU64, writeI64, writeU64 } from "./wide.js";
export {
  readI64beNumber,
  readI64Number,
  readU64beNumber,
  readU64Number,
  writeI64beNumber,
  writeI64Number,
  writeU64beNumber,
  writeU64Number,
} from "./wide-numbers.js";
