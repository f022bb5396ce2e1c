// What both sides work on: a table, and a ring buffer that a program fills with records of 64 bytes.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct event {
	__u64 time;
	__u32 pid;
	__u32 cpu;
	__u64 first;
	__u64 second;
	__u32 flags;
	__u32 length;
	__u64 third;
	char comm[16];
};

struct key {
	__u32 id;
};
struct value {
	__u64 count;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 20000);
	__type(key, struct key);
	__type(value, struct value);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} ring SEC(".maps") __attribute__((btf_decl_tag("tsbpfc:record=event")));

__u64 sequence = 0;
struct event *unused_event __attribute__((unused));

static __attribute__((noinline)) long emit(__u32 index, void *unused)
{
	struct event *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);
	if (!e)
		return 1;
	e->time = bpf_ktime_get_ns();
	e->pid = 4242;
	e->cpu = index & 7;
	e->first = sequence++;
	e->second = index;
	e->flags = 3;
	e->length = 64;
	e->third = 0x123456789abcULL;
	__builtin_memcpy(e->comm, "a-process-name\0", 16);
	/* One wake-up at the end would do; nobody waits here. */
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	return 0;
}

struct args {
	__u32 count;
};

SEC("syscall")
int fill(struct args *ctx)
{
	return bpf_loop(ctx->count, emit, 0, 0);
}

char LICENSE[] SEC("license") = "GPL";
