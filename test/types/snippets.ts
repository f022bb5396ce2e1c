/** A probe around a field or method of its program class. */
const probe = (members: string, before = ""): string => `
import {
  program, map, SEC, kconfig, packed, align, union, inline, type ptr, type ref, type user, type array, type str, type bits,
  u8, u16, u32, u64, i8, i16, i32, i64, be16, be32, XdpMd, SkBuff, SkMsg, SkLookup, PtRegs, TracingCtx, LsmCtx, SockAddr, SockOps, IterTask,
  RawTracepoint, StructOpsCtx, PerfEventCtx, Tracepoint, XdpAction, TcAction, SkAction, HashMap, ArrayMap, PerCpuArray, RingBuf, Stack, Queue, LpmTrie,
  ProgArray, PerfEventArray, TaskStorage, SockMap, SockHash, DevMap, XskMap, BloomFilter, ArrayOfMaps, StackTrace, UserRingBuf, SpinLock, Timer, Packet, EthHdr, IpHdr,
  atomic, htons, ntohs, copy, addr, cast, offset, readUser, readKernel, readUserStr, loop, range, sizeof, zeroed, withLock, printk,
  bpf_ktime_get_ns, bpf_get_current_comm, bpf_map_lookup_elem, bpf_map_update_elem, bpf_get_current_task, bpf_probe_read_user_str, bpf_sk_lookup_tcp, bpf_csum_diff, bpf_skb_load_bytes,
  ListHead, ListNode, RbRoot, RbNode, kptr, bpf_obj_new, bpf_obj_drop, bpf_kptr_xchg, bpf_task_from_pid, BPF_F_NO_PREALLOC, ETH_P_IP,
} from "@tsbpfc/stdlib";
import type { task_struct, sock } from "./vmlinux";
class Event { pid: u32; time: u64; comm: str<16>; }
${before}
@program({ license: "GPL" })
export class Probe {
  @map({ maxEntries: 8 }) counts: HashMap<u32, u64>;
  @map({ maxEntries: 8 }) events: HashMap<u32, Event>;
  @map({ maxEntries: 4096 }) ring: RingBuf<Event>;
  @SEC("xdp") unconcerned(ctx: XdpMd): XdpAction { return XdpAction.PASS; }
  ${members}
}
`;
/** The same, with statements in a subprogram. */
const inside = (statements: string, before = ""): string =>
  probe(
    `private body(ctx: XdpMd, a8: u8, a16: u16, a32: u32, a64: u64, s32: i32, s64: i64, net: be32): void { ${statements} }`,
    before,
  );

/** Statements in an XDP program, which the compiler checks whatever else the class has. */
const program = (statements: string, before = ""): string =>
  probe(`@SEC("xdp") f(ctx: XdpMd): XdpAction { ${statements} return XdpAction.PASS; }`, before);

const ITEM = `class Item { node: RbNode; key: u64; }
class Other { name: str<8>; }
class Tree { lock: SpinLock; root: RbRoot<Item>; }
class Slot { item: kptr<Item>; }`;

/** What plain TypeScript accepts, and the dialect too. */
export const accepted: Readonly<Record<string, string>> = {
  "sections of every family": probe(`
    @SEC("?xdp") a(ctx: XdpMd): XdpAction { return XdpAction.PASS; }
    @SEC("tcx/ingress") b(ctx: SkBuff): TcAction { return TcAction.NEXT; }
    @SEC("kprobe.multi/tcp_*") c(ctx: PtRegs): i32 { return 0; }
    @SEC("raw_tp/sched_switch") e(ctx: RawTracepoint, preempt: boolean, prev: task_struct): i32 { return 0; }
    @SEC("lsm.s/file_open") f(ctx: LsmCtx): i32 { return 0; }
    @SEC("iter/task") g(ctx: IterTask<task_struct>): i32 { return ctx.task ? 1 : 0; }
    @SEC("syscall") h(ctx: Event): i32 { return 0; }
    @SEC("struct_ops/init") i(ctx: StructOpsCtx, sk: sock): void {}
    @SEC("sk_lookup") k(ctx: SkLookup): SkAction { return SkAction.PASS; }
    @SEC("cgroup/sendmsg4") l(ctx: SockAddr): i32 { ctx.user_ip4 = 0x0100007f; return 1; }`),
  "map options of every kind": probe(
    `
    @map({ maxEntries: 1, flags: BPF_F_NO_PREALLOC, pinning: "by-name", numaNode: 0 }) a: HashMap<u32, Event>;
    @map() b: PerfEventArray<Event>;
    @map() c: TaskStorage<u64>;
    @map({ maxEntries: 8, extra: 3 }) d: BloomFilter<u64>;
    @map({ maxEntries: 2, inner: { maxEntries: 4 }, values: ["counts"] }) e: ArrayOfMaps<HashMap<u32, u64>>;
    @map({ maxEntries: 8, flags: BPF_F_NO_PREALLOC }) private f: LpmTrie<Prefix, u32>;`,
    "class Prefix { prefixlen: u32; addr: be32; }",
  ),
  "objects in trees and map values": inside(
    `const tree = new Tree(); const slot = new Slot(); const item = bpf_obj_new(Item);
    if (item) { const { key } = item; a64 = key; const wrong: i32 = withLock(tree.lock, () => tree.root.add(item, (a, b) => a.key < b.key)); }
    const old = bpf_kptr_xchg(slot.item, null); if (old) { old.key = 1; bpf_obj_drop(old); }
    const first: Item | null = tree.root.first(); const task = bpf_task_from_pid<task_struct>(1);`,
    ITEM,
  ),
  "lossless widening": inside("a16 = a8; a32 = a16; a64 = a32; s32 = a16; s64 = a32; s64 = s32; a32 = net;"),
  "explicit narrowing": inside(
    "a32 = u32(a64); a8 = u8(s64); s32 = i32(a64); a64 = u64(0xffff_ffff_ffff_ffffn);",
  ),
  "arithmetic and comparison of any widths": inside(
    "a32 = a32 + 1; a32 += 1; const same = a32 === a64 && s32 < a64; a8 <<= 1;",
  ),
  "pointers to scalars through value, to classes like the class": inside(
    "const n = this.counts.lookup(1); if (n) n.value += 1; const e = this.events.lookup(1); if (e) e.pid = 2;",
  ),
  "values written out with fields left out": inside(
    "this.events.update(1, { pid: 1 }); this.events.lookupOrInit(1, {});",
  ),
  "iterating a map": inside("for (const [key, value] of this.counts) { a32 = key; value.value = 0; }"),
  "helpers by map type": inside(
    "const n = bpf_map_lookup_elem(this.counts, 1); if (n) a64 = n.value; bpf_map_update_elem(this.events, 1, { pid: 1 }, 0);",
  ),
  "helpers with two buffers": inside("bpf_csum_diff(null, addr(a32), 0);"),
  "pointers to pointers": inside(
    "const p: ptr<ptr<u8>> = cast<ptr<ptr<u8>>>(a64); a8 = p.value.value; const q = offset(p, 1); a8 = q.value.value;",
  ),
  "packet headers": inside(
    "const packet = new Packet(ctx); const eth = packet.read(EthHdr); if (eth && eth.h_proto === htons(ETH_P_IP)) packet.peek(IpHdr);",
  ),
  "a string's bytes": inside(
    "const e = this.ring.reserve(); if (e) { a8 = e.comm[0]; for (const c of e.comm) a8 = c; }",
  ),
  "kernel configuration": probe(
    `@kconfig("CONFIG_HZ") readonly hz: u32; @kconfig("LINUX_KERNEL_VERSION") readonly version: u32;`,
  ),
  "a timer that knows its value": inside(
    "",
    "class Slot { timer: Timer<Slot>; n: u64; } function arm(s: Slot): void { s.timer.setCallback((m, k, v) => { v.n += 1; return 0; }); }",
  ),
  "events that are no system calls": probe(`
    @SEC("tracepoint/sched/sched_switch") j(ctx: Tracepoint<"sched/sched_switch">): i32 { return ctx.prev_pid; }`),
  "arguments of a USDT probe": probe(`
    @SEC("usdt/libc.so.6:libc:setjmp") d(ctx: PtRegs, a: u64, b: i32): i32 { return b > 0 ? 1 : 0; }`),
};

/** What plain TypeScript refuses, with its codes: an editor without the plugin shows them. */
export const refused: Readonly<Record<string, readonly [codes: number | readonly number[], source: string]>> =
  {
    "another context than the section's": [
      1241,
      probe(`@SEC("xdp") f(ctx: SkBuff): XdpAction { return XdpAction.PASS; }`),
    ],
    "another result than the section's": [1241, probe(`@SEC("xdp") f(ctx: XdpMd): boolean { return true; }`)],
    "arguments where the section has none": [
      1241,
      probe(`@SEC("xdp") f(ctx: XdpMd, x: u32): XdpAction { return XdpAction.PASS; }`),
    ],
    "a section that libbpf does not know": [
      2345,
      probe(`@SEC("xpd") f(ctx: XdpMd): XdpAction { return XdpAction.PASS; }`),
    ],
    "such a section behind a question mark": [
      1241,
      probe(`@SEC("?xpd") f(ctx: XdpMd): XdpAction { return XdpAction.PASS; }`),
    ],
    "another event's context": [
      1241,
      probe(
        `@SEC("tracepoint/syscalls/sys_enter_execve") f(ctx: Tracepoint<"syscalls/sys_enter_bpf">): i32 { return 0; }`,
      ),
    ],
    "a field that the event does not have": [
      2339,
      probe(
        `@SEC("tracepoint/syscalls/sys_enter_execve") f(ctx: Tracepoint<"syscalls/sys_enter_execve">): i32 { return ctx.nothing; }`,
      ),
    ],
    "a kprobe with the wrong context": [
      1241,
      probe(`@SEC("kprobe/f") f(ctx: TracingCtx, a: u32): i32 { return 0; }`),
    ],
    "an unannotated context": [7006, probe(`@SEC("xdp") f(ctx): XdpAction { return XdpAction.PASS; }`)],
    "SEC on a field": [1240, probe(`@SEC("xdp") f: u32;`)],
    "an unknown map option": [2322, probe(`@map({ maxEntries: 1, size: 2 }) m: HashMap<u32, u64>;`)],
    "an option that the kind does not have": [
      1240,
      probe(`@map({ maxEntries: 1, inner: { maxEntries: 1 } }) m: HashMap<u32, u64>;`),
    ],
    "no maxEntries where the kind needs it": [1240, probe(`@map() m: HashMap<u32, u64>;`)],
    "no size for an LPM trie": [1240, probe(`@map({ flags: 1 }) m: LpmTrie<{ prefixlen: u32 }, u64>;`)],
    "maxEntries for local storage": [1240, probe(`@map({ maxEntries: 1 }) m: TaskStorage<u64>;`)],
    "a map of something that is no map": [1240, probe(`@map({ maxEntries: 1 }) m: u32;`)],
    "map on a method": [1241, probe(`@map({ maxEntries: 1 }) m(): void {}`)],
    "an unknown pinning": [
      [1240, 2322],
      probe(`@map({ maxEntries: 1, pinning: "name" }) m: HashMap<u32, u64>;`),
    ],
    "an unknown program option": [2353, probe("", "@program({ license: 'GPL', name: 'x' }) class Q {}")],
    "no license": [2345, probe("", "@program({}) class Q {}")],
    "u64 to u32": [2322, inside("a32 = a64;")],
    "i32 to u32": [2322, inside("a32 = s32;")],
    "u64 as an argument of u32": [2345, inside("bpf_map_lookup_elem(this.counts, a64);")],
    "host order where network order is meant": [2322, inside("net = a32;")],
    "a lookup without asking for null": [2531, inside("this.counts.lookup(1).value += 1;")],
    "a class lookup without asking for null": [2531, inside("this.events.lookup(1).pid = 1;")],
    "str<32> to str<16>": [2322, inside("", "function f(a: str<32>): str<16> { return a; }")],
    "array<u8, 8> to array<u8, 4>": [
      2322,
      inside("", "function f(a: array<u8, 8>): array<u8, 4> { return a; }"),
    ],
    "a method of another kind of map": [2339, inside("this.counts.push(1);")],
    "deleting from an array": [
      2339,
      probe("@map({ maxEntries: 1 }) a: ArrayMap<u64>; private f(): void { this.a.delete(0); }"),
    ],
    "one kind of map for another": [
      2345,
      inside("g(this.ring);", "function g(m: HashMap<u32, u64>): void {}"),
    ],
    "a key of the wrong shape": [
      2353,
      probe(
        "@map({ maxEntries: 1 }) a: HashMap<Event, u64>; private f(): void { this.a.lookup({ nothing: 1 }); }",
      ),
    ],
    "a record of another type": [2345, inside("this.ring.submit(this.counts.lookup(1));")],
    "writing a context's read-only field": [2540, inside("ctx.data = 0;")],
    "reading through a user pointer": [2339, inside("const p = cast<user<u32>>(a64); a32 = p.value;")],
    "Node's globals": [2304, inside("Math.abs(1);")],
    "a tree by a field that is no node": [2344, probe('tree: RbRoot<Item, "key">;', ITEM)],
    "a list of what has only a node of a tree": [2344, probe('list: ListHead<Item, "node">;', ITEM)],
    "an object that was not compared with null": [
      18047,
      inside("const item = bpf_obj_new(Item); item.key = a64;", ITEM),
    ],
    "another object for a kptr": [
      2345,
      inside(
        "const slot = new Slot(); const item = bpf_obj_new(Other); bpf_kptr_xchg(slot.item, item);",
        ITEM,
      ),
    ],
    "an order that gives no truth": [
      [2318, 2322],
      inside(
        "const tree = new Tree(); const item = bpf_obj_new(Item); if (item) tree.root.add(item, (a, b) => a.key);",
        ITEM,
      ),
    ],
    "making a map": [2511, inside("new HashMap<u32, u64>();")],
    "copying another struct": [2345, inside("copy(new Event(), zeroed<{ other: u32 }>());")],
  };

/** What plain TypeScript takes, since operators give `number` there; the dialect's checker does not, with these codes. */
export const refusedByDialect: Readonly<Record<string, readonly [code: string, source: string]>> = {
  "a literal that a u8 cannot hold": ["TSB2003", program("let x: u8 = 300;")],
  "a literal that an i8 cannot hold": ["TSB2003", program("let x: i8 = -129;")],
  "a negative literal for an unsigned type": ["TSB2003", program("let x: u32 = -1;")],
  "a literal beyond 64 bits": ["TSB2003", program("let x: u64 = 0x1_0000_0000_0000_0000;")],
  "a fraction": ["TSB2002", program("let x: u32 = 1.5;")],
  "a fraction as an argument": ["TSB2002", program("this.counts.delete(0.5);")],
  "a key out of range": ["TSB2003", program("this.counts.delete(0x1_0000_0000);")],
  "u64 divided by what may be negative": [
    "TSB2009",
    program("const n: u64 = 6; const m: i32 = 3; let x: u64 = n / m;"),
  ],
  "the remainder of the same": [
    "TSB2009",
    program("const n: u64 = 6; const m: i32 = 3; let x: u64 = n % m;"),
  ],
  "a text longer than its field": ["TSB2004", program('const e = new Event(); e.comm = "0123456789abcdef";')],
  "a shift beyond 64 bits": ["TSB2010", program("let x: u64 = ctx.data << 64;")],
  "an index beyond the array": [
    "TSB2011",
    program("const e = new Wide(); e.bytes[4] = 1;", "class Wide { bytes: array<u8, 4>; }"),
  ],
  "a division by zero": ["TSB2020", program("let x: u32 = ctx.data / 0;")],
};
