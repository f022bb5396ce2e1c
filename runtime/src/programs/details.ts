import { type ProgramType, programTypeName } from "@tsbpfc/loader";
import { bpfCommand, fdinfoNumber, objectInfo } from "../sys/bpf.js";
import { SyscallError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";

/** What the kernel tells of a program. */
export interface ProgramInfo {
  readonly id: number;
  /** As the kernel keeps it: 15 bytes at most. */
  readonly name: string;
  /** Null for a type that is newer than this version of tsbpfc. */
  readonly type: ProgramType | null;
  /** Hash of the instructions, 16 hexadecimal digits. */
  readonly tag: string;
  /** Bytes after the verifier, and of machine code. */
  readonly xlatedSize: number;
  readonly jitedSize: number;
  /** Instructions that the verifier went through, over all paths. Linux 5.16, else 0. */
  readonly verifiedInstructions: number;
  /** Nanoseconds from the machine's start to the load. Linux 4.15. */
  readonly loadTimeNs: bigint;
  /** User that loaded it. Linux 4.15. */
  readonly userId: number;
  /** Numbers of the maps that it uses. Linux 4.15. */
  readonly mapIds: readonly number[];
  /** Number of its BTF (`btfById`); 0 without. Linux 5.0. */
  readonly btfId: number;
  /** What it is for, if that is a function: a type of this BTF, 0 if none. Linux 6.0. */
  readonly attachBtf: { readonly objectId: number; readonly typeId: number };
  /** Bytes of memory that it takes; null if /proc does not tell. Linux 4.10. */
  readonly memory: number | null;
}

/** What a program's runs took, while somebody had statistics on. */
export interface ProgramStats {
  readonly runs: bigint;
  readonly nanoseconds: bigint;
  /** Runs that were left out because the program ran already on that CPU. Linux 5.12, else 0. */
  readonly recursionMisses: bigint;
}

/** `xlated`: the instructions after the verifier, 8 bytes each. `jited`: the machine code. */
export type ProgramCode = "xlated" | "jited";

/** Linux 4.13. @throws SyscallError */
export function programInfo(fd: number, label: string): ProgramInfo {
  const info = objectInfo(fd, "programInfo", label);
  return {
    id: info.number("id"),
    name: info.text("name"),
    type: programTypeName(info.number("type")),
    tag: info.hex("tag"),
    xlatedSize: info.number("xlated_prog_len"),
    jitedSize: info.number("jited_prog_len"),
    verifiedInstructions: info.number("verified_insns"),
    loadTimeNs: info.bigint("load_time"),
    userId: info.number("created_by_uid"),
    mapIds: mapIds(fd, info.number("nr_map_ids"), label),
    btfId: info.number("btf_id"),
    attachBtf: { objectId: info.number("attach_btf_obj_id"), typeId: info.number("attach_btf_id") },
    memory: fdinfoNumber(fd, "memlock"),
  };
}

/** Linux 5.1; zeroes as long as nobody has statistics on. @throws SyscallError */
export function programStats(fd: number, label: string): ProgramStats {
  const info = objectInfo(fd, "programInfo", label);
  return {
    runs: info.bigint("run_cnt"),
    nanoseconds: info.bigint("run_time_ns"),
    recursionMisses: info.bigint("recursion_misses"),
  };
}

/**
 * A program's code. The kernel shows it to those who may see its addresses, and gives nothing to others.
 *
 * @throws SyscallError EPERM where `kernel.kptr_restrict` or a missing capability hides it
 */
export function programCode(fd: number, which: ProgramCode, label: string): Uint8Array {
  const size = objectInfo(fd, "programInfo", label).number(`${which}_prog_len`);
  const code = new Uint8Array(size);
  const info = objectInfo(fd, "programInfo", label, {
    [`${which}_prog_len`]: size,
    [`${which}_prog_insns`]: kernel().address(code),
  });
  // The kernel sets the address to zero where it has not written (kernel: `bpf_prog_get_info_by_fd`).
  if (size > 0 && info.bigint(`${which}_prog_insns`) === 0n)
    throw new SyscallError("bpf(BPF_OBJ_GET_INFO_BY_FD)", EPERM, label, hidden);
  return code;
}

const EPERM = 1;
const hidden =
  "The kernel hides this program's code: it wants CAP_PERFMON and CAP_SYS_ADMIN, kernel.kptr_restrict below 2, and for machine code a JIT without hardening.";

function mapIds(fd: number, count: number, label: string): readonly number[] {
  if (count === 0) return [];
  const ids = new Uint32Array(count);
  objectInfo(fd, "programInfo", label, {
    nr_map_ids: count,
    map_ids: kernel().address(new Uint8Array(ids.buffer)),
  });
  return [...ids];
}

/** The kernel counts runs and their time, of all programs, until this is closed: some nanoseconds for each run. */
export class RunStatistics {
  #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  close(): void {
    if (this.#fd < 0) return;
    kernel().close(this.#fd);
    this.#fd = -1;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

const BPF_STATS_RUN_TIME = 0;

/** Turns on what `Program.stats()` shows, for as long as what it gives is open. Linux 5.8. @throws SyscallError */
export function enableRunStatistics(): RunStatistics {
  const hint = "It needs CAP_SYS_ADMIN, and Linux 5.8; before, `sysctl kernel.bpf_stats_enabled=1`.";
  return new RunStatistics(
    bpfCommand("BPF_ENABLE_STATS", "enableStats", { type: BPF_STATS_RUN_TIME }, "run statistics", hint),
  );
}
