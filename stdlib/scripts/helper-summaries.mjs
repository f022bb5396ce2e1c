// One line on each helper, in our words: what it does and what it gives. `0 or -errno` is left out where nothing else
// is given.

/** @type {Record<string, string>} */
export const summaries = Object.fromEntries(
  `
map_lookup_elem: The value at a key, or null.
map_update_elem: Sets the value at a key; flags: BPF_ANY, BPF_NOEXIST, BPF_EXIST.
map_delete_elem: Removes a key.
probe_read: Copies from an unsafe address, kernel's or user's; use the variants that say which.
ktime_get_ns: Nanoseconds since boot, without time in suspend (CLOCK_MONOTONIC).
trace_printk: Writes a line to the trace pipe; at most three values. printk() is easier.
get_prandom_u32: A pseudo-random number.
get_smp_processor_id: Number of the CPU that the program runs on.
skb_store_bytes: Writes into a packet at an offset; flags: BPF_F_RECOMPUTE_CSUM, BPF_F_INVALIDATE_HASH. Packet pointers have to be checked again.
l3_csum_replace: Corrects the IP header's checksum at an offset for a changed field of \`size\` bytes.
l4_csum_replace: Corrects a TCP, UDP or ICMP checksum at an offset; flags: the field's size and BPF_F_PSEUDO_HDR, BPF_F_MARK_MANGLED_0, BPF_F_MARK_ENFORCE.
tail_call: Goes on in another program of a program array; comes back only if that fails.
clone_redirect: Sends a copy of the packet to an interface; BPF_F_INGRESS: into it. Packet pointers have to be checked again.
get_current_pid_tgid: The current task: process (tgid) in the upper 32 bits, thread (pid) in the lower.
get_current_uid_gid: The current task's group in the upper 32 bits, user in the lower.
get_current_comm: Fills a buffer with the current task's name, 16 bytes with its NUL.
get_cgroup_classid: The net_cls class of the packet's task (cgroup v1).
skb_vlan_push: Puts a VLAN tag in front. Packet pointers have to be checked again.
skb_vlan_pop: Takes the VLAN tag away. Packet pointers have to be checked again.
skb_get_tunnel_key: Fills \`struct bpf_tunnel_key\` with the packet's tunnel metadata.
skb_set_tunnel_key: Sets the packet's tunnel metadata from \`struct bpf_tunnel_key\`.
perf_event_read: A hardware counter from a perf event array; bpf_perf_event_read_value tells errors apart.
redirect: Sends the packet to an interface once the program returns the value that this gives.
get_route_realm: The realm of the packet's route, 0 if none.
perf_event_output: Sends a record to a perf buffer; flags: a CPU's index or BPF_F_CURRENT_CPU.
skb_load_bytes: Copies from a packet, wherever its bytes lie.
get_stackid: Number of the current stack in a stack trace map, or -errno; flags: BPF_F_USER_STACK, BPF_F_FAST_STACK_CMP, BPF_F_REUSE_STACKID, frames to skip.
csum_diff: The checksum difference between two buffers (sizes: multiples of 4), on top of a seed.
skb_get_tunnel_opt: Fills a buffer with the tunnel's options and gives their length.
skb_set_tunnel_opt: Sets the tunnel's options.
skb_change_proto: Turns an IPv4 packet's room into that of IPv6, or back; the program rewrites the header.
skb_change_type: Sets \`pkt_type\` (PACKET_*).
skb_under_cgroup: Whether the packet's socket is in the cgroup (v2) at an index: 1, 0 or -errno.
get_hash_recalc: The packet's flow hash, computed if there is none.
get_current_task: The current task; its fields are read with care.
probe_write_user: Writes into the current process's memory. For experiments: the kernel warns in its log.
current_task_under_cgroup: Whether the current task is in the cgroup (v2) at an index: 1, 0 or -errno.
skb_change_tail: Grows or cuts the packet at its end. Packet pointers have to be checked again.
skb_pull_data: Makes the first \`len\` bytes linear, 0 for all, so that they can be reached directly. Packet pointers have to be checked again.
csum_update: Adds to the packet's checksum, if the driver gave a complete one.
set_hash_invalid: Has the packet's hash computed anew when it is next needed.
get_numa_node_id: Number of the NUMA node that the program runs on.
skb_change_head: Makes room in front of the packet. Packet pointers have to be checked again.
xdp_adjust_head: Moves the start of the packet by a number of bytes. Packet pointers have to be checked again.
probe_read_str: Copies a text from an unsafe address, kernel's or user's; use the variants that say which.
get_socket_cookie: A number for the socket that no other socket gets.
get_socket_uid: The user that the packet's socket belongs to.
set_hash: Sets the packet's hash.
setsockopt: Sets a socket option, some of SOL_SOCKET, IPPROTO_TCP, IPPROTO_IP, IPPROTO_IPV6.
skb_adjust_room: Grows or shrinks the room behind a header (BPF_ADJ_ROOM_NET, BPF_ADJ_ROOM_MAC). Packet pointers have to be checked again.
redirect_map: XDP: sends the packet to a map's entry; gives XDP_REDIRECT, or the low bits of flags if there is none.
sk_redirect_map: Sends the packet to a socket of a sock map: SK_PASS or SK_DROP.
sock_map_update: Puts the socket of a sock_ops context into a sock map.
xdp_adjust_meta: Moves the start of the metadata in front of the packet. Packet pointers have to be checked again.
perf_event_read_value: Fills \`struct bpf_perf_event_value\` from a counter of a perf event array.
perf_prog_read_value: Fills \`struct bpf_perf_event_value\` from the event that the program is attached to.
getsockopt: Fills a buffer with a socket option.
override_return: Has the probed function return this at once; only functions that allow error injection.
sock_ops_cb_flags_set: Says which further events a socket reports (BPF_SOCK_OPS_*_CB_FLAG); gives the flags that are not supported.
msg_redirect_map: Sends the message to a socket of a sock map: SK_PASS or SK_DROP.
msg_apply_bytes: Has the verdict hold for this many bytes.
msg_cork_bytes: Waits for this many bytes before the program runs again.
msg_pull_data: Makes a range of the message readable through \`data\`. Packet pointers have to be checked again.
bind: Binds the socket to an address, before it connects.
xdp_adjust_tail: Moves the end of the packet by a number of bytes. Packet pointers have to be checked again.
skb_get_xfrm_state: Fills \`struct bpf_xfrm_state\` from the packet's IPsec path at an index.
get_stack: Fills a buffer with the current stack's addresses and gives their size in bytes, or -errno.
skb_load_bytes_relative: Copies from a packet, from its MAC or network header on (BPF_HDR_START_*).
fib_lookup: Looks up the route for \`struct bpf_fib_lookup\`, which it fills: BPF_FIB_LKUP_RET_*.
sock_hash_update: Puts the socket of a sock_ops context into a sock hash.
msg_redirect_hash: Sends the message to a socket of a sock hash: SK_PASS or SK_DROP.
sk_redirect_hash: Sends the packet to a socket of a sock hash: SK_PASS or SK_DROP.
lwt_push_encap: Puts an outer header in front (BPF_LWT_ENCAP_*). Packet pointers have to be checked again.
lwt_seg6_store_bytes: Writes into the packet's segment routing header.
lwt_seg6_adjust_srh: Grows or shrinks the TLVs of the segment routing header. Packet pointers have to be checked again.
lwt_seg6_action: Does a segment routing action (SEG6_LOCAL_ACTION_*).
rc_repeat: Reports that the last key is still held.
rc_keydown: Reports a key of a remote control.
skb_cgroup_id: The id of the cgroup (v2) of the packet's socket.
get_current_cgroup_id: The id of the current task's cgroup (v2).
get_local_storage: The value that a cgroup storage map keeps for this attachment; never null.
sk_select_reuseport: Chooses the socket at a key of a reuseport socket array.
skb_ancestor_cgroup_id: The id of an ancestor of the packet's cgroup (v2), by level from the root.
sk_lookup_tcp: The TCP socket for \`struct bpf_sock_tuple\`, with a reference: give it back with bpf_sk_release.
sk_lookup_udp: The UDP socket for \`struct bpf_sock_tuple\`, with a reference: give it back with bpf_sk_release.
sk_release: Gives a socket's reference back.
map_push_elem: Adds to a queue, stack or bloom filter; BPF_EXIST makes room.
map_pop_elem: Takes from a queue or stack.
map_peek_elem: Looks at the next of a queue or stack; whether a bloom filter may have a value.
msg_push_data: Inserts bytes into the message. Packet pointers have to be checked again.
msg_pop_data: Takes bytes out of the message. Packet pointers have to be checked again.
rc_pointer_rel: Reports a movement of a pointing device.
spin_lock: Takes the lock of a map value; withLock() gives it back on every path.
spin_unlock: Gives the lock back.
sk_fullsock: The full socket, or null if it is a request or timewait one.
tcp_sock: The TCP state of a socket, or null.
skb_ecn_set_ce: Marks congestion in the IP header: 1 if it could be, 0 if not.
get_listener_sock: The listening socket of a request socket, or null.
skc_lookup_tcp: The TCP socket for \`struct bpf_sock_tuple\`, request and timewait ones too, with a reference: give it back with bpf_sk_release.
tcp_check_syncookie: 0 if the packet carries a valid SYN cookie for a listening socket.
sysctl_get_name: Fills a buffer with the sysctl's path; BPF_F_SYSCTL_BASE_NAME: its last part. Gives the length.
sysctl_get_current_value: Fills a buffer with the sysctl's value. Gives the length.
sysctl_get_new_value: Fills a buffer with what is to be written. Gives the length.
sysctl_set_new_value: Replaces what is to be written.
strtol: Reads a signed number from a text into \`res\`: characters used, or -errno; flags: the base.
strtoul: Reads an unsigned number from a text into \`res\`: characters used, or -errno; flags: the base.
sk_storage_get: A socket's value; BPF_SK_STORAGE_GET_F_CREATE makes it.
sk_storage_delete: Removes a socket's value.
send_signal: Sends a signal to the current process.
tcp_gen_syncookie: A SYN cookie for a packet to a listening socket: MSS in the upper 32 bits, cookie in the lower, or -errno.
skb_output: Sends a record and bytes of a kernel's sk_buff to a perf buffer.
probe_read_user: Copies from the current process's memory.
probe_read_kernel: Copies from the kernel's memory.
probe_read_user_str: Copies a text from the current process's memory: bytes with the NUL, or -errno.
probe_read_kernel_str: Copies a text from the kernel's memory: bytes with the NUL, or -errno.
tcp_send_ack: Sends a TCP ACK, from a congestion control.
send_signal_thread: Sends a signal to the current thread.
jiffies64: The kernel's tick count.
read_branch_records: Fills a buffer with the sample's branch records (\`struct perf_branch_entry\`): bytes, or -errno.
get_ns_current_pid_tgid: Fills \`struct bpf_pidns_info\` with the current task's numbers in the PID namespace of a device and inode.
xdp_output: Sends a record and bytes of a kernel's xdp_buff to a perf buffer.
get_netns_cookie: A number for the network namespace that no other gets; of the initial one for a null context.
get_current_ancestor_cgroup_id: The id of an ancestor of the current task's cgroup (v2), by level from the root.
sk_assign: Hands the packet, or the search for a socket, to this socket.
ktime_get_boot_ns: Nanoseconds since boot, time in suspend included (CLOCK_BOOTTIME).
seq_printf: Writes formatted text to an iterator's output. seqPrintf() is easier.
seq_write: Writes bytes to an iterator's output.
sk_cgroup_id: The id of a socket's cgroup (v2).
sk_ancestor_cgroup_id: The id of an ancestor of a socket's cgroup (v2), by level from the root.
ringbuf_output: Copies a record into a ring buffer; flags: BPF_RB_NO_WAKEUP, BPF_RB_FORCE_WAKEUP.
ringbuf_reserve: Room for a record in a ring buffer, or null; submit or discard it.
ringbuf_submit: Hands a reserved record over.
ringbuf_discard: Gives a reserved record's room back.
ringbuf_query: About a ring buffer: BPF_RB_AVAIL_DATA, BPF_RB_RING_SIZE, BPF_RB_CONS_POS, BPF_RB_PROD_POS.
csum_level: Asks for or changes how many checksums of the packet were verified (BPF_CSUM_LEVEL_*).
skc_to_tcp6_sock: The socket as \`struct tcp6_sock\`, or null.
skc_to_tcp_sock: The socket as \`struct tcp_sock\`, or null.
skc_to_tcp_timewait_sock: The socket as \`struct tcp_timewait_sock\`, or null.
skc_to_tcp_request_sock: The socket as \`struct tcp_request_sock\`, or null.
skc_to_udp6_sock: The socket as \`struct udp6_sock\`, or null.
get_task_stack: Fills a buffer with a task's stack: bytes, or -errno.
load_hdr_opt: Fills a buffer with a TCP header option that it names in its first bytes: its length, or -errno.
store_hdr_opt: Writes a TCP header option.
reserve_hdr_opt: Makes room for TCP header options.
inode_storage_get: An inode's value; BPF_LOCAL_STORAGE_GET_F_CREATE makes it.
inode_storage_delete: Removes an inode's value.
d_path: Fills a buffer with a path's text: its length with the NUL, or -errno. Only in functions that the kernel lists.
copy_from_user: Copies from the current process's memory, waiting for it to be paged in; sleepable programs only.
snprintf_btf: Writes a kernel value as text, from BTF: its length, or -errno.
seq_printf_btf: Writes a kernel value as text to an iterator's output, from BTF.
skb_cgroup_classid: The net_cls class of the packet's socket (cgroup v1).
redirect_neigh: Sends the packet to an interface, with the neighbour's address looked up.
per_cpu_ptr: A kernel's per-CPU variable on a CPU, or null if there is no such CPU.
this_cpu_ptr: A kernel's per-CPU variable on this CPU.
redirect_peer: Sends the packet to the other side of an interface's pair, in its namespace, at once.
task_storage_get: A task's value; BPF_LOCAL_STORAGE_GET_F_CREATE makes it.
task_storage_delete: Removes a task's value.
get_current_task_btf: The current task, as the verifier knows it: its fields are read directly.
bprm_opts_set: Sets options of an execution (BPF_F_BPRM_SECUREEXEC).
ktime_get_coarse_ns: Nanoseconds since boot at the last tick (CLOCK_MONOTONIC_COARSE).
ima_inode_hash: Fills a buffer with IMA's hash of an inode: the algorithm, or -errno.
sock_from_file: The socket of a file, or null.
check_mtu: Whether the packet, changed by \`len_diff\`, fits an interface; sets \`mtu_len\`: BPF_MTU_CHK_RET_*.
for_each_map_elem: Calls back for each entry of a map; 1 ends it. Gives the number visited. \`for … of\` is easier.
snprintf: Writes formatted text: its length with the NUL, or -errno. snprintf() is easier.
sys_bpf: The bpf(2) system call, from a syscall program.
btf_find_by_name_kind: BTF id of a kernel type by name and kind, with its object's descriptor in the upper 32 bits.
sys_close: Closes a file descriptor.
timer_init: Prepares a timer of a map value; flags: a CLOCK_*.
timer_set_callback: Says what a timer calls.
timer_start: Has a timer call back after that many nanoseconds, or at that time with BPF_F_TIMER_ABS.
timer_cancel: Stops a timer and waits for its callback: 1 if it was running, 0 if not.
get_func_ip: Address of the probed function.
get_attach_cookie: The number that was given when the program was attached, or 0.
task_pt_regs: The registers of a task at its entry to the kernel.
get_branch_snapshot: Fills a buffer with the processor's latest branches: bytes, or -errno.
trace_vprintk: Writes a line to the trace pipe, with any number of values. printk() is easier.
skc_to_unix_sock: The socket as \`struct unix_sock\`, or null.
kallsyms_lookup_name: Address of a kernel symbol into \`res\`.
find_vma: Calls back with the mapping of a task that holds an address.
loop: Calls back that many times; 1 ends it. Gives the number of rounds. loop() is easier.
strncmp: Compares a text with a constant one: below, at or above 0.
get_func_arg: The traced function's nth argument into \`value\`.
get_func_ret: The traced function's result into \`value\`.
get_func_arg_cnt: Number of the traced function's arguments.
get_retval: The system call's result so far, 0 or -errno.
set_retval: Sets the system call's result, 0 or -errno.
xdp_get_buff_len: Bytes of the packet, all fragments included.
xdp_load_bytes: Copies from a packet, from its fragments too.
xdp_store_bytes: Writes into a packet, into its fragments too.
copy_from_user_task: Copies from another task's memory; sleepable programs only.
skb_set_tstamp: Sets the packet's time and its clock (BPF_SKB_TSTAMP_*).
ima_file_hash: Fills a buffer with IMA's hash of a file, computed if need be: the algorithm, or -errno.
kptr_xchg: Puts a kernel pointer into a map value and gives the one that was there.
map_lookup_percpu_elem: The value at a key on a CPU, or null.
skc_to_mptcp_sock: The socket as \`struct mptcp_sock\`, or null.
dynptr_from_mem: Makes a dynptr of memory in a map value.
ringbuf_reserve_dynptr: Room of run-time size in a ring buffer, as a dynptr; submit or discard it even on failure.
ringbuf_submit_dynptr: Hands a reserved dynptr over.
ringbuf_discard_dynptr: Gives a reserved dynptr's room back.
dynptr_read: Copies out of a dynptr.
dynptr_write: Copies into a dynptr.
dynptr_data: Direct access to a piece of a dynptr, or null.
tcp_raw_gen_syncookie_ipv4: A SYN cookie from the headers alone, without a socket: MSS in the upper 32 bits.
tcp_raw_gen_syncookie_ipv6: A SYN cookie from the headers alone, without a socket: MSS in the upper 32 bits.
tcp_raw_check_syncookie_ipv4: 0 if the ACK carries a valid cookie of bpf_tcp_raw_gen_syncookie_ipv4.
tcp_raw_check_syncookie_ipv6: 0 if the ACK carries a valid cookie of bpf_tcp_raw_gen_syncookie_ipv6.
ktime_get_tai_ns: Nanoseconds of atomic time (CLOCK_TAI).
user_ringbuf_drain: Calls back for each record from user space. UserRingBuf.drain() is easier.
cgrp_storage_get: A cgroup's value; BPF_LOCAL_STORAGE_GET_F_CREATE makes it.
cgrp_storage_delete: Removes a cgroup's value.
`
    .trim()
    .split("\n")
    .map((line) => {
      const colon = line.indexOf(":");
      return [`bpf_${line.slice(0, colon)}`, line.slice(colon + 2)];
    }),
);
