import type { SkAction, TcAction, XdpAction } from "./constants.js";
import type {
  BpfSock,
  CgroupDevice,
  CgroupSysctl,
  LircSample,
  LsmCtx,
  PerfEventCtx,
  PtRegs,
  RawTracepoint,
  SkBuff,
  SkLookup,
  SkMsg,
  SkReuseport,
  SockAddr,
  SockOps,
  SockOpt,
  StructOpsCtx,
  TracingCtx,
  XdpMd,
} from "./contexts.js";
import type {
  IterBpfLink,
  IterBpfMap,
  IterBpfMapElem,
  IterBpfProg,
  IterCgroup,
  IterCtx,
  IterDmabuf,
  IterIpv6Route,
  IterKmemCache,
  IterKsym,
  IterNetlink,
  IterSkStorageMap,
  IterSockMap,
  IterTask,
  IterTaskFile,
  IterTaskVma,
  IterTcp,
  IterUdp,
  IterUnix,
  NetfilterCtx,
} from "./iterators.js";
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
  flow_dissector: Fn<SkBuff>;
  "cgroup/sock": Fn<BpfSock>;
  "cgroup/sock_create": Fn<BpfSock>;
  "cgroup/sock_release": Fn<BpfSock>;
  "cgroup/post_bind4": Fn<BpfSock>;
  "cgroup/post_bind6": Fn<BpfSock>;
  "cgroup/dev": Fn<CgroupDevice>;
  "cgroup/sysctl": Fn<CgroupSysctl>;
  "cgroup/getsockopt": Fn<SockOpt>;
  "cgroup/setsockopt": Fn<SockOpt>;
  perf_event: Fn<PerfEventCtx>;
  lirc_mode2: Fn<LircSample>;
  netfilter: Fn<NetfilterCtx<any, any>>;
  syscall: Fn<never>;
}

/** `bind`, `connect` … with the address family behind it. */
type SockAddrHook =
  | `${"bind" | "connect" | "getpeername" | "getsockname" | "sendmsg" | "recvmsg"}${"4" | "6"}`
  | `${"connect" | "getpeername" | "getsockname" | "sendmsg" | "recvmsg"}_unix`;

/** Iterators by what they go over; which declaration of a kernel type is meant is up to the probe. */
interface Iterators {
  task: IterTask<any>;
  task_file: IterTaskFile<any, any>;
  task_vma: IterTaskVma<any, any>;
  bpf_map: IterBpfMap<any>;
  bpf_map_elem: IterBpfMapElem<any, any, any>;
  bpf_sk_storage_map: IterSkStorageMap<any, any, any>;
  bpf_prog: IterBpfProg<any>;
  bpf_link: IterBpfLink<any>;
  tcp: IterTcp<any>;
  udp: IterUdp<any>;
  unix: IterUnix<any>;
  netlink: IterNetlink<any>;
  ipv6_route: IterIpv6Route<any>;
  sockmap: IterSockMap<any, any, any>;
  cgroup: IterCgroup<any>;
  ksym: IterKsym<any>;
  kmem_cache: IterKmemCache<any>;
  dmabuf: IterDmabuf<any>;
}

type Sleepable<S extends string> = S | `${S}.s`;
type Tp = Sleepable<"tracepoint" | "tp">;
type RawTp = `${"raw_tp" | "raw_tracepoint"}${"" | ".w" | ".s"}`;
/** Hooks whose context is the registers; bare, they are attached by hand. */
type Probe =
  | Sleepable<"kprobe" | "kretprobe" | "uprobe" | "uretprobe">
  | `${"kprobe" | "kretprobe"}.multi`
  | "kprobe.session"
  | Sleepable<"uprobe.multi" | "uretprobe.multi" | "uprobe.session">
  | "ksyscall"
  | "kretsyscall"
  | Sleepable<"usdt">;
type Tracing =
  | Sleepable<"fentry" | "fexit" | "fmod_ret" | "fsession" | "tp_btf">
  | Sleepable<`${"fentry" | "fexit" | "fsession"}.multi`>;
/** Called as the function whose place it takes. */
type Replacing = Sleepable<"freplace">;
type Lsm = Sleepable<"lsm"> | "lsm_cgroup";
type Iter = Sleepable<"iter">;
type Ops = Sleepable<"struct_ops">;

/** `hook` alone or `hook/target`. */
type Hook<H extends string> = H | `${H}/${string}`;
type Plain =
  | keyof Exact
  | `cgroup/${SockAddrHook}`
  | `tracepoint/${keyof Tracepoints & string}`
  | Tp
  | `${Tp}/${string}/${string}`
  | `${Iter}/${keyof Iterators}`
  | Hook<Probe | Tracing | Replacing | Lsm | RawTp | Iter | Ops>;

/** Every section that libbpf knows (libbpf.c: `section_defs`); `?` in front leaves the program out of a load. */
export type SectionName = Plain | `?${string}`;

/** What a method in this section has to be. */
export type ProgramOf<S extends string> = S extends `?${infer R}`
  ? R extends Plain
    ? ProgramOf<R>
    : never
  : S extends keyof Exact
    ? Exact[S]
    : S extends `cgroup/${SockAddrHook}`
      ? Fn<SockAddr>
      : S extends `${Tp}/${infer N}`
        ? Fn<Tracepoint<N>>
        : S extends Tp
          ? Fn<never>
          : S extends Hook<RawTp>
            ? FnWithArgs<RawTracepoint>
            : S extends Hook<Lsm>
              ? FnWithArgs<LsmCtx>
              : S extends Hook<Tracing>
                ? FnWithArgs<TracingCtx, i32 | void>
                : S extends `${Iter}/${infer K}`
                  ? Fn<K extends keyof Iterators ? Iterators[K] : IterCtx>
                  : S extends Iter
                    ? Fn<never>
                    : S extends Hook<Replacing>
                      ? (...args: Args) => unknown
                      : S extends Hook<Ops>
                        ? FnWithArgs<StructOpsCtx, unknown>
                        : FnWithArgs<PtRegs>;

export {};
