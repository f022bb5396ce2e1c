/**
 * The fields of the kernel's that programs of struct_ops may assign to, by the struct whose operations they are
 * (`tcp_congestion_ops`), then by the struct that a field is declared in. A dot leads into a part without a name of
 * its own. Of an array the elements are meant.
 *
 * Sources: `bpf_tcp_ca_btf_struct_access` (net/ipv4/bpf_tcp_ca.c): all of them lie in a `tcp_sock`, which is what an
 * argument `struct sock *` is there; `bpf_scx_btf_struct_access` (kernel/sched/ext.c): in a `task_struct`, as `scx`.
 * Older kernels allow fewer: the verifier then says which one it refuses.
 */
export const kernelWrites: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  tcp_congestion_ops: {
    tcp_sock: ["snd_cwnd", "snd_cwnd_cnt", "snd_cwnd_stamp", "snd_ssthresh", "ecn_flags", "app_limited"],
    inet_connection_sock: ["icsk_ca_priv", "icsk_ack.pending"],
    sock: ["sk_pacing_rate", "sk_pacing_status"],
  },
  sched_ext_ops: {
    sched_ext_entity: ["slice", "dsq_vtime", "disallow"],
  },
};

/** Which operations' programs may assign to a field of a struct. Empty for most. */
export const operationsWriting = (struct: string, field: string): readonly string[] =>
  Object.entries(kernelWrites)
    .filter(([, structs]) => Object.hasOwn(structs, struct) && structs[struct]?.includes(field))
    .map(([operations]) => operations);
