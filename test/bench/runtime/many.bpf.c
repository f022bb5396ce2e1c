// 30 programs with a few CO-RE relocations each.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct mm_struct {
	unsigned long total_vm;
	unsigned long locked_vm;
} __attribute__((preserve_access_index));

struct task_struct {
	int pid;
	int tgid;
	int prio;
	unsigned int flags;
	struct task_struct *real_parent;
	struct mm_struct *mm;
	char comm[16];
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

#define PROGRAM(n)                                                                      \
	SEC("raw_tp/sched_switch")                                                      \
	int program_##n(struct bpf_raw_tracepoint_args *ctx)                            \
	{                                                                               \
		struct task_struct *task = (void *)ctx->args[1];                        \
		__u32 key = BPF_CORE_READ(task, pid) + n;                               \
		__u64 value = BPF_CORE_READ(task, real_parent, tgid) +                  \
			      BPF_CORE_READ(task, mm, total_vm) +                       \
			      BPF_CORE_READ(task, prio) + BPF_CORE_READ(task, flags);   \
		bpf_map_update_elem(&counts, &key, &value, BPF_ANY);                    \
		return 0;                                                               \
	}
#define TEN(n) PROGRAM(n##0) PROGRAM(n##1) PROGRAM(n##2) PROGRAM(n##3) PROGRAM(n##4) \
	PROGRAM(n##5) PROGRAM(n##6) PROGRAM(n##7) PROGRAM(n##8) PROGRAM(n##9)

TEN(1)
TEN(2)
TEN(3)

char LICENSE[] SEC("license") = "GPL";
