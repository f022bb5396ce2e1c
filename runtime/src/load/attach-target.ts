import { type AttachType, Btf, type ProgramSpec, type ProgramType } from "@tsbpfc/loader";
import { btfById } from "../inspect/btf.js";
import { multiTarget } from "../links/multi-target.js";
import { didYouMean } from "../links/near-names.js";
import { objectInfo } from "../sys/bpf.js";
import { UsageError } from "../sys/errors.js";
import type { KernelTypes } from "./kernel-types.js";

/** What a program is for, as program load wants it. */
export interface BtfTarget {
  /** `attach_btf_id`; 0: nothing. */
  readonly id: number;
  /** `attach_btf_obj_fd` of a module, or `attach_prog_fd` of a BPF program; 0: the kernel itself. */
  readonly fd: number;
}

/** How BTF names what such a hook attaches to (libbpf: `btf_get_kernel_prefix_kind`). */
interface Naming {
  readonly prefix: string;
  readonly type: "func" | "typedef";
  readonly what: string;
}

const functions: Naming = { prefix: "", type: "func", what: "function" };
const hooks: Naming = { prefix: "bpf_lsm_", type: "func", what: "LSM hook" };

const byAttachType: Partial<Record<AttachType, Naming>> = {
  trace_raw_tp: { prefix: "btf_trace_", type: "typedef", what: "tracepoint" },
  trace_fentry: functions,
  trace_fexit: functions,
  trace_fsession: functions,
  modify_return: functions,
  lsm_mac: hooks,
  lsm_cgroup: hooks,
  trace_iter: { prefix: "bpf_iter_", type: "func", what: "iterator" },
};
const byType: Partial<Record<ProgramType, Naming>> = { ext: functions };

const nothing: BtfTarget = { id: 0, fd: 0 };

/** Of many functions: which ones the link says, but whose they are the program is loaded for. */
const ofMany: ReadonlySet<AttachType> = new Set([
  "trace_fentry_multi",
  "trace_fexit_multi",
  "trace_fsession_multi",
]);

function manyTarget(program: ProgramSpec, types: KernelTypes): BtfTarget {
  const { module } = multiTarget(program.attachTo);
  if (module === null) return nothing;
  const btf = types.module(module);
  if (btf) return { id: 0, fd: types.fdOf(btf) };
  throw new UsageError(
    "unsupported",
    `program '${program.name}': no kernel module '${module}' with BTF is loaded`,
  );
}

/**
 * What a BTF-typed hook attaches to is named at load: a BTF id of the kernel, of a module (Linux 5.11), or of a
 * loaded program (`targetFd`).
 *
 * @throws UsageError `unsupported` if there is no such function; `target-missing` for `freplace` without a program
 */
export function programTarget(program: ProgramSpec, types: KernelTypes): BtfTarget {
  const { expectedAttachType: type, attachTo } = program;
  if (type !== null && ofMany.has(type)) return manyTarget(program, types);
  const naming = (type === null ? undefined : byAttachType[type]) ?? byType[program.type];
  if (program.type === "ext" && program.targetFd === null)
    throw new UsageError(
      "target-missing",
      `program '${program.name}' takes the place of a function of a loaded program: open({ programs: { ${program.name}: { target } } }) says of which`,
    );
  if (!naming || attachTo === "") return nothing;
  if (program.targetFd !== null) return inProgram(program, program.targetFd);
  const name = `${naming.prefix}${attachTo}`;
  for (const btf of types.all()) {
    const [id] = btf.find(name, [naming.type]);
    if (id !== undefined) return { id, fd: types.fdOf(btf) };
  }
  throw new UsageError(
    "unsupported",
    `program '${program.name}': this kernel has no ${naming.what} '${attachTo}'. ${didYouMean(attachTo, namesOf(types, naming))} open({ programs: { ${program.name}: { attachTo } } }) takes another name.`.replace(
      "  ",
      " ",
    ),
  );
}

function* namesOf(types: KernelTypes, { prefix, type }: Naming): Iterable<string> {
  for (const btf of types.all())
    for (const id of btf.ids())
      if (btf.kind(id) === type && btf.name(id).startsWith(prefix)) yield btf.name(id).slice(prefix.length);
}

function inProgram(program: ProgramSpec, fd: number): BtfTarget {
  return { id: functionOf(fd, program.attachTo, `program '${program.name}'`), fd };
}

/** BTF id of a loaded program's function. Linux 5.0. @throws UsageError, SyscallError */
export function functionOf(programFd: number, name: string, label: string): number {
  const btfId = objectInfo(programFd, "programInfo", label).number("btf_id");
  const btf = btfId === 0 ? null : btfOf(btfId, label);
  const [id] = btf?.find(name, ["func"]) ?? [];
  if (id !== undefined) return id;
  throw new UsageError(
    "target-missing",
    btf
      ? `${label}: the target program has no function '${name}'`
      : `${label}: the target program was loaded without BTF: compile it with -g`,
  );
}

function btfOf(id: number, label: string): Btf {
  const found = btfById(id);
  if (found) return Btf.parse(found.bytes);
  throw new UsageError("target-missing", `${label}: the target program's BTF is gone`);
}
