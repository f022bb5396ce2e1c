import { attachTypes } from "@tsbpfc/loader";
import { cText } from "../sys/bpf.js";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { Attach, AttachOptions } from "./attach.js";
import { binaryFunctions, findBinary } from "./binary.js";
import { cookiesOf } from "./cookies.js";
import { createLink } from "./create.js";
import type { HookedProgram } from "./hook.js";
import { didYouMean } from "./near-names.js";
import { isPattern, pattern } from "./pattern.js";
import { attachPerfEvent } from "./perf-event.js";
import { nameAndOffset, probeSource, withSemaphore } from "./probe-source.js";

/**
 * `uprobe/binary:function`, `uprobe/binary:function+0x10`, `uretprobe/…`; or the section `uprobe` alone and
 * `attach({ binary, symbol })`, `attach({ binary, offset })` with an offset in the file. In all processes that run
 * the binary, or in `pid`. Linux 4.17.
 */
export const attachUprobe: Attach = (program, options) => {
  const isReturn = program.hook.section.startsWith("uretprobe");
  const { path, symbol, offset } = targetOf(program, options);
  const label = `${isReturn ? "uretprobe" : "uprobe"} ${path}:${symbol ?? offset} (${program.label})`;
  const source = probeSource("uprobe", label);
  const at = symbol === null ? offset : fileOffset(path, symbol, label) + offset;
  const event = {
    type: source.type,
    config: withSemaphore(isReturn ? source.returnBit : 0n, options.semaphore ?? 0),
    uprobe_path: kernel().address(cText(path)),
    probe_offset: at,
  };
  return attachPerfEvent(program, event, label, { cookie: options.cookie, pid: options.pid });
};

/** `BPF_F_UPROBE_MULTI_RETURN`, include/uapi/linux/bpf.h. */
const BPF_F_UPROBE_MULTI_RETURN = 1;

/**
 * `uprobe.multi/binary:pattern`, `uretprobe.multi/…`, `uprobe.session/…`: every function of the binary that the
 * pattern takes (`*` for any characters, `?` for one), by one link. Linux 6.6; sessions 6.13.
 */
export const attachUprobeMulti: Attach = (program, options) => {
  const { section, expectedAttachType } = program.hook;
  const { path, offsets } = placesOf(program, options);
  const label = `${section} on ${path} (${program.label})`;
  const k = kernel();
  const places = new Uint8Array(BigUint64Array.from(offsets).buffer);
  const cookies = cookiesOf(offsets.length, options, label);
  const { semaphore } = options;
  const counters = new Uint8Array(BigUint64Array.from(offsets, () => BigInt(semaphore ?? 0)).buffer);
  return createLink(
    {
      prog_fd: program.fd,
      attach_type: attachTypes[expectedAttachType ?? "trace_uprobe_multi"],
      "uprobe_multi.path": k.address(cText(path)),
      "uprobe_multi.offsets": k.address(places),
      "uprobe_multi.cookies": cookies === null ? 0n : k.address(cookies),
      "uprobe_multi.ref_ctr_offsets": semaphore === undefined ? 0n : k.address(counters),
      "uprobe_multi.cnt": offsets.length,
      "uprobe_multi.flags": section.startsWith("uretprobe") ? BPF_F_UPROBE_MULTI_RETURN : 0,
      "uprobe_multi.pid": options.pid ?? 0,
    },
    label,
    { since: section.startsWith("uprobe.session") ? "6.13" : "6.6" },
  );
};

/** The binary, and each place in it, as bytes of the file. @throws UsageError */
function placesOf(
  program: HookedProgram,
  options: AttachOptions,
): { readonly path: string; readonly offsets: readonly bigint[] } {
  const { symbols, offsets } = options;
  if (symbols && offsets)
    throw new UsageError("bad-value", `${program.label}: symbols and offsets cannot be given together`);
  if (symbols?.length === 0 || offsets?.length === 0)
    throw new UsageError("target-missing", `${program.label}: the list of places is empty`);
  const [symbol] = symbols ?? [];
  const [offset] = offsets ?? [];
  // The first of a list stands for what one would name alone.
  const one = symbol !== undefined ? { symbol } : offset !== undefined ? { offset } : {};
  const target = targetOf(program, { ...options, ...one });
  const { path } = target;
  if (offsets) return { path, offsets: offsets.map(BigInt) };
  const label = `${program.hook.section} on ${path} (${program.label})`;
  if (symbols) return { path, offsets: symbols.map((name) => fileOffset(path, name, label)) };
  if (target.symbol === null) return { path, offsets: [target.offset] };
  const found = matching(path, target.symbol, label);
  return { path, offsets: found.map((place) => BigInt(place.offset) + target.offset) };
}

/** The binary, and a function in it or an offset in the file: what the options leave out, the section says. */
function targetOf(
  program: HookedProgram,
  options: AttachOptions,
): { readonly path: string; readonly symbol: string | null; readonly offset: bigint } {
  const { section, attachTo } = program.hook;
  const colon = attachTo.lastIndexOf(":");
  const named = colon < 0 ? null : nameAndOffset(attachTo.slice(colon + 1));
  const binary = options.binary ?? (colon < 0 ? attachTo : attachTo.slice(0, colon));
  const symbol = options.symbol ?? (options.offset === undefined ? (named?.name ?? null) : null);
  const offset = options.offset ?? named?.offset ?? null;
  if (binary === "" || (symbol === null && offset === null))
    throw new UsageError(
      "target-missing",
      `${program.label}, section "${section}", wants a binary and a function in it: write "uprobe/libc.so.6:malloc", or attach({ binary: "/usr/bin/…", symbol: "main" })`,
    );
  return { path: findBinary(binary, program.label), symbol, offset: BigInt(offset ?? 0) };
}

function fileOffset(path: string, symbol: string, label: string): bigint {
  const [found] = binaryFunctions(path, symbol, label);
  if (!found)
    throw new UsageError(
      "target-missing",
      `${label}: ${path} has no function '${symbol}' in its symbol tables; a stripped binary wants attach({ binary, offset }). ${didYouMean(symbol, functionNames(path, label))}`.trim(),
    );
  return BigInt(found.offset);
}

function functionNames(path: string, label: string): readonly string[] {
  const names: string[] = [];
  const collect = (name: string): boolean => {
    names.push(name);
    return false;
  };
  binaryFunctions(path, collect, label);
  return names;
}

function matching(path: string, symbol: string, label: string): readonly { readonly offset: number }[] {
  const found = binaryFunctions(path, isPattern(symbol) ? pattern(symbol) : symbol, label);
  if (found.length === 0)
    throw new UsageError("target-missing", `${label}: ${path} has no function that '${symbol}' means`);
  return found;
}
