// The C twin of test/samples/tcpconnect.bpf.ts: same maps, same logic, as a libbpf user writes it.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define AF_INET 2
#define AF_INET6 10

union address {
	__u32 v4;
	__u8 v6[16];
};

struct connect_event {
	union address saddr;
	union address daddr;
	char comm[16];
	__u64 delta_us;
	__u32 pid;
	__u16 family;
	__u16 dport;
};

struct start {
	char comm[16];
	__u64 ts;
	__u32 pid;
};

const volatile __u64 min_us = 0;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, struct start);
} starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} events SEC(".maps");

static int begin(struct sock *sk)
{
	struct start start = {};
	__u64 key = (__u64)sk;
	start.pid = bpf_get_current_pid_tgid() >> 32;
	start.ts = bpf_ktime_get_ns();
	bpf_get_current_comm(start.comm, sizeof(start.comm));
	bpf_map_update_elem(&starts, &key, &start, BPF_ANY);
	return 0;
}

SEC("kprobe/tcp_v4_connect")
int BPF_KPROBE(connect4, struct sock *sk)
{
	return begin(sk);
}

SEC("kprobe/tcp_v6_connect")
int BPF_KPROBE(connect6, struct sock *sk)
{
	return begin(sk);
}

SEC("kprobe/tcp_rcv_state_process")
int BPF_KPROBE(received, struct sock *sk)
{
	__u64 key = (__u64)sk;
	struct start *start = bpf_map_lookup_elem(&starts, &key);
	if (!start)
		return 0;

	__u64 delta_us = (bpf_ktime_get_ns() - start->ts) / 1000;
	if (delta_us >= min_us) {
		struct connect_event event = {};
		event.delta_us = delta_us;
		event.pid = start->pid;
		__builtin_memcpy(event.comm, start->comm, sizeof(event.comm));
		event.family = BPF_CORE_READ(sk, __sk_common.skc_family);
		event.dport = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
		if (event.family == AF_INET) {
			event.saddr.v4 = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
			event.daddr.v4 = BPF_CORE_READ(sk, __sk_common.skc_daddr);
		} else if (event.family == AF_INET6 && bpf_core_field_exists(sk->__sk_common.skc_v6_daddr)) {
			BPF_CORE_READ_INTO(&event.saddr.v6, sk, __sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
			BPF_CORE_READ_INTO(&event.daddr.v6, sk, __sk_common.skc_v6_daddr.in6_u.u6_addr8);
		}
		bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &event, sizeof(event));
	}
	bpf_map_delete_elem(&starts, &key);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
