// What both sides work on: maps of a few kinds, and ring buffers that programs fill with records of 64 bytes.
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

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 10000);
	__type(key, __u32);
	__type(value, struct value);
} shared SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 10000);
	__type(key, __u32);
	__type(value, struct value);
} each_cpu SEC(".maps");

/* Records of a program that somebody waits for. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} live SEC(".maps") __attribute__((btf_decl_tag("tsbpfc:record=event")));

/* How many records `send` sent, and how many found no room. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

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

static __attribute__((noinline)) long send_one(__u32 index, void *unused)
{
	__u32 sent = 0, refused = 1;
	struct event *e = bpf_ringbuf_reserve(&live, sizeof(*e), 0);
	__u64 *count = bpf_map_lookup_elem(&counts, e ? &sent : &refused);
	if (count)
		*count += 1;
	if (!e)
		return 0;
	e->pid = 4242;
	e->cpu = index & 7;
	e->first = index;
	e->second = index;
	e->flags = 3;
	e->length = 64;
	e->third = 0x123456789abcULL;
	__builtin_memcpy(e->comm, "a-process-name\0", 16);
	e->time = bpf_ktime_get_ns();
	bpf_ringbuf_submit(e, 0);
	return 0;
}

/* The same, each with a wake-up if somebody waits. */
SEC("syscall")
int send(struct args *ctx)
{
	return bpf_loop(ctx->count, send_one, 0, 0);
}

char LICENSE[] SEC("license") = "GPL";
