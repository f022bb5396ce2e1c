import type { VerifierCategory } from "./category.js";

/** What a program is written in: C and its like, or the dialect of TypeScript. */
export type SourceLanguage = "c" | "dialect";

interface Row {
  /** The verifier's words (kernel/bpf/verifier.c), of several releases. */
  readonly reason: RegExp;
  readonly category: VerifierCategory;
  readonly advice: string;
  /** Where the dialect has a way of its own. */
  readonly dialect?: string;
}

const mayBeNull = {
  advice: "The pointer may be null: test it before it is used.",
  dialect:
    "The pointer may be null: test it before it is used, `if (!value) return 0;`, or use `?.`; a cast or `!` tests nothing.",
};

/** What to do about a rejection, by the words of its reason and causes. The first row that fits counts. */
const rows: readonly Row[] = [
  {
    reason: /unknown opcode 8d/,
    category: "Policy",
    advice:
      "This calls a function by its address: clang -O0 makes such calls of helpers. Compile with -O1 or more.",
  },
  {
    reason: /invalid mem access '\w+_or_null'|null-check it first|_or_null prohibited/,
    category: "Register Type Safety",
    ...mayBeNull,
  },
  { reason: /type=\w+_or_null |[Pp]ossibly NULL pointer/, category: "Call Type Safety", ...mayBeNull },
  {
    reason: /packet data may have moved/,
    category: "Register Type Safety",
    advice:
      "The call may move the packet's data, which ends all pointers into it: read data and data_end again after it, and compare again.",
    dialect:
      "The call may move the packet's data, which ends all pointers into it: make a `new Packet(ctx)` after it, or read ctx.data and ctx.data_end again and compare again.",
  },
  {
    reason: /resource release invalidated/,
    category: "Register Type Safety",
    advice: "It was given back before: do all that needs it first, and take a copy of what is needed later.",
  },
  {
    reason: /leaving the protected region invalidated/,
    category: "Register Type Safety",
    advice:
      "It is only borrowed while its lock is held: use it before the lock is let go, or acquire a reference.",
    dialect: "It is only borrowed while its lock is held: use it inside withLock()'s body.",
  },
  {
    reason: /invalid mem access '(scalar|inv)'/,
    category: "Register Type Safety",
    advice:
      "A number is followed as a pointer, or a pointer that a call ended (into a packet whose data moved, to a record that was submitted). What the verifier does not know to be a pointer is read by bpf_probe_read_kernel, or BPF_CORE_READ.",
    dialect:
      "A number is followed as a pointer, or a pointer that a call ended (into a packet whose data moved, to a record that was submitted). What the verifier does not know to be a pointer is read by readKernel() or readUser().",
  },
  {
    reason: /invalid access to packet|outside of the packet/,
    category: "Memory Safety",
    advice:
      "Compare the pointer with data_end before, after its last change; each check is for the pointer that it compares.",
    dialect:
      "Read headers by `new Packet(ctx).read(EthHdr)`, which checks, or compare before: `if (pointer + length > ctx.data_end) return …;`. Each check is for the pointer that it compares.",
  },
  {
    reason: /write into map forbidden/,
    category: "Memory Safety",
    advice:
      "The map is read-only to programs, as const variables are: make it a variable, or write it before the load.",
    dialect:
      "What is `readonly` is a constant to programs: leave `readonly` out, or set it when the skeleton is opened.",
  },
  {
    reason: /invalid zero-sized read/,
    category: "Memory Safety",
    advice:
      "The size may be 0, or have no bound: compare it with 1 and with the buffer's size, just before it is used.",
    dialect:
      "The size may be 0, or have no bound: `if (size < 1 || size > buffer.length) return 0;` just before it is used.",
  },
  {
    reason:
      /unbounded (min|memory|variable)|min value is (negative|outside)|max value is outside|makes .* pointer be out of bounds|invalid access to map value|invalid (unbounded )?variable-offset|invalid (write to|read from) stack .* off=|outside of the allowed memory/,
    category: "Memory Safety",
    advice:
      "The index or size may be outside: compare it with constants, or mask it, just before it is used.",
    dialect:
      "The index or size may be outside: compare it with constants (`if (i < 16)`), or mask it (`i & 15`), just before it is used.",
  },
  {
    reason: /infinite loop detected|back-edge from insn|program is too large|jumps is too complex/,
    category: "Verifier Limit",
    advice:
      "The verifier goes through a loop round by round: bound it by a constant, or use bpf_loop or an open-coded iterator.",
    dialect:
      "The verifier goes through a loop round by round, and gives up after a million instructions or 8192 branches left open: use `for (const i of range(a, b))` or `loop(n, …)`, whose body is verified once, or fewer rounds.",
  },
  {
    reason: /call invalidated this caller-saved register/,
    category: "Register Type Safety",
    advice: "A call leaves nothing in R1 to R5: keep what is needed after it in R6 to R9, or on the stack.",
  },
  {
    reason: /!read_ok|invalid (indirect )?read from stack/,
    category: "Register Type Safety",
    advice: "Something is read that was not written on every way: initialise it, padding too.",
  },
  {
    reason: /Unreleased reference|reference leak/,
    category: "Resource Lifetime Safety",
    advice: "Give back what was acquired on every way out: submit or discard, release, or drop it.",
    dialect:
      "Give back what was acquired on every way out, once: submit() or discard() a record, release an object, destroy an iterator. Conditions that belong together are one `if`, for the verifier takes each by itself.",
  },
  {
    reason: /expected an (un)?initialized/,
    category: "Resource Lifetime Safety",
    advice:
      "An iterator or dynptr is made once before it is used, and destroyed once after it, on every way.",
  },
  {
    reason: /type=ptr_ expected/,
    category: "Call Type Safety",
    advice: "Helpers take no memory of allocated objects: use a variable, and copy.",
  },
  {
    reason: /type=(scalar|inv) expected=/,
    category: "Call Type Safety",
    advice:
      "A number is passed where the call takes a pointer, or a pointer that a call before ended: pass the address of a variable.",
    dialect:
      "A number is passed where the call takes a pointer, or a pointer that a call before ended: pass a variable of class or array type, or `addr(variable)`.",
  },
  {
    reason: /type=\w+ expected=|arg#\d+ (pointer type|expected pointer to)|expects refcounted/,
    category: "Call Type Safety",
    advice:
      "The call takes another kind of pointer, as the message lists them: pass what the hook, a lookup or an acquiring call gave.",
  },
  {
    reason:
      /must be (referenced or trusted|a rcu pointer|referenced)|release k?func\w* .* expects referenced/,
    category: "Call Type Safety",
    advice:
      "The kernel's function takes only objects that are sure to live: what the hook's arguments gave, or what was acquired and not yet released.",
  },
  {
    reason: /tracing progs cannot use|socket filter progs cannot use/,
    category: "Policy",
    advice: "Use another kind of program, such as fentry or tp_btf, or a map without it.",
  },
  {
    reason: /dereference of modified ctx ptr|variable ctx access|off=\d+ disallowed.*ctx/,
    category: "Register Type Safety",
    advice: "The context is read at constant offsets only: read the field into a variable where it is.",
  },
  {
    reason: /invalid bpf_context access/,
    category: "Memory Safety",
    advice: "This kind of program may not read or write this field of its context, or not at this width.",
  },
  {
    reason: /GPL-restricted function|non-GPL compatible/,
    category: "Policy",
    advice: "Say that the license is GPL, or do without the function.",
    dialect: 'Say `@program({ license: "GPL" })`, or do without the function.',
  },
  {
    reason: /helper call might sleep|sleepable (helper|kernel func)|must be sleepable|non-sleepable/,
    category: "Execution Context Safety",
    advice:
      "It may sleep, which no program may under a lock or in an RCU section, and else only one of a sleepable section: `fentry.s/…`, `lsm.s/…`, `uprobe.s/…`, `iter.s/…`, `syscall`.",
  },
  {
    reason:
      /cannot use helper|unknown func |helper call is not allowed|calling kernel function .* is not allowed/,
    category: "Policy",
    advice:
      "This kind of program may not call it, or not on this kernel: bpftool feature probe lists what it may.",
    dialect:
      "This kind of program may not call it, or not on this kernel: build with `--kernel` set to this one, and the compiler says at the call which kinds may.",
  },
  {
    reason: /combined stack size|call stack of \d+ frames is too deep/,
    category: "Verifier Limit",
    advice:
      "All functions of a chain of calls share 512 bytes of stack and 8 calls: keep large values in a map.",
    dialect:
      "All functions of a chain of calls share 512 bytes of stack and 8 calls: keep large values in a `PerCpuArray` of one entry.",
  },
  {
    reason: /At program exit the register R0|At callback return the register R0|should have been in/,
    category: "Policy",
    advice: "The kernel takes only some results of such a program or callback: return one of them.",
    dialect:
      "The kernel takes only some results of such a program or callback: return one of those that the message gives.",
  },
  {
    reason: /same insn cannot be used with different pointers/,
    category: "Register Type Safety",
    advice: "A pointer may be of two kinds here: give each kind lines of its own.",
  },
  {
    reason:
      /function calls are not allowed while holding a lock|lock is still held|missing unlock|bpf_spin_unlock is missing|bpf_spin_lock-ed region/,
    category: "Execution Context Safety",
    advice: "Between lock and unlock there may be neither calls nor returns.",
    dialect:
      "While a lock is held there may be no calls: call before withLock(), and take the result into its body.",
  },
  {
    reason: /rcu_read_(un)?lock|rcu read unlock/,
    category: "Execution Context Safety",
    advice:
      "Every way that comes to bpf_rcu_read_lock has to come to one bpf_rcu_read_unlock, before it ends.",
  },
  {
    reason: /bpf_preempt_(dis|en)able|bpf_local_irq_(save|restore)|preempt-disabled|irq-disabled/i,
    category: "Execution Context Safety",
    advice: "What is disabled has to be enabled again on every way, before it ends.",
  },
  {
    reason:
      /pointer arithmetic on \w+ prohibited|pointer [+\-*/|&^<>]+=? pointer prohibited|on pointer prohibited/,
    category: "Register Type Safety",
    advice:
      "Pointers take the addition and subtraction of bounded numbers only, and not every kind of pointer does.",
  },
];

/** What is known of the verifier's words, line by line. @returns null if nothing is */
export function adviceFor(
  said: string,
  language: SourceLanguage,
): { readonly advice: string; readonly category: VerifierCategory } | null {
  const row = rows.find(({ reason }) => reason.test(said));
  if (!row) return null;
  return {
    advice: language === "dialect" ? (row.dialect ?? row.advice) : row.advice,
    category: row.category,
  };
}
