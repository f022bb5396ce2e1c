import type {
  CgroupDevice, CgroupSysctl, FlowDissectorCtx, IterCtx, IterTask, LircCtx, LsmCtx, NetfilterCtx, PerfEventCtx, PtRegs, RawTracepointCtx,
  SkBuff, SkLookup, SkMsg, SkReuseport, SockAddr, SockCtx, SockOps, SockOpt, StructOpsCtx, SyscallCtx, TracingCtx, XdpMd,
} from "./contexts.js";
import type { SkAction, TcAction, XdpAction } from "./constants.js";
import type { Tracepoint, Tracepoints } from "./tracepoints.js";
import type { i32 } from "./types.js";

/** Arguments after the context: those of the probed function. */
type Args = readonly never[];
type Fn<Ctx, R = i32> = (ctx: Ctx) => R;
type FnWithArgs<Ctx, R = i32> = (ctx: Ctx, ...args: Args) => R;

/** Sections that stand alone, with the function that the kernel calls there. */
interface Exact {
  xdp: Fn<XdpMd, XdpAction>;
  "xdp.frags": Fn<XdpMd, XdpAction>;
  "xdp/devmap": Fn<XdpMd, XdpAction>;
  "xdp/cpumap": Fn<XdpMd, XdpAction>;
  "xdp.frags/devmap": Fn<XdpMd, XdpAction>;
  "xdp.frags/cpumap": Fn<XdpMd, XdpAction>;
  tc: Fn<SkBuff, TcAction | i32>;
  classifier: Fn<SkBuff, TcAction | i32>;
  action: Fn<SkBuff, TcAction | i32>;
  "tc/ingress": Fn<SkBuff, TcAction | i32>;
  "tc/egress": Fn<SkBuff, TcAction | i32>;
  "tcx/ingress": Fn<SkBuff, TcAction | i32>;
  "tcx/egress": Fn<SkBuff, TcAction | i32>;
  "netkit/primary": Fn<SkBuff, TcAction | i32>;
  "netkit/peer": Fn<SkBuff, TcAction | i32>;
  socket: Fn<SkBuff>;
  "cgroup_skb/ingress": Fn<SkBuff>;
  "cgroup_skb/egress": Fn<SkBuff>;
  "cgroup/skb": Fn<SkBuff>;
  lwt_in: Fn<SkBuff>;
  lwt_out: Fn<SkBuff>;
  lwt_xmit: Fn<SkBuff>;
  lwt_seg6local: Fn<SkBuff>;
  "sk_skb/stream_parser": Fn<SkBuff>;
  "sk_skb/stream_verdict": Fn<SkBuff, SkAction | i32>;
  "sk_skb/verdict": Fn<SkBuff, SkAction | i32>;
  sk_skb: Fn<SkBuff, SkAction | i32>;
  sk_msg: Fn<SkMsg, SkAction | i32>;
  sk_lookup: Fn<SkLookup, SkAction | i32>;
  sk_reuseport: Fn<SkReuseport, SkAction | i32>;
  "sk_reuseport/migrate": Fn<SkReuseport, SkAction | i32>;
  sockops: Fn<SockOps>;
  flow_dissector: Fn<FlowDissectorCtx>;
  "cgroup/sock": Fn<SockCtx>;
  "cgroup/sock_create": Fn<SockCtx>;
  "cgroup/sock_release": Fn<SockCtx>;
  "cgroup/post_bind4": Fn<SockCtx>;
  "cgroup/post_bind6": Fn<SockCtx>;
  "cgroup/dev": Fn<CgroupDevice>;
  "cgroup/sysctl": Fn<CgroupSysctl>;
  "cgroup/getsockopt": Fn<SockOpt>;
  "cgroup/setsockopt": Fn<SockOpt>;
  perf_event: Fn<PerfEventCtx>;
  lirc_mode2: Fn<LircCtx>;
  netfilter: Fn<NetfilterCtx>;
  syscall: Fn<SyscallCtx>;
}

/** `bind`, `connect` … with the address family behind it. */
type SockAddrHook =
  | `${"bind" | "connect" | "getpeername" | "getsockname" | "sendmsg" | "recvmsg"}${"4" | "6"}`
  | `${"connect" | "getpeername" | "getsockname" | "sendmsg" | "recvmsg"}_unix`;

type Sleepable<S extends string> = S | `${S}.s`;
type Kprobes = Sleepable<"kprobe" | "kretprobe" | "uprobe" | "uretprobe"> | "ksyscall" | "kretsyscall" | Sleepable<"usdt"> | `${Sleepable<"uprobe" | "uretprobe" | "kprobe" | "kretprobe">}.multi` | `${"kprobe" | "uprobe"}.${"multi" | "session"}` | `${"uprobe" | "uretprobe"}.multi.s` | "uprobe.session.s";
type Tracing = Sleepable<"fentry" | "fexit" | "fmod_ret" | "fsession" | "freplace"> | "tp_btf";

type Plain = keyof Exact
  | "kprobe" | "kretprobe" | "uprobe" | "uretprobe" | "fentry" | "fexit" | "lsm" | "struct_ops" | "raw_tp" | "raw_tracepoint" | "tracepoint" | "tp"
  | `cgroup/${SockAddrHook}`
  | `${"tracepoint" | "tp"}/${keyof Tracepoints & string}`
  | `${"tracepoint" | "tp"}/${string}/${string}`
  | `${Kprobes}/${string}`
  | `${Tracing}/${string}`
  | `${Sleepable<"lsm"> | "lsm_cgroup"}/${string}`
  | `${"raw_tp" | "raw_tracepoint"}${"" | ".w"}/${string}`
  | `${Sleepable<"iter">}/${string}`
  | `${Sleepable<"struct_ops">}/${string}`;

/** Every section that libbpf knows (libbpf.c: `section_defs`); `?` in front leaves the program out of a load. */
export type SectionName = Plain | `?${Plain}`;

/** Contexts of the iterators by what they walk. */
interface Iters {
  task: IterTask;
}

/** What a method in this section has to be. */
export type ProgramOf<S extends string> = S extends `?${infer R}` ? ProgramOf<R>
  : S extends keyof Exact ? Exact[S]
  : S extends `cgroup/${SockAddrHook}` ? Fn<SockAddr>
  : S extends `${"tracepoint" | "tp"}/${infer N}` ? Fn<Tracepoint<N>>
  : S extends `${"raw_tp" | "raw_tracepoint"}${string}` ? FnWithArgs<RawTracepointCtx>
  : S extends `${Sleepable<"lsm"> | "lsm_cgroup"}/${string}` | "lsm" ? FnWithArgs<LsmCtx>
  : S extends `${Tracing}/${string}` | "fentry" | "fexit" ? FnWithArgs<TracingCtx>
  : S extends `${Sleepable<"iter">}/${infer K}` ? (K extends keyof Iters ? Fn<Iters[K]> : Fn<IterCtx<K>>)
  : S extends `${Sleepable<"struct_ops">}/${string}` | "struct_ops" ? (ctx: StructOpsCtx, ...args: Args) => unknown
  : FnWithArgs<PtRegs>;
