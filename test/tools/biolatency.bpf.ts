// How long block requests take, as histograms by disk: typed arguments of tp_btf.
import {
  program, map, SEC, HashMap, TracingCtx, i32, u32, u64, array, atomic, bpf_ktime_get_ns,
} from "@tsbpfc/stdlib";
import type { request } from "./vmlinux";

const SLOTS = 27;
export class Hist { slots: array<u32, 27>; }
class Key { dev: u32; flags: u32; }

function log2(v: u32): u64 {
  let r: u32 = u32(v > 0xffff) << 4; v >>= r;
  let shift: u32 = u32(v > 0xff) << 3; v >>= shift; r |= shift;
  shift = u32(v > 0xf) << 2; v >>= shift; r |= shift;
  shift = u32(v > 0x3) << 1; v >>= shift; r |= shift;
  r |= v >> 1;
  return r;
}
function log2l(v: u64): u64 {
  const hi = u32(v >> 32);
  return hi ? log2(hi) + 32 : log2(u32(v));
}

@program({ license: "GPL" })
export class BioLatency {
  readonly perDisk: boolean = false;
  readonly milliseconds: boolean = false;
  @map({ maxEntries: 10240 }) start: HashMap<u64, u64>;
  @map({ maxEntries: 10240 }) hists: HashMap<Key, Hist>;

  @SEC("tp_btf/block_rq_issue")
  issue(ctx: TracingCtx, rq: request): i32 {
    this.start.update(u64(rq), bpf_ktime_get_ns());
    return 0;
  }

  @SEC("tp_btf/block_rq_complete")
  complete(ctx: TracingCtx, rq: request, error: i32, nrBytes: u32): i32 {
    const ts = this.start.lookup(u64(rq));
    if (!ts) return 0;
    let delta = bpf_ktime_get_ns() - ts.value;
    const key = new Key();
    if (this.perDisk) {
      const disk = rq.q.disk;
      key.dev = disk ? u32(disk.major << 20 | disk.first_minor) : 0;
    }
    key.flags = rq.cmd_flags;
    const h = this.hists.lookupOrInit(key, new Hist());
    if (!h) return 0;
    delta /= this.milliseconds ? 1_000_000 : 1000;
    let slot = log2l(delta);
    if (slot >= SLOTS) slot = SLOTS - 1;
    atomic.add(h.slots[slot], 1);
    this.start.delete(u64(rq));
    return 0;
  }
}
