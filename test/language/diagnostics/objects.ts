import { probe } from "../../support/probe.js";
import { type Example, inside, type Refused } from "./example.js";

const IMPORTS =
  "ArrayMap, SpinLock, withLock, ListHead, ListNode, RbRoot, RbNode, kptr, bpf_obj_new, bpf_obj_drop, bpf_kptr_xchg,";

/** A program with a map of these values. */
const withValue = (classes: string, statements: string): string =>
  probe(
    `  @map({ maxEntries: 1 }) values: ArrayMap<Value>;
  @SEC("tc") run(ctx: SkBuff): i32 {
    const value = this.values.lookup(0);
    if (!value) return 0;
    ${statements}
    return 0;
  }`,
    { imports: IMPORTS, before: classes },
  );

const JOB = "class Job { node: ListNode; cost: u64; }";

/** 6xxx: objects that a program owns. */
export const objects: readonly Example[] = [
  {
    code: "TSB6001",
    source: withValue(
      "class Job { a: ListNode; b: ListNode; }\nclass Value { lock: SpinLock; jobs: ListHead<«Job»>; }",
      "",
    ),
  },
  {
    code: "TSB6002",
    source: withValue(
      `${JOB}\nclass Value { job: kptr<Job>; }`,
      "const job = bpf_obj_new(Job);\n    «value.job» = job;",
    ),
  },
  {
    code: "TSB6003",
    source: withValue(
      `${JOB}\nclass Value { job: ptr<Job>; }`,
      "const job = bpf_kptr_xchg(«value.job», null);",
    ),
  },
  {
    code: "TSB6004",
    source: inside("const job = bpf_obj_new(«XdpMd»);").replace("copy,", "copy, bpf_obj_new,"),
  },
  {
    code: "TSB6005",
    source: withValue(`${JOB}\nclass Value { jobs: ListHead<Job>; }`, "").replace(
      "ArrayMap<Value>",
      "«ArrayMap<Value>»",
    ),
  },
  {
    code: "TSB6006",
    source: withValue(
      "class Item { node: RbNode; key: u64; }\nclass Value { lock: SpinLock; items: RbRoot<Item>; }",
      "const least = ctx.len;\n    const item = bpf_obj_new(Item);\n    if (item) withLock(value.lock, () => value.items.add(item, «(a, b) => a.key < least»));",
    ),
  },
  {
    code: "TSB6007",
    source: probe(
      `  @map({ maxEntries: 1 }) values: ArrayMap<Value>;
  @SEC("raw_tp/sys_enter") run(ctx: RawTracepoint): i32 {
    return «this».values.lookup(0) ? 1 : 0;
  }`,
      { imports: "ArrayMap, SpinLock, RawTracepoint,", before: "class Value { lock: SpinLock; n: u64; }" },
    ),
    says: /'values' holds a bpf_spin_lock, .* program of type raw_tracepoint/,
  },
  {
    code: "TSB6010",
    source: withValue(
      `${JOB}\nclass Value { job: kptr<Job>; }`,
      "const job = bpf_obj_new(Job);\n    if (!job) return 0;\n    if (ctx.len > 1500) «return» 1;\n    bpf_obj_drop(job);",
    ),
  },
  {
    code: "TSB6011",
    source: withValue(
      `${JOB}\nclass Value { lock: SpinLock; jobs: ListHead<Job>; }`,
      "const job = bpf_obj_new(Job);\n    if (!job) return 0;\n    withLock(value.lock, () => value.jobs.pushBack(job));\n    job.«cost» = ctx.len;",
    ),
  },
];

/** A program that does this with objects. */
const way = (name: string, code: string, statements: string): Refused => ({
  name,
  code,
  source: withValue(
    `${JOB}\nclass Value { lock: SpinLock; jobs: ListHead<Job>; job: kptr<Job>; }`,
    statements,
  ),
});

export const references: readonly Refused[] = [
  way(
    "a loop that loses an object in each round",
    "TSB6010",
    "for (let i = 0; i < 4; i++) {\n      const job = «bpf_obj_new»(Job);\n      if (!job) break;\n    }",
  ),
  way("what an exchange gives, lost", "TSB6010", "bpf_kptr_xchg(value.job, null);\n    «return» 1;"),
  way(
    "a variable that is given another object",
    "TSB6010",
    "let job = bpf_obj_new(Job);\n    if (!job) return 0;\n    «job» = bpf_obj_new(Job);\n    if (job) bpf_obj_drop(job);",
  ),
  way(
    "an object that is dropped twice",
    "TSB6011",
    "const job = bpf_obj_new(Job);\n    if (!job) return 0;\n    bpf_obj_drop(job);\n    «bpf_obj_drop»(job);",
  ),
  way(
    "an object that is put into a list and kept",
    "TSB6011",
    "const job = bpf_obj_new(Job);\n    if (!job) return 0;\n    withLock(value.lock, () => value.jobs.pushBack(job));\n    const old = «bpf_kptr_xchg»(value.job, job);\n    if (old) bpf_obj_drop(old);",
  ),
];
