import { attachTypes } from "@tsbpfc/loader";
import { cText } from "../sys/bpf.js";
import { errno, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { Attach } from "./attach.js";
import { cookiesOf } from "./cookies.js";
import { createLink } from "./create.js";
import { traceableFunctions } from "./kernel-names.js";
import { didYouMean } from "./near-names.js";
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
  // Without cookies Linux 6.18 follows a null pointer when anybody reads the link's /proc/PID/fdinfo (an oops in
  // bpf_kprobe_multi_show_fdinfo, which came in 6.17; 7.3 is mended). Programs are told zero in either case.
  const cookies = cookiesOf(names.length, options, label) ?? new Uint8Array(8 * names.length);
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
      "kprobe_multi.cookies": k.address(cookies),
    },
    label,
    {
      since: section.startsWith("kprobe.session") ? "6.10" : "5.18",
      otherwise: "It needs a kernel with CONFIG_FPROBE.",
      advice: (number) => (number === errno.ESRCH ? missing(names) : ""),
    },
  );
};

/** Of functions that the kernel was asked for by name, and has not found: which, and what is like them. */
function missing(names: readonly string[]): string {
  const there = traceableFunctions();
  const absent = there === null ? [] : names.filter((name) => !there.includes(name));
  if (there === null || absent.length === 0) return "";
  return `This kernel cannot trace ${absent.map((name) => `'${name}'`).join(", ")}. ${didYouMean(absent[0] ?? "", there)}`.trim();
}

/** One name as it stands, or what tracefs lists of a pattern: the functions that ftrace can patch. */
function functionNames(wanted: string, label: string): readonly string[] {
  if (wanted === "")
    throw new UsageError("target-missing", `${label}: write the section as "kprobe.multi/vfs_*"`);
  if (!isPattern(wanted)) return [wanted];
  const there = traceableFunctions();
  if (there === null)
    throw new UsageError(
      "unsupported",
      `${label}: there is no ${tracefs()}/available_filter_functions: this kernel cannot trace functions`,
    );
  const names = [...new Set(there.filter(pattern(wanted)))];
  if (names.length === 0)
    throw new UsageError("target-missing", `${label}: no traceable function has a name like '${wanted}'`);
  return names;
}
