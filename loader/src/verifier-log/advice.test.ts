import { expect, it } from "vitest";
import { adviceFor } from "./advice.js";

// Reasons as Linux 6.1 to 6.18 print them.
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
])("%s", (reason, advice) => {
  expect(adviceFor(reason)).toMatch(advice);
});

it("is silent about what it does not know", () => {
  expect(adviceFor("something new")).toBe("");
});
