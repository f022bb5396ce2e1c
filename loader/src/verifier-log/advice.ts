/** What to do about a rejection, by the words of its reason (kernel/bpf/verifier.c). The first row that fits counts. */
const rows: readonly (readonly [reason: RegExp, advice: string])[] = [
  [
    /unknown opcode 8d/,
    "This calls a function by its address: clang -O0 makes such calls of helpers. Compile with -O1 or more.",
  ],
  [/invalid mem access '\w+_or_null'/, "The pointer may be null: test it before it is followed."],
  [
    /invalid mem access '(scalar|inv)'/,
    "A number is followed as a pointer. What the verifier does not know to be one is read by bpf_probe_read_kernel, or BPF_CORE_READ.",
  ],
  [
    /invalid access to packet|outside of the packet/,
    "Compare the pointer with data_end before, after its last change; each check is for the pointer that it compares.",
  ],
  [
    /unbounded (min|memory|variable)|min value is (negative|outside)|max value is outside|unbounded memory access|makes .* pointer be out of bounds|invalid access to map value/,
    "The index or size may be outside: compare it with constants, or mask it, just before it is used.",
  ],
  [
    /infinite loop detected|back-edge from insn|program is too large|jumps is too complex/,
    "The verifier goes through a loop round by round: bound it by a constant, or use bpf_loop or an open-coded iterator.",
  ],
  [
    /!read_ok|invalid (indirect )?read from stack|invalid read from stack/,
    "Something is read that was not written on every way: initialise it, padding too.",
  ],
  [
    /Unreleased reference|reference leak|BPF_EXIT instruction .* would lead to reference leak/,
    "Give back what was acquired on every way out: submit or discard, release, or drop it.",
  ],
  [
    /type=ptr_ expected=|type=ptr_ expected /,
    "Helpers take no memory of allocated objects: use a variable, and copy.",
  ],
  [
    /tracing progs cannot use|socket filter progs cannot use/,
    "Use another kind of program, such as fentry or tp_btf, or a map without it.",
  ],
  [
    /dereference of modified ctx ptr|off=\d+ disallowed.*ctx/,
    "The context is read at constant offsets only: read the field into a variable where it is.",
  ],
  [
    /invalid bpf_context access/,
    "This kind of program may not read or write this field of its context, or not at this width.",
  ],
  [/GPL-restricted function|non-GPL compatible/, "Say that the license is GPL, or do without the function."],
  [
    /cannot use helper|unknown func |helper call is not allowed|calling kernel function .* is not allowed/,
    "This kind of program may not call it, or not on this kernel: bpftool feature probe lists what it may.",
  ],
  [
    /combined stack size/,
    "All functions of a chain of calls share 512 bytes of stack: keep large values in a map.",
  ],
  [
    /At program exit the register R0|At callback return the register R0|should have been in/,
    "The kernel takes only some results of such a program or callback: return one of them.",
  ],
  [
    /same insn cannot be used with different pointers/,
    "A pointer may be of two kinds here: give each kind lines of its own.",
  ],
  [
    /function calls are not allowed while holding a lock|lock is still held|missing unlock/,
    "Between lock and unlock there may be neither calls nor returns.",
  ],
];

/** Empty if the reason is none that is known here. */
export const adviceFor = (reason: string): string =>
  rows.find(([pattern]) => pattern.test(reason))?.[1] ?? "";
