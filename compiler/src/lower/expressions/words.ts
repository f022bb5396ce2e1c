/** Bytes of the widest word that may be accessed at an offset, in memory aligned like this with so many bytes left. */
export function widestWord(align: number, at: number, left: number): number {
  let width = 8;
  while (width > 1 && (width > align || width > left || at % width !== 0)) width /= 2;
  return width;
}

/** The little-endian word of so many bytes. */
export function wordAt(bytes: Uint8Array, at: number, width: number): bigint {
  let word = 0n;
  for (let i = width - 1; i >= 0; i--) word = (word << 8n) | BigInt(bytes[at + i] ?? 0);
  return word;
}
