/**
 * Names of sections that libbpf does not know, and what they stand for: `{ "on_call/": "tracepoint/syscalls/" }`. One
 * that ends in `/` is what names begin with, and is replaced by its value; others are whole names. libbpf has
 * `libbpf_register_prog_handler` for it.
 */
export type OwnSections = Readonly<Record<string, string>>;

/** A section's name in libbpf's terms, with its `?`. Own names go before libbpf's; of two, the longer one. */
export function libbpfSection(section: string, own: OwnSections): string {
  const mark = section.startsWith("?") ? "?" : "";
  const name = section.slice(mark.length);
  const key = Object.keys(own)
    .filter((key) => key === name || (key.endsWith("/") && name.startsWith(key)))
    .reduce((best, key) => (key.length > best.length ? key : best), "");
  return key === "" ? section : `${mark}${own[key]}${name.slice(key.length)}`;
}
