// The C twin of test/samples/ratelimit.bpf.ts: same maps, same logic, as a libbpf user writes it.
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define ETH_P_IP 0x0800
#define TC_ACT_OK 0
#define TC_ACT_SHOT 2

struct rate_bucket {
	struct bpf_spin_lock lock;
	__u64 tokens;
	__u64 updated_ns;
	__u64 dropped;
};

const volatile __u64 bytes_per_second = 1000000;
const volatile __u64 burst = 100000;

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct rate_bucket);
} buckets SEC(".maps");

SEC("tcx/egress")
int shape(struct __sk_buff *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return TC_ACT_OK;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end)
		return TC_ACT_OK;

	__u32 saddr = ip->saddr;
	struct rate_bucket *bucket = bpf_map_lookup_elem(&buckets, &saddr);
	if (!bucket) {
		struct rate_bucket fresh = {};
		fresh.tokens = burst;
		fresh.updated_ns = bpf_ktime_get_ns();
		bpf_map_update_elem(&buckets, &saddr, &fresh, BPF_ANY);
		return TC_ACT_OK;
	}

	__u64 now = bpf_ktime_get_ns();
	__u64 cost = ctx->len;
	bool allowed = false;
	bpf_spin_lock(&bucket->lock);
	__u64 earned = (now - bucket->updated_ns) * bytes_per_second / 1000000000;
	__u64 tokens = bucket->tokens + earned;
	if (tokens > burst)
		tokens = burst;
	if (tokens >= cost) {
		tokens -= cost;
		allowed = true;
	} else {
		bucket->dropped += 1;
	}
	bucket->tokens = tokens;
	bucket->updated_ns = now;
	bpf_spin_unlock(&bucket->lock);
	return allowed ? TC_ACT_OK : TC_ACT_SHOT;
}

char LICENSE[] SEC("license") = "GPL";
