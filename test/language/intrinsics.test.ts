import koffi from "koffi";
import { describe, expect } from "vitest";
import { computing } from "../support/computed.js";
import { kernelBtf } from "../support/kernel-btf.js";
import { probe } from "../support/probe-source.js";

/** One XDP program, whose body sets the globals. */
const run = (globals: string, body: string, { imports = "", before = "" } = {}): string =>
  probe(`${globals}\n  @SEC("xdp") run(ctx: XdpMd): XdpAction {\n${body}\n    return XdpAction.PASS;\n  }`, {
    imports,
    before,
  });

describe("the standard library", () => {
  const ops = "add sub and or xor exchange".split(" ");
  const atomics = run(
    `${ops.map((op) => `  a_${op}: u64 = 0xf0; b_${op}: u32 = 0xf0; olda_${op}: u64 = 0; oldb_${op}: u32 = 0;`).join("\n")}
  ca: u64 = 7; cb: i32 = -7; hit: u64 = 0; miss: i32 = 0; parts: array<i64, 4> = [1, 2, 3, 4];`,
    `${ops.map((op) => `    this.olda_${op} = atomic.${op}(this.a_${op}, 0x3c); this.oldb_${op} = atomic.${op}(this.b_${op}, 0x3c);`).join("\n")}
    this.hit = atomic.compareExchange(this.ca, 7, 9);
    this.miss = atomic.compareExchange(this.cb, 7, 9);
    atomic.add(this.parts[2], -5);
    atomic.sub(this.parts[ctx.ingress_ifindex & 3], 1);
    this.counts.update(1, 40);
    const found = this.counts.lookup(1);
    if (found) { this.before = atomic.add(found.value, 2); this.behind = found.value; }`,
    { imports: "atomic," },
  ).replace(
    "@SEC",
    "@map({ maxEntries: 1 }) counts: HashMap<u32, u64>; before: u64 = 0; behind: u64 = 0;\n  @SEC",
  );
  for (const cpu of ["v3", "v4"] as const)
    computing(
      `atomic operations give what was there before, on ${cpu}`,
      atomics,
      async (computed) => {
        const result = await computed();
        const after = { add: 0x12c, sub: 0xb4, and: 0x30, or: 0xfc, xor: 0xcc, exchange: 0x3c };
        for (const [op, value] of Object.entries(after)) {
          expect([op, result[`a_${op}`], result[`b_${op}`]]).toEqual([op, BigInt(value), value]);
          expect([result[`olda_${op}`], result[`oldb_${op}`]]).toEqual([0xf0n, 0xf0]);
        }
        expect(result).toMatchObject({ ca: 9n, hit: 7n, cb: -7, miss: -7, before: 40n, behind: 42n });
        const parts = result.parts as unknown as bigint[];
        expect([...parts].reduce((a, b) => a + b)).toBe(4n);
      },
      { options: { cpu } },
    );

  for (const cpu of ["v1", "v2"] as const)
    computing(
      `an addition without a result is atomic on ${cpu} too`,
      run(
        "  a: u64 = 5; b: i32 = 5;",
        "    atomic.add(this.a, 2); atomic.add(this.b, -7); atomic.add(this.a, 0);",
        {
          imports: "atomic,",
        },
      ),
      async (computed) => {
        expect(await computed()).toMatchObject({ a: 7n, b: -2 });
      },
      { options: { cpu } },
    );

  computing(
    "strlen counts to the first NUL, and texts are equal up to it",
    run(
      `  a: str<16> = "hello"; b: str<8> = "hello"; full: str<5> = "four"; lengths: array<u32, 4>; bits: u64 = 0;
  readonly name: str<16> = "as compiled";`,
      `    this.lengths[0] = strlen(this.a);
    this.full[4] = 33;
    this.lengths[1] = strlen(this.full);
    this.lengths[2] = strlen("abc");
    this.lengths[3] = strlen(this.name);
    let bits: u64 = 0;
    if (this.a === "hello") bits |= 1;
    if (this.a === "hell") bits |= 2;
    if (this.a === "hello!") bits |= 4;
    if (this.a === this.b) bits |= 8;
    if (this.full === "four!") bits |= 16;
    if (this.full !== "four") bits |= 32;
    if (this.name === "as set") bits |= 64;
    if (this.name === "as compiled") bits |= 128;
    const text: str<12> = "hello";
    if (text === this.a) bits |= 256;
    if (this.b === this.full) bits |= 512;
    const same = this.a !== "";
    if (same) bits |= 1024;
    this.bits = bits;`,
      { imports: "strlen," },
    ),
    async (computed) => {
      const result = await computed({ rodata: { name: "as set" } });
      expect([...(result.lengths as unknown as Iterable<number>)]).toEqual([5, 5, 3, 6]);
      expect(result.bits).toBe(1n | 8n | 16n | 32n | 64n | 256n | 1024n);
    },
  );

  computing(
    "a readonly table is as it was set before the load",
    run(
      "  readonly table: array<u32, 4> = [1, 2, 3, 4]; sum: u64 = 0; third: u32 = 0;",
      "    this.third = this.table[2]; this.sum = this.table[ctx.rx_queue_index & 3];",
    ),
    async (computed) => {
      const table = [10, 20, 30, 40] as unknown as Uint8Array;
      expect(await computed({ rodata: { table } })).toMatchObject({ third: 30, sum: 10n });
    },
  );

  computing(
    "pointers are stepped, cast, and taken of variables and elements",
    run(
      "  values: array<u32, 4> = [1, 2, 3, 4]; a: u32 = 0; b: u16 = 0; c: u64 = 0; zero: u64 = 1; d: u32 = 0;",
      `    const first = addr(this.values[0]);
    this.a = offset(first, 2).value;
    this.b = cast<u16>(addr(this.values[3])).value;
    let x: u64 = 0x1_0000_0005;
    const low = cast<u32>(addr(x));
    low.value = 9;
    this.c = x;
    const none = zeroed<array<u64, 4>>();
    this.zero = none[0] + none[3];
    this.d = offset(addr(this.values[2]), -1).value;`,
      { imports: "addr, offset, cast, zeroed," },
    ),
    async (computed) => {
      expect(await computed()).toMatchObject({ a: 3, b: 4, c: 0x1_0000_0009n, zero: 0n, d: 2 });
    },
  );

  computing(
    "memory of the process and of the kernel is read explicitly",
    probe(
      `  number: u64 = 0; second: u32 = 0; text: str<8>; length: i64 = 0; own: u32 = 0; pair: Pair; name: str<16>; same: u32 = 0; comm: str<16>; nameLength: u32 = 0;
  @SEC("raw_tp/sched_switch") run(ctx: RawTracepoint): i32 {
    const at = ctx.args[0];
    const numbers = cast<user<u64>>(at);
    this.number = readUser(numbers);
    this.second = readUser(offset(cast<user<u32>>(at), 2));
    copy(this.pair, readUser(cast<user<Pair>>(at)));
    this.length = readUserStr(this.text, u64(at) + 12);
    const task = bpf_get_current_task<task_struct>();
    this.own = u32(readKernel(addr(task.tgid)));
    readKernelStr(this.name, addr(task.comm));
    bpf_get_current_comm(this.comm);
    this.same = this.comm === task.comm ? 1 : 0;
    this.nameLength = strlen(task.comm);
    return 0;
  }`,
      {
        imports:
          "RawTracepoint, cast, user, readUser, readUserStr, readKernel, readKernelStr, offset, addr, strlen, bpf_get_current_task, bpf_get_current_comm,",
        before: `import type { task_struct } from "./vmlinux";\nexport class Pair { a: u32; b: u32; }`,
      },
    ),
    async (computed) => {
      const bytes = new Uint8Array(32);
      const view = new DataView(bytes.buffer);
      view.setBigUint64(0, 0x1122_3344_5566_7788n, true);
      view.setUint32(8, 77, true);
      bytes.set(new TextEncoder().encode("beta"), 12);
      const context = new Uint8Array(8);
      new DataView(context.buffer).setBigUint64(0, BigInt(koffi.address(bytes)), true);
      const result = await computed({ context, data: null });
      expect(result).toMatchObject({
        number: 0x1122_3344_5566_7788n,
        second: 77,
        pair: { a: 0x5566_7788, b: 0x1122_3344 },
        text: "beta",
        length: 5n,
        own: process.pid,
        name: result.comm,
        same: 1,
        nameLength: String(result.comm).length,
      });
    },
  );

  computing(
    "the running kernel's types are asked for by CO-RE",
    run(
      `  facts: u64 = 0; size: u64 = 0; pid: u64 = 0; pidSize: u64 = 0; hash: u64 = 0; own: u64 = 0; task: u64 = 0;`,
      `    const task = bpf_get_current_task<task_struct>();
    let facts: u64 = 0;
    if (fieldExists(task.tgid)) facts |= 1;
    const old = cast<task_struct___old>(task);
    if (fieldExists(old.state)) facts |= 2;
    if (fieldExists(old.__state)) facts |= 4;
    if (typeExists<task_struct>()) facts |= 8;
    if (typeExists<no_such_struct___mine>()) facts |= 16;
    if (typeMatches<task_struct___old>()) facts |= 32;
    if (enumValueExists(bpf_map_type___mine.BPF_MAP_TYPE_HASH)) facts |= 64;
    if (enumValueExists(bpf_map_type___mine.BPF_MAP_TYPE_NEVER)) facts |= 128;
    if (fieldExists(task.real_parent.tgid)) facts |= 256;
    this.facts = facts;
    this.hash = enumValue(bpf_map_type___mine.BPF_MAP_TYPE_HASH);
    this.size = fieldSize(task.comm);
    this.pidSize = fieldSize(task.pid);
    this.pid = fieldOffset(task.pid);
    this.own = fieldOffset(new Own().b) * 100 + fieldSize(new Own().b);
    this.task = sizeof<task_struct>();`,
      {
        imports:
          "fieldExists, fieldSize, fieldOffset, typeExists, typeMatches, enumValue, enumValueExists, cast, bpf_get_current_task,",
        before: `import type { task_struct } from "./vmlinux";
interface task_struct___old { readonly state: i64; readonly __state: u32; }
interface no_such_struct___mine { readonly x: u32; }
export enum bpf_map_type___mine { BPF_MAP_TYPE_HASH = 77, BPF_MAP_TYPE_NEVER = 78 }
class Own { a: u8; b: u32; }`,
      },
    ),
    async (computed) => {
      const result = await computed();
      const { offsetOf, sizeOf } = kernelBtf("task_struct");
      expect(result).toMatchObject({
        facts: 1n | 4n | 8n | 64n | 256n,
        hash: 1n,
        size: 16n,
        pidSize: 4n,
        pid: BigInt(offsetOf("pid")),
        own: 404n,
        task: BigInt(sizeOf),
      });
    },
    { commands: ["bpftool"] },
  );
});
