// What two objects of the same probe are to the kernel, program by program: ours and clang's.
import { readFileSync } from "node:fs";

/** An Ethernet frame with an IPv4 header, from 10.0.0.1 to 10.0.0.2, 64 bytes in all. */
const packet = () => {
  const bytes = new Uint8Array(64);
  bytes.set([0x08, 0x00, 0x45], 12);
  bytes.set([64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2], 22);
  return bytes;
};

/** Types that BPF_PROG_TEST_RUN runs on a packet, and repeats (kernel: net/bpf/test_run.c). */
const RUNS_ON_PACKETS = new Set(["xdp", "sched_cls"]);
const REPEAT = 100_000;
const ROUNDS = 7;

const BPF_LDX = 1;
const BPF_ST = 2;
const BPF_STX = 3;
const BPF_ALU64_MOV_X = 0xbf;
const BPF_ALU64_ADD_K = 0x07;
const R10 = 10;

/** Bytes of the frame that the instructions use: the lowest offset from r10, in accesses and addresses. */
function stackOf(instructions) {
  const view = new DataView(instructions.buffer, instructions.byteOffset, instructions.byteLength);
  let lowest = 0;
  const copies = new Set();
  for (let at = 0; at < view.byteLength; at += 8) {
    const code = view.getUint8(at);
    const [dst, src] = [view.getUint8(at + 1) & 15, view.getUint8(at + 1) >> 4];
    const kind = code & 7;
    const base = kind === BPF_LDX ? src : kind === BPF_ST || kind === BPF_STX ? dst : null;
    if (base === R10) lowest = Math.min(lowest, view.getInt16(at + 2, true));
    if (code === BPF_ALU64_ADD_K && copies.has(dst)) lowest = Math.min(lowest, view.getInt32(at + 4, true));
    copies.delete(dst);
    if (code === BPF_ALU64_MOV_X && src === R10) copies.add(dst);
  }
  return Math.ceil(-lowest / 8) * 8;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
export const geometricMean = (values) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** What is compared, smaller is better: a heading, and a figure of a loaded program. */
const figures = {
  "ELF insns": ({ spec }) => spec.instructions.length / 8,
  "verified insns": (program) => program.info().verifiedInstructions,
  "xlated insns": (program) => program.info().xlatedSize / 8,
  "JIT bytes": (program) => program.info().jitedSize,
  stack: ({ spec }) => stackOf(spec.instructions),
};

/**
 * No kernel takes a bpf_spin_lock in the value of an LRU map (kernel/bpf/syscall.c, map_check_btf): the sample and its
 * twin are measured with an ordinary hash map.
 */
const adjusted = {
  ratelimit: (spec) => {
    spec.maps.get("buckets").type = "hash";
  },
};

async function load(name, object) {
  const [{ parseObject }, { loadCollection }] = await Promise.all([
    import("@tsbpfc/loader"),
    import("@tsbpfc/runtime"),
  ]);
  const spec = parseObject(readFileSync(object));
  // Nothing of the measurement stays in the kernel.
  for (const map of spec.maps.values()) map.pinning = "none";
  adjusted[name]?.(spec);
  return loadCollection(spec);
}

/** By section: clang takes a function named "exit" for the one of C, so that the twin has other names. */
const bySection = (collection) =>
  new Map([...collection.programs.values()].map((program) => [program.spec.section, program]));

/** Medians of runs in turns, in nanoseconds. */
function timed(pair) {
  const samples = pair.map(() => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, program] of pair.entries())
      samples[i].push(program.testRun({ data: packet(), repeat: REPEAT }).durationNs);
  return samples.map(median);
}

/** One row for each program of `{ name, ours, twin }`: paths of two objects. Ratios are collected by heading. */
export async function compareCode({ name, ours, twin }, ratios) {
  const [mine, theirs] = [await load(name, ours), await load(name, twin)];
  try {
    const others = bySection(theirs);
    return [...bySection(mine)].flatMap(([section, a]) => {
      const b = others.get(section);
      if (!b) return [{ program: `${name} ${section}`, note: "the twin has no such program" }];
      const row = { program: `${name} ${section}` };
      const put = (heading, x, y) => {
        row[heading] = x === y ? `${x}` : `${x} / ${y} = ${(x / y).toFixed(2)}`;
        if (x > 0 && y > 0) ratios.set(heading, [...(ratios.get(heading) ?? []), x / y]);
      };
      for (const [heading, figure] of Object.entries(figures)) put(heading, figure(a), figure(b));
      if (RUNS_ON_PACKETS.has(a.spec.type)) put("ns a run", ...timed([a, b]));
      return [row];
    });
  } finally {
    mine.close();
    theirs.close();
  }
}

export const meansOf = (ratios) => ({
  program: "geometric mean",
  ...Object.fromEntries([...ratios].map(([heading, values]) => [heading, geometricMean(values).toFixed(3)])),
});
