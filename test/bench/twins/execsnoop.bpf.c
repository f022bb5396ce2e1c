// The C twin of examples/execsnoop: same maps, same logic, as a libbpf user writes it.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

struct exec_event {
	__u32 pid;
	__u32 ppid;
	__u32 uid;
	__s32 retval;
	__u64 start_ns;
	char comm[16];
	char filename[128];
};

const volatile __u32 target_pid = 0;
__u64 execs = 0;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u32);
	__type(value, struct exec_event);
} pending SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_execve")
int enter(struct trace_event_raw_sys_enter *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	if (target_pid != 0 && pid != target_pid)
		return 0;

	struct exec_event event = {};
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	event.pid = pid;
	event.ppid = BPF_CORE_READ(task, real_parent, tgid);
	event.uid = (__u32)bpf_get_current_uid_gid();
	event.start_ns = bpf_ktime_get_ns();
	bpf_probe_read_user_str(event.filename, sizeof(event.filename), (const char *)ctx->args[0]);
	bpf_map_update_elem(&pending, &pid, &event, BPF_ANY);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_execve")
int leave(struct trace_event_raw_sys_exit *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct exec_event *started = bpf_map_lookup_elem(&pending, &pid);
	if (!started)
		return 0;

	struct exec_event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (event) {
		*event = *started;
		event->retval = ctx->ret;
		bpf_get_current_comm(event->comm, sizeof(event->comm));
		bpf_ringbuf_submit(event, 0);
		execs += 1;
	}
	bpf_map_delete_elem(&pending, &pid);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
