import { readFileSync } from "node:fs";
import { release } from "node:os";
import { parseObject, type VerifierCategory } from "@tsbpfc/loader";
import { type Feature, fentry, loadCollection, VerifierError } from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { compileFixture } from "../../runtime/fixtures/compile.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast, labKernel } from "../support/needs.js";

interface Rejection {
  /** Program of `runtime/fixtures/rejections.bpf.c`. */
  readonly program: string;
  readonly category: VerifierCategory;
  /** The source line that the error points at. */
  readonly at: RegExp;
  readonly advice: RegExp;
  /** A source line that made it so, on every kernel. */
  readonly cause?: RegExp;
  /** The same of kernels that tell the whole story. */
  readonly causeToday?: RegExp;
  readonly needs?: readonly Feature[];
}

/** The first release whose verifier explains itself. */
const EXPLAINS = "7.3";

const kernelFunction = (name: string, since: string): Feature => ({
  name: `the kernel function ${name}`,
  since,
  probe: () => (readFileSync("/proc/kallsyms", "utf8").includes(` ${name}\n`) ? "yes" : "no"),
});
const rcu = [kernelFunction("bpf_rcu_read_lock", "6.2")];
const tasks = [kernelFunction("bpf_task_from_pid", "6.2")];
const iterators = [kernelFunction("bpf_iter_num_new", "6.4")];

const rejections: readonly Rejection[] = [
  {
    program: "null_pointer",
    category: "Register Type Safety",
    at: /return \*value;/,
    advice: /may be null/,
    causeToday: /value = bpf_map_lookup_elem/,
  },
  { program: "arithmetic_on_null", category: "Register Type Safety", at: /skb->len/, advice: /may be null/ },
  {
    program: "nullable_argument",
    category: "Call Type Safety",
    at: /bpf_map_lookup_elem\(&table, value\)/,
    advice: /may be null/,
  },
  {
    program: "beyond_map_value",
    category: "Memory Safety",
    at: /value\[skb->len\]/,
    advice: /compare it with constants/,
  },
  {
    program: "beyond_map_value_by_one",
    category: "Memory Safety",
    at: /value\[skb->len\]/,
    advice: /compare it with constants/,
    causeToday: /skb->len > 8/,
  },
  {
    program: "beyond_stack",
    category: "Memory Safety",
    at: /buffer\[skb->len\]/,
    advice: /compare it with constants/,
  },
  { program: "unbounded_size", category: "Memory Safety", at: /bpf_skb_load_bytes/, advice: /may be 0/ },
  { program: "beyond_packet", category: "Memory Safety", at: /data\[12\]/, advice: /data_end/ },
  { program: "beyond_frame", category: "Memory Safety", at: /data\[20\]/, advice: /data_end/ },
  {
    program: "stale_packet_pointer",
    category: "Register Type Safety",
    at: /data\[12\]/,
    advice: /after it/,
    cause: /bpf_skb_pull_data/,
  },
  { program: "written_constant", category: "Memory Safety", at: /\*constant = 2/, advice: /read-only/ },
  { program: "unwritten_register", category: "Register Type Safety", at: /r8/, advice: /initialise it/ },
  {
    program: "clobbered_register",
    category: "Register Type Safety",
    at: /r0 = r1/,
    advice: /initialise it|R6 to R9/,
    causeToday: /call %\[time\]/,
  },
  {
    program: "beyond_stack_size",
    category: "Memory Safety",
    at: /bpf_skb_load_bytes/,
    advice: /compare it with/,
  },
  {
    program: "foreign_kfunc",
    category: "Policy",
    at: /bpf_task_acquire/,
    advice: /may not call it/,
    needs: [kernelFunction("bpf_task_acquire", "6.2")],
  },
  {
    program: "number_as_task",
    category: "Call Type Safety",
    at: /bpf_task_release/,
    advice: /acquir/,
    needs: tasks,
  },
  { program: "number_as_pointer", category: "Register Type Safety", at: /skb->len/, advice: /A number/ },
  {
    program: "number_as_key",
    category: "Call Type Safety",
    at: /\(void \*\)/,
    advice: /address of a variable/,
  },
  { program: "value_as_map", category: "Call Type Safety", at: /value, &key/, advice: /another kind/ },
  {
    program: "unreleased_record",
    category: "Resource Lifetime Safety",
    at: /^}/,
    advice: /submit or discard/,
    cause: /bpf_ringbuf_reserve/,
    causeToday: /skb->len > 100/,
  },
  {
    program: "used_after_submit",
    category: "Register Type Safety",
    at: /\*record = 1/,
    advice: /given back before/,
    cause: /bpf_ringbuf_submit/,
  },
  {
    program: "leaked_task",
    category: "Resource Lifetime Safety",
    at: /bpf_task_from_pid|}/,
    advice: /on every way out/,
    cause: /bpf_task_from_pid/,
    needs: tasks,
  },
  {
    program: "kept_iterator",
    category: "Resource Lifetime Safety",
    at: /return 0|}/,
    advice: /on every way out/,
    cause: /bpf_iter_num_new/,
    needs: iterators,
  },
  {
    program: "unmade_iterator",
    category: "Resource Lifetime Safety",
    at: /bpf_iter_num_destroy/,
    advice: /made once/,
    needs: iterators,
  },
  {
    program: "nullable_task",
    category: "Call Type Safety",
    at: /bpf_task_release/,
    advice: /may be null/,
    needs: tasks,
  },
  { program: "endless_loop", category: "Verifier Limit", at: /for \(;;\)/, advice: /bpf_loop/ },
  { program: "foreign_helper", category: "Policy", at: /bpf_redirect/, advice: /may not call it/ },
  { program: "bad_result", category: "Policy", at: /return 5/, advice: /some results/ },
  { program: "bad_callback_result", category: "Policy", at: /return 2/, advice: /some results/ },
  { program: "beyond_context", category: "Memory Safety", at: /r1 \+ 2000/, advice: /its context/ },
  {
    program: "changed_context",
    category: "Register Type Safety",
    at: /r1 \+= r2/,
    advice: /constant offsets/,
  },
  { program: "sum_of_pointers", category: "Register Type Safety", at: /r1 \+= r10/, advice: /addition/ },
  {
    program: "call_under_lock",
    category: "Execution Context Safety",
    at: /bpf_ktime_get_ns/,
    advice: /Between lock and unlock/,
    causeToday: /bpf_spin_lock/,
  },
  {
    program: "kept_lock",
    category: "Execution Context Safety",
    at: /}/,
    advice: /Between lock and unlock/,
    causeToday: /bpf_spin_lock/,
  },
  {
    program: "kept_rcu_lock",
    category: "Execution Context Safety",
    at: /return 0/,
    advice: /bpf_rcu_read_unlock/,
    causeToday: /bpf_rcu_read_lock/,
    needs: rcu,
  },
  {
    program: "sleeping_under_rcu",
    category: "Execution Context Safety",
    at: /bpf_copy_from_user/,
    advice: /may sleep/,
    causeToday: /bpf_rcu_read_lock/,
    needs: rcu,
  },
  {
    program: "unlocked_twice",
    category: "Execution Context Safety",
    at: /bpf_rcu_read_unlock/,
    advice: /bpf_rcu_read_unlock/,
    needs: rcu,
  },
  {
    program: "sleeping_helper",
    category: "Execution Context Safety",
    at: /bpf_copy_from_user/,
    advice: /sleepable section/,
    needs: [fentry],
  },
];

/** The error of loading this one program. */
function rejection(name: string): VerifierError {
  const spec = parseObject(compileFixture("rejections"));
  const program = spec.programs.get(name);
  if (!program) throw new Error(`no program ${name}`);
  program.autoload = true;
  try {
    loadCollection(spec).close();
  } catch (error) {
    if (error instanceof VerifierError) return error;
    throw error;
  }
  throw new Error(`${name} was loaded`);
}

describe("a rejection says what is wrong, where, since when and what to do", () => {
  for (const { program, needs = [], ...expected } of rejections)
    kernelTest(program, { needs }, () => {
      const error = rejection(program);
      expect(error.summary.summary).not.toBe("");
      expect(error.message).toContain(error.summary.summary);
      expect(error.category).toBe(expected.category);
      expect(error.at?.text).toMatch(expected.at);
      expect(error.at?.file).toMatch(/\/rejections\.bpf\.c$/);
      expect(error.message).toContain(`rejections.bpf.c:${error.at?.line}:${error.at?.column}: `);
      expect(error.summary.advice).toMatch(expected.advice);
      expect(error.message).toContain(error.summary.advice);
      const causes = error.causes.map(({ text }) => text).join("\n");
      if (expected.cause) expect(causes).toMatch(expected.cause);
      if (!isAtLeast(release(), EXPLAINS)) return;
      if (expected.causeToday) expect(causes).toMatch(expected.causeToday);
      // What the kernel would have one do is said where nothing better is known, and nowhere else.
      const { explanation } = error.summary;
      if (explanation) expect(error.message).not.toContain(explanation.suggestion);
    });

  kernelTest("that names no place has none", {}, () => {
    const error = rejection("deep_stack");
    expect([error.at, error.category]).toEqual([null, "Verifier Limit"]);
    expect(error.message).toMatch(/combined stack size of 2 calls is \d+\. Too large\n {2}All functions/);
  });

  kernelTest("names a function that the kernel does not have", {}, () => {
    const error = rejection("missing_kfunc");
    expect(error.message).toMatch(/this kernel has no function 'bpf_of_the_future'/);
    expect(error.at?.text).toMatch(/bpf_of_the_future\(\)/);
  });

  kernelTest("a way that the verifier has left is not part of the path", {}, () => {
    const { frames } = rejection("unreleased_record");
    expect(frames.map(({ text }) => text.trim())).not.toContain("bpf_ringbuf_submit(record, 0);");
    expect(frames.at(-1)?.text.trim()).toBe("}");
  });
});

// Linux 6.18 has releases that a program of too many branches crashes (`maybe_fork_scalars`): in the lab's machines only.
describe.skipIf(labKernel === "host")("a program that the verifier gives up on", () => {
  kernelTest("is explained by its last 16 MiB of log", { timeoutMs: 300_000 }, () => {
    const error = rejection("long_loop");
    expect(error.category).toBe("Verifier Limit");
    expect(error.message).toMatch(/too complex|too large/);
    expect(error.message).toMatch(/round by round/);
    expect(error.at?.file).toMatch(/rejections\.bpf\.c$/);
  });
});
