// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the probes' templates, not these
import { probe } from "../../../support/probe.js";
import type { Refused } from "../example.js";

/** Members, and statements of the program `run`. */
const run = (statements: string, { globals = "", imports = "", before = "", license = "GPL" } = {}): string =>
  probe(
    `  ${globals}\n  @SEC("xdp") run(ctx: XdpMd): XdpAction {\n    ${statements}\n    return XdpAction.PASS;\n  }`,
    { imports: `bpf_probe_read_kernel, bpf_strncmp, printk, addr, cast, loop, ${imports}`, before },
  ).replace('license: "GPL"', `license: "${license}"`);

export const calls: readonly Refused[] = [
  {
    name: "a field behind a pointer that says not what it points to",
    code: "TSB2015",
    source: run("const pid = bpf_get_current_task_btf().«pid»;", { imports: "bpf_get_current_task_btf," }),
    says: "cast<task_struct>(p)",
  },
  {
    name: "an argument of a static probe on a kernel without cookies, where the argument is",
    code: "TSB5004",
    source: probe(
      '  n: u64 = 0;\n  @SEC("usdt") run(ctx: PtRegs, «m: u64», n: u64): i32 { this.n = n + m; return 0; }',
      { imports: "PtRegs," },
    ),
    options: { kernel: "5.10" },
    says: /bpf_get_attach_cookie needs Linux 5\.15.* It is at @tsbpfc\/stdlib\/usdt\.ts:\d+/,
  },
  {
    name: "a function of the kernel, under a license that is not compatible",
    code: "TSB4018",
    source: run("«bpf_rcu_read_lock»();", {
      before: "declare function bpf_rcu_read_lock(): void;",
      license: "MIT",
    }),
  },
  {
    name: "a helper that the program type may not call",
    code: "TSB4017",
    source: run("«bpf_skb_pull_data»(cast<SkBuff>(ctx), 0);", { imports: "bpf_skb_pull_data," }),
    says: "sched_cls",
  },
  {
    name: "a helper in a function that two programs share, and one may not call it",
    code: "TSB4017",
    source: run("both(2);", {
      globals: '@SEC("tc") other(ctx: SkBuff): i32 { return i32(both(1)); }',
      imports: "bpf_redirect_peer,",
      before: "function both(n: u32): i64 { return «bpf_redirect_peer»(n, 0); }",
    }),
    says: '@SEC("xdp")',
  },
  {
    name: "a helper behind a map's method that the program type may not call",
    code: "TSB4017",
    source: probe(
      '  @map({ maxEntries: 1 }) devices: DevMap;\n  @SEC("tc") run(ctx: SkBuff): i32 {\n    «this».devices.redirect(0);\n    return 0;\n  }',
      { imports: "DevMap," },
    ),
    says: "xdp",
  },
  {
    name: "a helper in a closure that the program type may not call",
    code: "TSB4017",
    source: run("loop(4, (i) => { «bpf_redirect_peer»(i, 0); });", { imports: "bpf_redirect_peer," }),
  },
  {
    name: "a helper that came after the kernel",
    code: "TSB5004",
    source: run("this.n = «bpf_ktime_get_boot_ns»();", {
      globals: "n: u64 = 0;",
      imports: "bpf_ktime_get_boot_ns,",
    }),
    options: { kernel: "5.7" },
    says: "needs Linux 5.8",
  },
  {
    name: "a helper that came to the program's type after the kernel",
    code: "TSB5004",
    source: run("«bpf_get_current_comm»(this.name);", {
      globals: "name: str<16>;",
      imports: "bpf_get_current_comm,",
    }),
    options: { kernel: "6.12" },
    says: "bpf_get_current_comm in a program of type xdp needs Linux 6.16",
  },
  {
    name: "a function of the kernel that the kernel has no more",
    code: "TSB5007",
    source: run("«bpf_wq_set_callback_impl»(null, null, 0, null);", {
      before:
        "declare function bpf_wq_set_callback_impl(wq: ptr<u64> | null, callback: ptr<u64> | null, flags: u32, aux: ptr<u64> | null): i32;",
    }),
    options: { kernel: "7.0" },
    says: "bpf_wq_set_callback_impl is gone from Linux 7.0 on",
  },
  {
    name: "a helper that the kernel lets the program's type call no more",
    code: "TSB5007",
    source: probe(
      '  @SEC("lwt_seg6local") run(ctx: SkBuff): i32 {\n    «bpf_skb_pull_data»(ctx, 0);\n    return 0;\n  }',
      { imports: "bpf_skb_pull_data," },
    ),
    options: { kernel: "7.3" },
    says: "bpf_skb_pull_data in a program of type lwt_seg6local is gone from Linux 7.2",
  },
  {
    name: "a function of the kernel that came after the kernel",
    code: "TSB5004",
    source: run("«bpf_rcu_read_lock»();", { before: "declare function bpf_rcu_read_lock(): void;" }),
    options: { kernel: "6.1" },
    says: "bpf_rcu_read_lock needs Linux 6.2",
  },
  {
    name: "a function of the kernel that came to the program's type after the kernel",
    code: "TSB5004",
    source: probe(
      '  @SEC("sockops") run(ctx: SockOps): i32 {\n    «bpf_task_release»(null);\n    return 0;\n  }',
      { imports: "SockOps,", before: "declare function bpf_task_release(task: ptr<u64> | null): void;" },
    ),
    options: { kernel: "6.12" },
    says: "bpf_task_release in a program of type sock_ops needs Linux 6.16",
  },
  {
    name: "a type of program that came after the kernel",
    code: "TSB5004",
    source: probe('  @SEC("sk_lookup") «pick»(ctx: SkLookup): SkAction { return SkAction.PASS; }', {
      imports: "SkLookup, SkAction,",
    }),
    options: { kernel: "5.8" },
    says: '@SEC("sk_lookup") needs Linux 5.9',
  },
  {
    name: "something to attach to that came after the program's type, and the kernel",
    code: "TSB5004",
    source: probe('  @SEC("cgroup/connect_unix") «unix»(ctx: SockAddr): i32 { return 1; }', {
      imports: "SockAddr,",
    }),
    options: { kernel: "6.6" },
    says: '@SEC("cgroup/connect_unix") needs Linux 6.7',
  },
  {
    name: "a read of kernel memory under another license",
    code: "TSB4018",
    source: run("this.n = «readKernel»(cast<ptr<u32>>(u64(1)));", {
      globals: "n: u32 = 0;",
      imports: "readKernel,",
      license: "Apache-2.0",
    }),
    says: "bpf_probe_read_kernel",
  },
  {
    name: "a constant to be filled by a helper",
    code: "TSB4005",
    source: run("bpf_probe_read_kernel(«this.c», addr(this.c));", { globals: "readonly c: u32 = 1;" }),
  },
  {
    name: "a local constant to be filled by a helper",
    code: "TSB4005",
    source: run("const n: u32 = 1;\n    bpf_probe_read_kernel(«n», addr(this.c));", {
      globals: "c: u32 = 1;",
    }),
  },
  {
    name: "a text that is not constant where the helper wants one",
    code: "TSB4013",
    source: run("bpf_strncmp(this.a, «this.b»);", { globals: 'a: str<4> = "a"; b: str<4> = "b";' }),
  },
  {
    name: "four values printed before Linux 5.16",
    code: "TSB5004",
    source: run("«printk(`${this.a}${this.a}${this.a}${this.a}`)»;", { globals: "a: u8 = 1;" }),
    options: { kernel: "5.15" },
    says: "5.16",
  },
  {
    name: "a text printed into what is none",
    code: "TSB4005",
    source: run("snprintf(«cast<ptr<u8>>(addr(this.a))», `x`);", {
      globals: "a: u8 = 1;",
      imports: "snprintf,",
    }),
  },
  {
    name: "a kernel function of a program's name",
    code: "TSB1010",
    source: run("this.n = run();", {
      globals: "n: u64 = 0;",
      before: "declare function run(): u64;",
    }).replace(" run(ctx", " «run»(ctx"),
  },
  {
    name: "a kernel function with too few arguments",
    code: "TSB4007",
    source: run("this.n = «two(1)»;", {
      globals: "n: u64 = 0;",
      before: "declare function two(a: u32, b: u32): u64;",
    }),
  },
  {
    name: "objects of constants that change, which the stack does not hold",
    code: "TSB5001",
    source: run(
      "const a = «new» Odd(); const b = new Odd(); b.a[this.n & 127] = 1; a.a[this.n & 63] = 2; this.odds.update(1, a); this.odds.update(2, b);",
      {
        globals: "@map({ maxEntries: 2 }) odds: HashMap<u32, Odd>; n: u32 = 150;",
        before: "class Odd { a: array<u8, 399>; last: u8; }",
      },
    ),
  },
  {
    name: "more than 512 bytes of stack, by their variables' sizes",
    code: "TSB5001",
    source: run(
      "const small = zeroed<array<u64, 20>>(); const large = «new» Odd();\n    small[this.n & 15] = 1; large.last = 1;\n    this.odds.update(1, large);\n    this.sum = small[3];",
      {
        globals: "@map({ maxEntries: 2 }) odds: HashMap<u32, Odd>; n: u32 = 150; sum: u64 = 0;",
        imports: "zeroed,",
        before: "class Odd { a: array<u8, 399>; last: u8; }",
      },
    ),
    says: /^\d+ bytes of stack .*'large' \(Odd\) 400, 'small' \(array<u64, 20>\) 160/,
  },
];
