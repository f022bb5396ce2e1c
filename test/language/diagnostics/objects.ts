import { probe } from "../../support/probe.js";
import { type Example, inside } from "./example.js";

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
];
