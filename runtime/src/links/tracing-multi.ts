import { attachTypes, type Btf } from "@tsbpfc/loader";
import { kernelTypes } from "../load/kernel-types.js";
import { vmlinuxBtf } from "../load/vmlinux.js";
import { errno, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { Attach } from "./attach.js";
import { cookiesOf } from "./cookies.js";
import { createLink } from "./create.js";
import { traceableFunctions } from "./kernel-names.js";
import { multiTarget } from "./multi-target.js";
import { didYouMean } from "./near-names.js";
import { isPattern, pattern } from "./pattern.js";
import { isTraceable } from "./traceable.js";
import { tracefs } from "./tracefs.js";

/**
 * `fentry.multi/pattern`, `fexit.multi/…`, `fsession.multi/…`: every function that the pattern takes, by one link, a
 * cookie each. All of them are the kernel's own, or of the module that the section names before a colon. Linux 7.2 on
 * x86-64.
 */
export const attachTracingMulti: Attach = (program, options) => {
  const { section, attachTo, expectedAttachType } = program.hook;
  const label = `${section} (${program.label})`;
  const { module, functions } = multiTarget(attachTo);
  const btf = module === null ? vmlinuxBtf() : moduleBtf(module, label);
  const ids = options.symbols
    ? options.symbols.map((name) => functionId(btf, name, label))
    : functionIds(btf, options.symbol ?? functions, label);
  const cookies = cookiesOf(ids.length, options, label);
  const k = kernel();
  const list = new Uint8Array(Uint32Array.from(ids).buffer);
  return createLink(
    {
      prog_fd: program.fd,
      attach_type: attachTypes[expectedAttachType ?? "trace_fentry_multi"],
      "tracing_multi.ids": k.address(list),
      "tracing_multi.cookies": cookies === null ? 0n : k.address(cookies),
      "tracing_multi.cnt": ids.length,
    },
    label,
    {
      since: "7.2",
      otherwise:
        "It takes a function once, none that is kept from programs, such as migrate_disable, and for fexit and fsession none that never returns.",
      advice: (number) =>
        number === errno.EOPNOTSUPP ? "Kernels of this processor have no such links: x86-64 has them." : "",
    },
  );
};

function moduleBtf(name: string, label: string): Btf {
  const found = kernelTypes().module(name);
  if (found) return found;
  throw new UsageError("target-missing", `${label}: no kernel module '${name}' with BTF is loaded`);
}

/** The module's own, where it is one: its BTF finds what it shares with the kernel too. */
const ownFunctions = (btf: Btf, name: string): readonly number[] =>
  btf.find(name, ["func"]).filter((id) => id >= btf.firstId);

function functionId(btf: Btf, name: string, label: string): number {
  const [id] = ownFunctions(btf, name);
  if (id !== undefined) return id;
  throw new UsageError(
    "target-missing",
    `${label}: the BTF of the kernel, or of its module, has no function '${name}'. ${didYouMean(name, traceableFunctions() ?? [])}`.trim(),
  );
}

/** One name as it stands, or of a pattern the functions that ftrace can patch and whose types the kernel can pass on. */
function functionIds(btf: Btf, wanted: string, label: string): readonly number[] {
  if (wanted === "")
    throw new UsageError("target-missing", `${label}: write the section as "fentry.multi/vfs_*"`);
  if (!isPattern(wanted)) return [functionId(btf, wanted, label)];
  const there = traceableFunctions();
  if (there === null)
    throw new UsageError(
      "unsupported",
      `${label}: there is no ${tracefs()}/available_filter_functions: this kernel cannot trace functions`,
    );
  const ids = onlyOnce(there.filter(pattern(wanted))).flatMap((name) =>
    ownFunctions(btf, name).filter((id) => isTraceable(btf, id)),
  );
  if (ids.length === 0)
    throw new UsageError("target-missing", `${label}: no traceable function has a name like '${wanted}'`);
  return ids;
}

/** A name that several functions have stands for one of them in BTF, and for another in the kernel's table of symbols. */
function onlyOnce(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].flatMap(([name, count]) => (count === 1 ? [name] : []));
}
