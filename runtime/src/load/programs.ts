import {
  applyFixups,
  attachTypes,
  type Btf,
  type CollectionSpec,
  type CoreFixup,
  Instructions,
  type ProgramSpec,
  programTypes,
  solveCore,
} from "@tsbpfc/loader";
import { Struct } from "../sys/attr.js";
import { bpf, cText } from "../sys/bpf.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { type BtfTarget, programTarget } from "./attach-target.js";
import type { LoadedBtf } from "./btf.js";
import { JumpTableMaps } from "./jump-tables.js";
import type { KernelTypes } from "./kernel-types.js";
import { FdArray, resolveKernelReference } from "./ksyms.js";
import { verifierError } from "./program-error.js";
import type { Token } from "./token.js";

export interface ProgramContext {
  readonly spec: CollectionSpec;
  readonly btf: LoadedBtf;
  readonly token: Token;
  /** Descriptor of a map by name. */
  readonly mapFd: (name: string) => number;
  readonly kernelTypes: KernelTypes;
  /** What CO-RE is solved over. */
  readonly coreTypes: () => readonly Btf[];
  /** What a program of struct_ops is for, by the program's name. */
  readonly structOps: ReadonlyMap<string, BtfTarget & { readonly member: number }>;
  /** Address of a kernel symbol by name. */
  readonly address: (name: string) => bigint | undefined;
  /** What the verifier says of programs that it takes; nothing if null. */
  readonly log: VerifierLogKind | null;
}

/** How much the verifier tells: its counts alone, the path through each branch as well, or also all states. */
export type VerifierLogKind = "statistics" | "branches" | "states";

/** BPF_LOG_LEVEL1, _LEVEL2, _STATS (include/linux/bpf_verifier.h). */
const logLevels: Readonly<Record<VerifierLogKind, number>> = {
  statistics: 4,
  branches: 4 | 1,
  states: 4 | 2,
};
/** Of a program that was refused: branches and states, as clang's users know it. */
const REFUSED_LEVEL = 1;
const FIRST_LOG = 64 * 1024;
/** Kernel: `bpf_verifier_log_attr_valid` takes up to UINT_MAX >> 2. */
const LARGEST_LOG = 256 * 1024 * 1024;
/** Of a refused program the log's end is enough, for a million instructions are 100 MiB. */
const ENOUGH_LOG = 16 * 1024 * 1024;

/** A program in the kernel, and what the verifier said of it, if it was asked. */
export interface LoadedProgram {
  readonly fd: number;
  readonly log: string;
}

/** Gives a program to the kernel. @throws VerifierError, UsageError; SyscallError for its jump tables */
export function loadProgram(program: ProgramSpec, context: ProgramContext): LoadedProgram {
  const jumpTables = new JumpTableMaps(context.token, `program '${program.name}'`);
  try {
    return loadReady(program, relocated(program, context, jumpTables), context);
  } finally {
    // A program that has been loaded keeps them.
    jumpTables.close();
  }
}

function loadReady(program: ProgramSpec, ready: Relocated, context: ProgramContext): LoadedProgram {
  if (context.log !== null) {
    const { result, log } = withLog(program, ready, context, { level: logLevels[context.log] });
    if (result >= 0) return { fd: result, log };
  }
  const { result: first } = attempt(program, ready, context, null);
  if (first >= 0) return { fd: first, log: "" };
  // The log costs time, so that only a failed load has one.
  const { result, log } = withLog(program, ready, context, {
    level: REFUSED_LEVEL,
    enough: ENOUGH_LOG,
  });
  if (result >= 0) return { fd: result, log: "" };
  throw verifierError(program, -first, log, ready);
}

/**
 * The log grows until all of it fits, or enough of it.
 *
 * @param enough bytes that do, of a kernel that keeps a log's end where all of it has no room
 */
function withLog(
  program: ProgramSpec,
  ready: Relocated,
  context: ProgramContext,
  { level, enough = LARGEST_LOG }: { readonly level: number; readonly enough?: number },
): { readonly result: number; readonly log: string } {
  let size = FIRST_LOG;
  for (;;) {
    const bytes = new Uint8Array(size);
    const { result, needed } = attempt(program, ready, context, { bytes, level });
    if (result === -errno.ENOSPC && size < (needed > 0 ? enough : LARGEST_LOG)) {
      size = needed > size ? Math.min(needed, enough) : size * 4;
      continue;
    }
    const end = bytes.indexOf(0);
    return { result, log: new TextDecoder().decode(bytes.subarray(0, end < 0 ? bytes.length : end)) };
  }
}

/** What the kernel answered. */
interface Attempt {
  /** A descriptor, or a negative errno. */
  readonly result: number;
  /** Bytes that all of the log needs, with its NUL; 0 before Linux 6.4, which cuts a log's end off. */
  readonly needed: number;
}

function attempt(
  program: ProgramSpec,
  { instructions, fds, target }: Relocated,
  context: ProgramContext,
  log: { readonly bytes: Uint8Array; readonly level: number } | null,
): Attempt {
  const k = kernel();
  const license = cText(context.spec.license);
  const attr = new Struct("programLoad", {
    prog_type: programTypes[program.type],
    insn_cnt: instructions.length / 8,
    insns: k.address(instructions),
    license: k.address(license),
    prog_name: program.name.replace(/[^A-Za-z0-9_.]/g, "_").slice(0, 15),
    prog_flags: program.flags | context.token.flag,
    prog_token_fd: context.token.fd,
    expected_attach_type:
      context.structOps.get(program.name)?.member ??
      (program.expectedAttachType === null ? 0 : attachTypes[program.expectedAttachType]),
  });
  attr.set("attach_btf_id", target.id);
  attr.set("attach_prog_fd", target.fd);
  const array = fds.bytes;
  if (array.length > 0) attr.set("fd_array", k.address(array));
  if (log) {
    attr.set("log_level", log.level);
    attr.set("log_size", log.bytes.length);
    attr.set("log_buf", k.address(log.bytes));
  }
  // Kept in variables: the kernel reads them during the call.
  const functions = functionInfo(program);
  const lines = lineInfo(program);
  if (context.btf.functions && functions.length > 0) {
    attr.set("prog_btf_fd", context.btf.fd);
    attr.set("func_info_rec_size", FUNC_INFO);
    attr.set("func_info", k.address(functions));
    attr.set("func_info_cnt", functions.length / FUNC_INFO);
    if (lines.length > 0) {
      attr.set("line_info_rec_size", LINE_INFO);
      attr.set("line_info", k.address(lines));
      attr.set("line_info_cnt", lines.length / LINE_INFO);
    }
  }
  const result = bpf(k, "BPF_PROG_LOAD", attr.bytes);
  return { result, needed: attr.number("log_true_size") };
}

/** A program in the terms of this kernel. */
export interface Relocated {
  readonly instructions: Uint8Array;
  readonly fds: FdArray;
  readonly target: BtfTarget;
  /** CO-RE relocations of what this kernel does not have: calls that must not be reached. */
  readonly missing: readonly CoreFixup[];
  /** Calls of kernel functions that must not be reached: why, by instruction. */
  readonly absentCalls: ReadonlyMap<number, string>;
}

/** Instructions with kernel offsets and map descriptors filled in. */
export function relocated(
  program: ProgramSpec,
  context: ProgramContext,
  jumpTables: Pick<JumpTableMaps, "fdOf">,
): Relocated {
  const { spec, kernelTypes } = context;
  const fixups =
    program.coreRelocations.length > 0 && spec.btf ? solveCore(program, spec.btf, context.coreTypes()) : [];
  const instructions = applyFixups(program, fixups, spec.endian);
  const insns = new Instructions(instructions, spec.endian);
  const fds = new FdArray();
  const symbols = { ...context, btf: spec.btf };
  const absentCalls = new Map<number, string>();
  for (const reference of program.references) {
    switch (reference.kind) {
      case "map":
      case "mapValue":
        insns.setImm(reference.insn, context.mapFd(reference.map));
        break;
      case "jumpTable":
        insns.setImm(reference.insn, jumpTables.fdOf(reference.targets));
        break;
      case "function":
        break; // resolved in the spec
      case "kfunc":
      case "ksym": {
        const why = resolveKernelReference(insns, reference, symbols, fds, `program '${program.name}'`);
        if (why !== null) absentCalls.set(reference.insn, why);
        break;
      }
    }
  }
  const target = context.structOps.get(program.name) ?? programTarget(program, kernelTypes);
  const missing = fixups.filter((fixup) => fixup.target === null);
  return { instructions, fds, target, missing, absentCalls };
}

/** `struct bpf_func_info` and `struct bpf_line_info`, include/uapi/linux/bpf.h. */
const FUNC_INFO = 8;
const LINE_INFO = 16;

function functionInfo(program: ProgramSpec): Uint8Array {
  if (program.functions.some((f) => f.type === 0)) return new Uint8Array();
  return new Uint8Array(new Uint32Array(program.functions.flatMap((f) => [f.insn, f.type])).buffer);
}

function lineInfo(program: ProgramSpec): Uint8Array {
  const words = program.lines.flatMap((l) => [
    l.insn,
    l.fileOffset,
    l.textOffset,
    (l.line << 10) | Math.min(l.column, 1023),
  ]);
  return new Uint8Array(new Uint32Array(words).buffer);
}
