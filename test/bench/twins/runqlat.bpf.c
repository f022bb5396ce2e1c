// The C twin of test/samples/runqlat.bpf.ts: same maps, same logic, as a libbpf user writes it.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define MAX_SLOTS 26
#define TASK_RUNNING 0

struct histogram {
	__u32 slots[MAX_SLOTS];
};

const volatile bool per_process = false;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u32);
	__type(value, __u64);
} starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u32);
	__type(value, struct histogram);
} hists SEC(".maps");

static const struct histogram zero;

static __always_inline __u64 log2l(__u64 v)
{
	__u64 r = 0;
	for (int step = 32; step > 0; step /= 2) {
		__u64 shift = (v > (1ULL << step) - 1) ? step : 0;
		v >>= shift;
		r |= shift;
	}
	return r;
}

static int enqueue(struct task_struct *task)
{
	__u32 pid = task->pid;
	if (pid == 0)
		return 0;
	__u64 now = bpf_ktime_get_ns();
	bpf_map_update_elem(&starts, &pid, &now, BPF_ANY);
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(wakeup, struct task_struct *task)
{
	return enqueue(task);
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(wakeup_new, struct task_struct *task)
{
	return enqueue(task);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(switched, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	if (prev->__state == TASK_RUNNING)
		enqueue(prev);

	__u32 pid = next->pid;
	__u64 *start = bpf_map_lookup_elem(&starts, &pid);
	if (!start)
		return 0;
	__s64 delta = bpf_ktime_get_ns() - *start;
	if (delta >= 0) {
		__u32 key = per_process ? next->tgid : 0;
		struct histogram *hist = bpf_map_lookup_elem(&hists, &key);
		if (!hist) {
			bpf_map_update_elem(&hists, &key, &zero, BPF_NOEXIST);
			hist = bpf_map_lookup_elem(&hists, &key);
		}
		if (hist) {
			__u64 slot = log2l((__u64)delta / 1000);
			if (slot >= MAX_SLOTS)
				slot = MAX_SLOTS - 1;
			__sync_fetch_and_add(&hist->slots[slot], 1);
		}
	}
	bpf_map_delete_elem(&starts, &pid);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
