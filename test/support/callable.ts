import { type ProgramType, programTypes, readKernelBtf } from "@tsbpfc/loader";
import { kfuncs as known } from "@tsbpfc/stdlib/tables";
import { helpers } from "../../runtime/src/features/helpers.generated.js";
import { Struct } from "../../runtime/src/sys/attr.js";
import { bpf, cText } from "../../runtime/src/sys/bpf.js";
import { kernel } from "../../runtime/src/sys/kernel.js";

/** What programs of each type may call on a kernel, as its verifier says. */
export interface Callable {
  /** Program types that the kernel has, and gives to root here. */
  readonly asked: readonly string[];
  /** Program types by the helper that they may call. */
  readonly helpers: Readonly<Record<string, readonly string[]>>;
  /** Helpers that some program type may call only under a license that is compatible with the GPL. */
  readonly gplOnly: readonly string[];
  /** Program types by the kernel's function (kfunc) that they may call, of those in the kernel itself. */
  readonly kfuncs: Readonly<Record<string, readonly string[]>>;
  /** Functions for programs that its BTF has, and that no program of these types may call (struct_ops programs may). */
  readonly otherKfuncs: readonly string[];
}

/** A way to load a program of a type: helpers may depend on where it is to be attached. */
interface Variant {
  /** `enum bpf_attach_type`, include/uapi/linux/bpf.h. */
  readonly attach: number;
  readonly isSleepable?: true;
  /** What of the kernel's types it is loaded for. */
  readonly target?: readonly [name: string, kind: "func" | "typedef" | "struct"];
}
const at = (...attach: number[]): readonly Variant[] => attach.map((each) => ({ attach: each }));

const variants: Readonly<Partial<Record<ProgramType, readonly Variant[]>>> = {
  socket_filter: at(0),
  kprobe: at(0, 42, 56),
  sched_cls: at(0),
  sched_act: at(0),
  tracepoint: at(0),
  xdp: at(37),
  perf_event: at(0),
  cgroup_skb: at(0, 1),
  cgroup_sock: at(2, 12, 13, 34),
  lwt_in: at(0),
  lwt_out: at(0),
  lwt_xmit: at(0),
  sock_ops: at(3),
  sk_skb: at(4, 5, 38),
  cgroup_device: at(6),
  sk_msg: at(7),
  raw_tracepoint: at(0),
  cgroup_sock_addr: at(8, 9, 10, 11, 14, 15, 19, 20, 29, 30, 31, 32, 49, 50, 51, 52, 53),
  lwt_seg6local: at(0),
  sk_reuseport: at(39, 40),
  flow_dissector: at(17),
  cgroup_sysctl: at(18),
  raw_tracepoint_writable: at(0),
  cgroup_sockopt: at(21, 22),
  tracing: [
    { attach: 23, target: ["btf_trace_sched_switch", "typedef"] },
    { attach: 24, target: ["bpf_fentry_test1", "func"] },
    { attach: 25, target: ["bpf_fentry_test1", "func"] },
    { attach: 28, target: ["bpf_iter_task", "func"], isSleepable: true },
  ],
  lsm: [{ attach: 27, target: ["bpf_lsm_file_open", "func"] }],
  sk_lookup: at(36),
  syscall: [{ attach: 0, isSleepable: true }],
  netfilter: at(45),
};

const BPF_F_SLEEPABLE = 1 << 4;
/** `bpf_ktime_get_ns`, which every program type may call, and any license. */
const ANY_HELPER = 5;
const BPF_PSEUDO_KFUNC_CALL = 2;
/** Kept: its address goes into the attributes. */
const log = new Uint8Array(16_384);

/** A call, whatever the registers hold, and the end. */
function callOf(number: number, pseudo = 0): Uint8Array {
  const insns = new Uint8Array(24);
  const view = new DataView(insns.buffer);
  view.setUint8(0, 0x85); // call
  view.setUint8(1, pseudo << 4);
  view.setInt32(4, number, true);
  view.setUint8(8, 0xb7); // r0 = 0
  view.setUint8(16, 0x95); // exit
  return insns;
}

let parsed: ReturnType<typeof readKernelBtf> | null = null;
function kernelTypes(): ReturnType<typeof readKernelBtf> {
  parsed ??= readKernelBtf();
  return parsed;
}

/** What the verifier says to a program; null if it takes it. */
function verdict(type: ProgramType, variant: Variant, insns: Uint8Array, license = "GPL"): string | null {
  const k = kernel();
  const licenseText = cText(license);
  const target = variant.target && kernelTypes().find(variant.target[0], [variant.target[1]])[0];
  log[0] = 0;
  const attr = new Struct("programLoad", {
    prog_type: programTypes[type],
    insn_cnt: insns.length / 8,
    insns: k.address(insns),
    license: k.address(licenseText),
    log_level: 1,
    log_size: log.length,
    log_buf: k.address(log),
    prog_flags: variant.isSleepable ? BPF_F_SLEEPABLE : 0,
    expected_attach_type: variant.attach,
    ...(target === undefined ? {} : { attach_btf_id: target }),
  });
  const fd = bpf(k, "BPF_PROG_LOAD", attr.bytes);
  if (fd < 0) return new TextDecoder().decode(log.subarray(0, log.indexOf(0)));
  k.close(fd);
  return null;
}

/** What else the verifier says, it has found the function: the arguments are none. */
const noHelper = /cannot use helper|unknown func|invalid func/;
/**
 * The first with its beginning, for Linux 7.3 explains other refusals with the same words. The last: BTF has the body of
 * a function with an implicit argument too (`bpf_wq_set_callback_impl`, Linux 7.0), which is no symbol.
 */
const noKfunc =
  /calling kernel function \S+ is not allowed|kernel function calls? (is|are) not|cannot find address for kernel function/;

/** Whether what a program of the type may call does not depend on where it is to be attached. */
export const hasOneWay = (type: ProgramType): boolean => variants[type]?.length === 1;

/** Ways of a type that this kernel has. */
export const usable = (type: ProgramType): readonly Variant[] =>
  (variants[type] ?? []).filter((variant) => {
    const said = verdict(type, variant, callOf(ANY_HELPER));
    return said === null || said.includes("call ");
  });

export function mayCallHelper(type: ProgramType, ways: readonly Variant[], id: number): boolean {
  return ways.some((way) => !noHelper.test(verdict(type, way, callOf(id)) ?? ""));
}

/** False also for a function that the kernel itself has not; it may be a module's. */
export function mayCallKfunc(type: ProgramType, ways: readonly Variant[], name: string): boolean {
  const [id] = kernelTypes().find(name, ["func"]);
  if (id === undefined) return false;
  return ways.some((way) => {
    const said = verdict(type, way, callOf(id, BPF_PSEUDO_KFUNC_CALL));
    return said === null || (said !== "" && !noKfunc.test(said));
  });
}

/** Kernel functions that BTF marks for programs: by pahole 1.27 and later, which kernels before 6.10 were not made with. */
function markedKfuncs(): readonly string[] {
  const btf = kernelTypes();
  const names = btf.find("bpf_kfunc", ["decl_tag"]).flatMap((id) => {
    const tag = btf.type(id);
    return tag.kind === "decl_tag" ? [btf.name(tag.type)] : [];
  });
  return [...new Set(names)].sort();
}

/** Asks the running kernel for all helpers, and for those of its own functions that it or the table knows. */
export function callable(): Callable {
  const marked = markedKfuncs();
  const kfuncs = [...new Set([...marked, ...Object.keys(known)])].sort();
  const asked: string[] = [];
  const gplOnly = new Set<string>();
  const found: Record<"helpers" | "kfuncs", Record<string, string[]>> = { helpers: {}, kfuncs: {} };
  const add = (to: Record<string, string[]>, name: string, type: string): void => {
    to[name] = [...(to[name] ?? []), type];
  };
  for (const type of Object.keys(variants) as readonly ProgramType[]) {
    const ways = usable(type);
    if (ways.length === 0) continue;
    asked.push(type);
    for (const [name, [id]] of Object.entries(helpers)) {
      if (!mayCallHelper(type, ways, id)) continue;
      add(found.helpers, name, type);
      if (ways.some((way) => /GPL-restricted/.test(verdict(type, way, callOf(id), "Proprietary") ?? "")))
        gplOnly.add(name);
    }
    for (const name of kfuncs) if (mayCallKfunc(type, ways, name)) add(found.kfuncs, name, type);
  }
  const otherKfuncs = marked.filter((name) => found.kfuncs[name] === undefined);
  return { asked, ...found, gplOnly: [...gplOnly].sort(), otherKfuncs };
}
