// What the soak attaches again and again, and what fills its ring buffer.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u64 sequence;
	__u64 time;
	char comm[16];
};
struct event *unused_event __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} ring SEC(".maps") __attribute__((btf_decl_tag("tsbpfc:record=event")));

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} sockets SEC(".maps");

/* Reserves that were tried, and those that found no room: the sequence counts both. */
__u64 tried = 0;
__u64 refused = 0;

static long emit(__u32 index, void *unused)
{
	__u64 sequence = tried++;
	struct event *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);
	if (!e) {
		refused++;
		return 0;
	}
	e->sequence = sequence;
	e->time = bpf_ktime_get_ns();
	__builtin_memcpy(e->comm, "a-process-name\0", 16);
	bpf_ringbuf_submit(e, 0);
	return 0;
}

struct args {
	__u32 count;
};

/* One caller at a time: the counters are plain. */
SEC("syscall")
int fill(struct args *ctx)
{
	return bpf_loop(ctx->count, emit, 0, 0);
}

/* Nothing is to change for those whom a hook serves: each says "go on". */
#define GOES_ON(section, name, verdict) \
	SEC(section) int name(void *ctx) \
	{ \
		return verdict; \
	}

GOES_ON("tracepoint/syscalls/sys_enter_getpgid", on_tracepoint, 0)
GOES_ON("raw_tp/task_rename", on_raw_tracepoint, 0)
GOES_ON("tp_btf/task_rename", on_typed_tracepoint, 0)
GOES_ON("uprobe", on_uprobe, 0)
GOES_ON("uretprobe", on_uretprobe, 0)
GOES_ON("?uprobe.multi", on_uprobe_multi, 0)
GOES_ON("perf_event", on_perf_event, 0)
GOES_ON("iter/task", on_iterator, 0)
GOES_ON("?tcx/ingress", on_tcx, -1)
GOES_ON("tc", on_tc_filter, -1)
GOES_ON("xdp", on_xdp, 2)
GOES_ON("cgroup/connect4", on_connect4, 1)
GOES_ON("cgroup_skb/egress", on_egress, 1)
GOES_ON("sk_lookup", on_lookup, 1)
GOES_ON("sk_skb/stream_verdict", on_verdict, 1)

char LICENSE[] SEC("license") = "GPL";
