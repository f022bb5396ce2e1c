import { attachTypes } from "@tsbpfc/loader";
import { cText } from "../sys/bpf.js";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { Attach, AttachOptions } from "./attach.js";
import { createLink } from "./create.js";
import { isPattern, pattern } from "./pattern.js";
import { tracefs } from "./tracefs.js";

/** `BPF_F_KPROBE_MULTI_RETURN`, include/uapi/linux/bpf.h. */
const BPF_F_KPROBE_MULTI_RETURN = 1;

/**
 * `kprobe.multi/pattern`, `kretprobe.multi/…`, `kprobe.session/…`: every traceable function that the pattern takes
 * (`*` for any characters, `?` for one), by one link. Linux 5.18 with CONFIG_FPROBE; sessions 6.10.
 */
export const attachKprobeMulti: Attach = (program, options) => {
  const { section, attachTo, expectedAttachType } = program.hook;
  const label = `${section} (${program.label})`;
  const names = options.symbols ?? functionNames(options.symbol ?? attachTo, label);
  const cookies = cookiesOf(names.length, options, label);
  const k = kernel();
  const texts = names.map(cText);
  const pointers = new Uint8Array(BigUint64Array.from(texts, (text) => k.address(text)).buffer);
  return createLink(
    {
      prog_fd: program.fd,
      attach_type: attachTypes[expectedAttachType ?? "trace_kprobe_multi"],
      "kprobe_multi.flags": section.startsWith("kretprobe") ? BPF_F_KPROBE_MULTI_RETURN : 0,
      "kprobe_multi.cnt": names.length,
      "kprobe_multi.syms": k.address(pointers),
      "kprobe_multi.cookies": cookies === null ? 0n : k.address(cookies),
    },
    label,
    {
      since: section.startsWith("kprobe.session") ? "6.10" : "5.18",
      otherwise: "It needs a kernel with CONFIG_FPROBE.",
    },
  );
};

/** What each function's program is told, as the kernel reads it; null: nothing. @throws UsageError for a wrong number */
export function cookiesOf(count: number, options: AttachOptions, label: string): Uint8Array | null {
  const { cookie, cookies = cookie === undefined ? null : Array<bigint>(count).fill(cookie) } = options;
  if (cookies === null) return null;
  if (cookies.length === count) return new Uint8Array(BigUint64Array.from(cookies).buffer);
  throw new UsageError("bad-value", `${label}: ${cookies.length} cookies for ${count} functions`);
}

/** One name as it stands, or what tracefs lists of a pattern: the functions that ftrace can patch. */
function functionNames(wanted: string, label: string): readonly string[] {
  if (wanted === "")
    throw new UsageError("target-missing", `${label}: write the section as "kprobe.multi/vfs_*"`);
  if (!isPattern(wanted)) return [wanted];
  const path = `${tracefs()}/available_filter_functions`;
  const bytes = kernel().readFile(path);
  if (bytes === null)
    throw new UsageError("unsupported", `${label}: there is no ${path}: this kernel cannot trace functions`);
  const takes = pattern(wanted);
  const lines = new TextDecoder().decode(bytes).split("\n");
  // A module's function is followed by its name in brackets. Names may be listed more than once.
  const names = [...new Set(lines.map((line) => line.split(/\s/, 1)[0] ?? ""))].filter(takes);
  if (names.length === 0)
    throw new UsageError("target-missing", `${label}: no traceable function has a name like '${wanted}'`);
  return names;
}
