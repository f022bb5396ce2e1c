// Contexts that lead to kernel types. T is the kernel's type as the probe's `vmlinux` module declares it.
import type { ptr, u32 } from "./types.js";
import type {
  bpf_iter_meta,
  bpf_link,
  bpf_map,
  bpf_prog,
  cgroup,
  dma_buf,
  fib6_info,
  file,
  kallsym_iter,
  kmem_cache,
  netlink_sock,
  nf_hook_state,
  sk_buff,
  sock,
  sock_common,
  task_struct,
  udp_sock,
  unix_sock,
  vm_area_struct,
} from "./vmlinux.js";

/** What every iterator's context begins with. After the last object the program runs once more, with null. */
export declare class IterCtx {
  readonly meta: ptr<bpf_iter_meta>;
}
/** `iter/task`. Linux 5.8. */
export declare class IterTask<T = task_struct> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly task: ptr<T> | null;
}
/** `iter/task_file`: each open file of each task. Linux 5.8. */
export declare class IterTaskFile<T = task_struct, F = file> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly task: ptr<T> | null;
  readonly fd: u32;
  readonly file: ptr<F> | null;
}
/** `iter/task_vma`: each mapping of each task. Linux 5.12. */
export declare class IterTaskVma<T = task_struct, V = vm_area_struct> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly task: ptr<T> | null;
  readonly vma: ptr<V> | null;
}
/** `iter/bpf_map`. Linux 5.8. */
export declare class IterBpfMap<M = bpf_map> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly map: ptr<M> | null;
}
/** `iter/bpf_map_elem`: each entry of one map; `cast` key and value. Linux 5.9. */
export declare class IterBpfMapElem<K = u32, V = u32, M = bpf_map> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly map: ptr<M> | null;
  readonly key: ptr<K> | null;
  readonly value: ptr<V> | null;
}
/** `iter/bpf_sk_storage_map`. Linux 5.9. */
export declare class IterSkStorageMap<V = u32, S = sock, M = bpf_map> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly map: ptr<M> | null;
  readonly sk: ptr<S> | null;
  readonly value: ptr<V> | null;
}
/** `iter/sockmap`. Linux 5.10. */
export declare class IterSockMap<K = u32, S = sock, M = bpf_map> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly map: ptr<M> | null;
  readonly key: ptr<K> | null;
  readonly sk: ptr<S> | null;
}
/** `iter/bpf_prog`. Linux 5.9. */
export declare class IterBpfProg<P = bpf_prog> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly prog: ptr<P> | null;
}
/** `iter/bpf_link`. Linux 5.19. */
export declare class IterBpfLink<L = bpf_link> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly link: ptr<L> | null;
}
/** `iter/tcp`: T is `sock_common`. Linux 5.9. */
export declare class IterTcp<T = sock_common> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly sk_common: ptr<T> | null;
  readonly uid: u32;
}
/** `iter/udp`: T is `udp_sock`. Linux 5.9. */
export declare class IterUdp<T = udp_sock> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly udp_sk: ptr<T> | null;
  readonly uid: u32;
  readonly bucket: u32;
}
/** `iter/unix`: T is `unix_sock`. Linux 5.15. */
export declare class IterUnix<T = unix_sock> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly unix_sk: ptr<T> | null;
  readonly uid: u32;
}
/** `iter/netlink`: T is `netlink_sock`. Linux 5.8. */
export declare class IterNetlink<T = netlink_sock> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly sk: ptr<T> | null;
}
/** `iter/ipv6_route`: T is `fib6_info`. Linux 5.8. */
export declare class IterIpv6Route<T = fib6_info> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly rt: ptr<T> | null;
}
/** `iter/cgroup`: T is `cgroup`. Linux 6.1. */
export declare class IterCgroup<T = cgroup> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly cgroup: ptr<T> | null;
}
/** `iter/ksym`: T is `kallsym_iter`. Linux 6.0. */
export declare class IterKsym<T = kallsym_iter> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly ksym: ptr<T> | null;
}
/** `iter/kmem_cache`: T is `kmem_cache`. Linux 6.13. */
export declare class IterKmemCache<T = kmem_cache> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly s: ptr<T> | null;
}
/** `iter/dmabuf`: T is `dma_buf`. Linux 6.16. */
export declare class IterDmabuf<T = dma_buf> {
  readonly meta: ptr<bpf_iter_meta>;
  readonly dmabuf: ptr<T> | null;
}

/** `struct bpf_nf_ctx`: S is `nf_hook_state`, B is `sk_buff`. Linux 6.4. */
export declare class NetfilterCtx<S = nf_hook_state, B = sk_buff> {
  readonly state: ptr<S>;
  readonly skb: ptr<B>;
}

export {};
