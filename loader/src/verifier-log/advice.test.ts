import { expect, it } from "vitest";
import { adviceFor } from "./advice.js";

// Reasons as Linux 6.1 to 7.3 print them.
it.each([
  ["R0 invalid mem access 'map_value_or_null'", /test it before/],
  ["R6 invalid mem access 'scalar'", /bpf_probe_read_kernel/],
  ["R1 invalid mem access 'inv'", /bpf_probe_read_kernel/],
  ["invalid access to packet, off=42 size=2, R3(id=3,off=42,r=0)", /data_end/],
  ["R3 offset is outside of the packet", /data_end/],
  ["R2 unbounded memory access, use 'var &= const' or 'if (var < const)'", /compare it with constants/],
  ["R2 min value is negative, either use unsigned or 'var &= const'", /compare it with constants/],
  [
    "math between fp pointer and register with unbounded min value is not allowed",
    /compare it with constants/,
  ],
  ["infinite loop detected at insn 3", /bpf_loop/],
  ["back-edge from insn 5 to 2", /bpf_loop/],
  ["BPF program is too large. Processed 1000001 insn", /bpf_loop/],
  ["The sequence of 8193 jumps is too complex.", /bpf_loop/],
  ["R0 !read_ok", /initialise it/],
  ["invalid indirect read from stack R2 off -16+4 size 8", /initialise it/],
  ["Unreleased reference id=2 alloc_insn=7", /on every way out/],
  ["BPF_EXIT instruction in main prog would lead to reference leak", /on every way out/],
  [
    "R1 type=ptr_ expected=fp, pkt, pkt_meta, map_key, map_value, mem, ringbuf_mem, buf, trusted_ptr_",
    /copy/,
  ],
  ["tracing progs cannot use bpf_spin_lock yet", /fentry or tp_btf/],
  ["dereference of modified ctx ptr R1 off=8 disallowed", /constant offsets/],
  ["invalid bpf_context access off=80 size=8", /of its context/],
  ["cannot call GPL-restricted function from non-GPL compatible program", /license is GPL/],
  ["program of this type cannot use helper bpf_redirect#23", /may not call it/],
  ["unknown func bpf_probe_read#4", /may not call it/],
  ["combined stack size of 3 calls is 544. Too large", /512 bytes/],
  ["At program exit the register R0 has smin=5 smax=5 should have been in [0, 1]", /only some results/],
  ["same insn cannot be used with different pointers", /two kinds/],
  ["function calls are not allowed while holding a lock", /neither calls nor returns/],
  ["unknown opcode 8d", /-O1/],
  ["R0 pointer arithmetic on map_value_or_null prohibited, null-check it first", /test it before/],
  ["R2 type=map_value_or_null expected=fp, pkt, pkt_meta, map_key, map_value", /test it before/],
  ["Possibly NULL pointer passed to trusted arg0", /test it before/],
  ["R2 type=scalar expected=fp, pkt, pkt_meta, map_key, map_value", /address of a variable/],
  ["R1 type=map_value expected=map_ptr", /another kind of pointer/],
  ["release kfunc bpf_task_release expects referenced PTR_TO_BTF_ID passed to R1", /not yet released/],
  ["arg#0 pointer type STRUCT task_struct must point to scalar, or struct with scalar", /another kind/],
  ["invalid unbounded variable-offset read from stack R2", /compare it with constants/],
  ["R4 invalid zero-sized read: u64=[0,4294967295]", /compare it with 1/],
  ["variable ctx access var_off=(0x0; 0x4) disallowed", /constant offsets/],
  ["R1 pointer += pointer prohibited", /addition and subtraction/],
  ["write into map forbidden, value_size=4 off=0 size=4", /read-only to programs/],
  ["expected an initialized iter_num as arg #0", /made once/],
  ["bpf_spin_unlock is missing", /neither calls nor returns/],
  [
    "BPF_EXIT instruction in main prog cannot be used inside bpf_spin_lock-ed region",
    /neither calls nor returns/,
  ],
  ["bpf_rcu_read_unlock is missing", /one bpf_rcu_read_unlock/],
  ["unmatched rcu read unlock (kernel function bpf_rcu_read_unlock)", /one bpf_rcu_read_unlock/],
  ["helper call might sleep in a non-sleepable prog", /sleepable section/],
  ["sleepable helper bpf_copy_from_user#148 in rcu_read_lock region", /sleepable section/],
  ["calling kernel function bpf_task_acquire is not allowed", /may not call it/],
  ["At callback return the register R0 has value (0x2; 0x0) should have been in (0x0; 0x1)", /some results/],
])("%s", (reason, advice) => {
  expect(adviceFor(reason, "c")?.advice).toMatch(advice);
});

it("is silent about what it does not know", () => {
  expect(adviceFor("something new", "dialect")).toBeNull();
});

it.each([
  // A number that was a pointer: the report says what ended it.
  ["R6 invalid mem access 'scalar'\nR6: packet data may have moved; previous value was pkt", /after it/],
  ["R6 invalid mem access 'scalar'\nR6: resource release invalidated this pointer", /given back before/],
  // The last line of 7.1 does not say that it was a packet.
  ["invalid access to packet, off=12 size=1, R1(id=0,off=12,r=0)\nR1 min value is outside", /data_end/],
])("what was said before counts: %s", (said, advice) => {
  expect(adviceFor(said, "c")?.advice).toMatch(advice);
});

it("speaks of the dialect to those who write it", () => {
  expect(adviceFor("R0 invalid mem access 'map_value_or_null'", "dialect")?.advice).toMatch(/if \(!value\)/);
  expect(adviceFor("infinite loop detected at insn 3", "dialect")?.advice).toMatch(/range\(/);
  expect(adviceFor("unknown opcode 8d", "dialect")?.advice).toMatch(/-O1/);
});
