// Asks the running kernel's verifier which program types may call which helper, and which helpers are GPL-only:
// loads a program of two instructions for each pair and reads the log. Writes scripts/helper-facts.json, which
// generate-helpers.mjs reads. Needs root; attaches nothing. Program types that this kernel lacks, or refuses to
// root here, are left out of `asked`.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { release } from "node:os";
import koffi from "koffi";

const SYS_BPF = { x64: 321, arm64: 280 }[process.arch];
const BPF_PROG_LOAD = 5;
const BPF_F_SLEEPABLE = 1 << 4;
const syscall = koffi
  .load("libc.so.6")
  .func("long syscall(long number, int command, uint8_t *attributes, unsigned int size)");
const close = koffi.load("libc.so.6").func("int close(int fd)");
/** Allocated once: their addresses go into the attributes. */
const log = Buffer.alloc(16384);

const btf = execFileSync("bpftool", ["btf", "dump", "file", "/sys/kernel/btf/vmlinux"], {
  encoding: "utf8",
  maxBuffer: 1 << 28,
});
const btfId = (kind, name) => Number(new RegExp(`^\\[(\\d+)\\] ${kind} '${name}'`, "m").exec(btf)?.[1] ?? 0);
const rawTracepoint = btfId("TYPEDEF", "btf_trace_sched_switch");
const taskIterator = btfId("FUNC", "bpf_iter_task");

/** enum bpf_prog_type, and the expected attach types (enum bpf_attach_type) that decide over helpers. */
const programs = {
  socket_filter: [1],
  kprobe: [2, 0, 42, 56],
  sched_cls: [3],
  sched_act: [4],
  tracepoint: [5],
  xdp: [6, 37],
  perf_event: [7],
  cgroup_skb: [8, 0, 1],
  cgroup_sock: [9, 2, 12, 13, 34],
  lwt_in: [10],
  lwt_out: [11],
  lwt_xmit: [12],
  sock_ops: [13, 3],
  sk_skb: [14, 4, 5, 38],
  cgroup_device: [15, 6],
  sk_msg: [16, 7],
  raw_tracepoint: [17],
  cgroup_sock_addr: [18, 8, 9, 10, 11, 14, 15, 19, 20, 29, 30, 31, 32, 49, 50, 51, 52, 53],
  lwt_seg6local: [19],
  lirc_mode2: [20, 16],
  sk_reuseport: [21, 39, 40],
  flow_dissector: [22, 17],
  cgroup_sysctl: [23, 18],
  raw_tracepoint_writable: [24],
  cgroup_sockopt: [25, 21, 22],
  tracing: [26, 23, 28],
  sk_lookup: [30, 36],
  syscall: [31],
  netfilter: [32, 45],
};
const target = { 23: rawTracepoint, 28: taskIterator };

function load(type, attachType, helper, license) {
  const code = Buffer.alloc(24);
  code.writeUInt8(0x85, 0);
  code.writeInt32LE(helper, 4);
  code.writeUInt8(0xb7, 8);
  code.writeUInt8(0x95, 16);
  const text = Buffer.from(`${license}\0`);
  const attributes = Buffer.alloc(152);
  attributes.writeUInt32LE(type, 0);
  attributes.writeUInt32LE(code.length / 8, 4);
  attributes.writeBigUInt64LE(koffi.address(code), 8);
  attributes.writeBigUInt64LE(koffi.address(text), 16);
  attributes.writeUInt32LE(1, 24);
  attributes.writeUInt32LE(log.length, 28);
  attributes.writeBigUInt64LE(koffi.address(log), 32);
  const sleepable = type === 31 || (type === 26 && attachType === 28);
  attributes.writeUInt32LE(sleepable ? BPF_F_SLEEPABLE : 0, 44);
  attributes.writeUInt32LE(attachType, 68);
  attributes.writeUInt32LE(type === 26 ? (target[attachType] ?? 0) : 0, 108);
  log[0] = 0;
  const fd = syscall(SYS_BPF, BPF_PROG_LOAD, attributes, attributes.length);
  if (fd >= 0) close(fd);
  const answer = log.subarray(0, log.indexOf(0)).toString("latin1");
  return { reached: fd >= 0 || /call /.test(answer), answer };
}

const header = readFileSync("/usr/include/linux/bpf.h", "utf8");
const ids = [...header.matchAll(/^\tFN\((\w+)\),/gm)].map((m) => m[1]).slice(1);
ids.push("cgrp_storage_get", "cgrp_storage_delete");
const facts = { kernel: release(), asked: [], gplOnly: [], programs: {} };
for (const [name, [type, ...attachTypes]] of Object.entries(programs)) {
  const variants = attachTypes.length > 0 ? attachTypes : [0];
  const usable = variants.filter((a) => load(type, a, 5, "GPL").reached);
  if (usable.length === 0) continue;
  facts.asked.push(name);
  ids.forEach((helper, i) => {
    const id = i + 1;
    const answers = usable.map((a) => load(type, a, id, "GPL"));
    if (answers.every(({ answer }) => /cannot use helper|unknown func|invalid func/.test(answer))) return;
    facts.programs[`bpf_${helper}`] = [...(facts.programs[`bpf_${helper}`] ?? []), name];
    const strict = usable.map((a) => load(type, a, id, "Proprietary"));
    if (
      strict.some(({ answer }) => /GPL-restricted/.test(answer)) &&
      !facts.gplOnly.includes(`bpf_${helper}`)
    )
      facts.gplOnly.push(`bpf_${helper}`);
  });
}
const list = (names) => `[${names.map((n) => `"${n}"`).join(", ")}]`;
writeFileSync(
  new URL("helper-facts.json", import.meta.url),
  `{
  "kernel": "${facts.kernel}",
  "asked": ${list(facts.asked)},
  "gplOnly": ${list(facts.gplOnly.sort())},
  "programs": {
${ids.map((h) => `    "bpf_${h}": ${list(facts.programs[`bpf_${h}`] ?? [])}`).join(",\n")}
  }
}
`,
);
console.log(
  `${facts.asked.length} program types, ${Object.keys(facts.programs).length} of ${ids.length} helpers`,
);
