const PLAIN_NAME = /^[-a-zA-Z$._][-a-zA-Z$._0-9]*$/;
const encoder = new TextEncoder();

/** Bytes as they stand between the quotes of an LLVM string: what is not plain ASCII becomes `\XX`. */
export function escapeBytes(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    out += plain ? String.fromCharCode(byte) : `\\${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

/** A quoted string, UTF-8. */
export function quote(text: string): string {
  return `"${escapeBytes(encoder.encode(text))}"`;
}

/** A global's, local's or type's name without its sigil; quoted only where LLVM asks for it. */
export function quoteName(name: string): string {
  return PLAIN_NAME.test(name) ? name : quote(name);
}
