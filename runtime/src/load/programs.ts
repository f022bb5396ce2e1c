import {
  applyCore,
  attachTypes,
  type Btf,
  type CollectionSpec,
  Instructions,
  type ProgramSpec,
  programTypes,
} from "@tsbpfc/loader";
import { Struct } from "../sys/attr.js";
import { bpf, cText } from "../sys/bpf.js";
import { errno, UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import type { LoadedBtf } from "./btf.js";
import { resolveKernelReference } from "./ksyms.js";
import { verifierError } from "./program-error.js";

export interface ProgramContext {
  readonly spec: CollectionSpec;
  readonly btf: LoadedBtf;
  /** Descriptor of a map by name. */
  readonly mapFd: (name: string) => number;
  /** The running kernel's BTF, then its modules'. Read when it is first asked for. */
  readonly kernelBtfs: () => readonly Btf[];
  /** Address of a kernel symbol by name. */
  readonly address: (name: string) => bigint | undefined;
}

/** The verifier's log: branches and states, as clang's users know it. */
const LOG_LEVEL = 1;
const FIRST_LOG = 64 * 1024;
/** Kernel: `bpf_verifier_log_attr_valid` takes up to UINT_MAX >> 2. */
const LARGEST_LOG = 256 * 1024 * 1024;

/** Gives a program to the kernel: its descriptor. @throws VerifierError, UsageError */
export function loadProgram(program: ProgramSpec, context: ProgramContext): number {
  const instructions = relocated(program, context);
  const first = attempt(program, instructions, context, null);
  if (first >= 0) return first;
  // The log costs time, so that only a failed load has one. It grows until all of it fits.
  for (let size = FIRST_LOG; ; size *= 4) {
    const log = new Uint8Array(size);
    const result = attempt(program, instructions, context, log);
    if (result >= 0) return result;
    if (result === -errno.ENOSPC && size < LARGEST_LOG) continue;
    const end = log.indexOf(0);
    throw verifierError(
      program,
      -first,
      new TextDecoder().decode(log.subarray(0, end < 0 ? log.length : end)),
    );
  }
}

function attempt(
  program: ProgramSpec,
  instructions: Uint8Array,
  context: ProgramContext,
  log: Uint8Array | null,
): number {
  const k = kernel();
  const license = cText(context.spec.license);
  const attr = new Struct("programLoad", {
    prog_type: programTypes[program.type],
    insn_cnt: instructions.length / 8,
    insns: k.address(instructions),
    license: k.address(license),
    prog_name: program.name.replace(/[^A-Za-z0-9_.]/g, "_").slice(0, 15),
    prog_flags: program.flags,
    expected_attach_type: program.expectedAttachType === null ? 0 : attachTypes[program.expectedAttachType],
  });
  const target = attachTarget(program, context);
  if (target !== 0) attr.set("attach_btf_id", target);
  if (log) {
    attr.set("log_level", LOG_LEVEL);
    attr.set("log_size", log.length);
    attr.set("log_buf", k.address(log));
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
  return bpf(k, "BPF_PROG_LOAD", attr.bytes);
}

/** Instructions with kernel offsets and map descriptors filled in. */
function relocated(program: ProgramSpec, context: ProgramContext): Uint8Array {
  const { spec } = context;
  const needsCore = program.coreRelocations.length > 0 && spec.btf !== null;
  const bytes =
    needsCore && spec.btf ? applyCore(program, spec.btf, context.kernelBtfs()) : program.instructions.slice();
  const insns = new Instructions(bytes, spec.endian);
  for (const reference of program.references) {
    switch (reference.kind) {
      case "map":
      case "mapValue":
        insns.setImm(reference.insn, context.mapFd(reference.map));
        break;
      case "function":
        break; // resolved in the spec
      case "kfunc":
      case "ksym":
        resolveKernelReference(insns, reference, { ...context, btf: spec.btf }, `program '${program.name}'`);
        break;
    }
  }
  return bytes;
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

/** What a BTF-typed hook attaches to is named at load: a BTF id of the kernel. */
function attachTarget(program: ProgramSpec, context: ProgramContext): number {
  const attach = program.expectedAttachType;
  const kind = attach === null ? undefined : btfTargets[attach];
  if (!kind || program.attachTo === "") return 0;
  const name = `${kind.prefix}${program.attachTo}`;
  for (const btf of context.kernelBtfs()) {
    const [id] = btf.find(name, [kind.type]);
    if (id !== undefined) return id;
  }
  throw new UsageError(
    "unsupported",
    `program '${program.name}': this kernel has no ${kind.what} '${program.attachTo}'`,
  );
}

/** How the kernel's BTF names the targets (libbpf: `btf_get_kernel_prefix_kind`). */
const btfTargets: Partial<
  Record<string, { readonly prefix: string; readonly type: "func" | "typedef"; readonly what: string }>
> = {
  trace_raw_tp: { prefix: "btf_trace_", type: "typedef", what: "tracepoint" },
  trace_fentry: { prefix: "", type: "func", what: "function" },
  trace_fexit: { prefix: "", type: "func", what: "function" },
  modify_return: { prefix: "", type: "func", what: "function" },
  lsm_mac: { prefix: "bpf_lsm_", type: "func", what: "LSM hook" },
  lsm_cgroup: { prefix: "bpf_lsm_", type: "func", what: "LSM hook" },
  trace_iter: { prefix: "bpf_iter_", type: "func", what: "iterator" },
};
