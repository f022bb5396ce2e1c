// The C twin of examples/firewall: same maps, same logic, as a libbpf user writes it.
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86DD

struct ipv4_prefix {
	__u32 prefixlen;
	__be32 addr;
};

struct ipv6_prefix {
	__u32 prefixlen;
	__u8 addr[16];
};

struct verdict {
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct ipv4_prefix);
	__type(value, __u32);
} blocked4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct ipv6_prefix);
	__type(value, __u32);
} blocked6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 5);
	__type(key, __u32);
	__type(value, struct verdict);
} verdicts SEC(".maps");

static int matches4(struct iphdr *ip)
{
	struct ipv4_prefix key = { .prefixlen = 32, .addr = ip->saddr };
	return bpf_map_lookup_elem(&blocked4, &key) != NULL;
}

static int decide(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	if ((void *)(eth + 1) > end)
		return XDP_PASS;
	if (eth->h_proto == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = (void *)(eth + 1);
		if ((void *)(ip + 1) <= end && matches4(ip))
			return XDP_DROP;
	} else if (eth->h_proto == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip6 = (void *)(eth + 1);
		if ((void *)(ip6 + 1) <= end) {
			struct ipv6_prefix key = { .prefixlen = 128 };
			__builtin_memcpy(key.addr, &ip6->saddr, sizeof(key.addr));
			if (bpf_map_lookup_elem(&blocked6, &key))
				return XDP_DROP;
		}
	}
	return XDP_PASS;
}

SEC("xdp")
int filter(struct xdp_md *ctx)
{
	__u32 action = decide(ctx);
	struct verdict *verdict = bpf_map_lookup_elem(&verdicts, &action);
	if (verdict) {
		verdict->packets += 1;
		verdict->bytes += ctx->data_end - ctx->data;
	}
	return action;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
