// Sizes of writes, and who writes: functions, an enum and a generic struct of another module.
import {
  program, map, SEC, ArrayMap, HashMap, Tracepoint, i32, u32, str, bpf_get_current_comm, printk,
} from "@tsbpfc/stdlib";
import { Histogram, hashOf, Verdict } from "./lib";

class Comm { name: str<16>; }

@program({ license: "GPL" })
export class Writers {
  @map({ maxEntries: 1 }) sizes: ArrayMap<Histogram<32>>;
  @map({ maxEntries: 100 }) verdicts: HashMap<u32, Verdict>;
  last: Verdict = Verdict.Allow;

  @SEC("tp/syscalls/sys_enter_write")
  write(ctx: Tracepoint<"syscalls/sys_enter_write">): i32 {
    this.sizes.lookup(0)?.add(ctx.count);
    const comm = new Comm();
    bpf_get_current_comm(comm.name);
    const hash = hashOf(comm.name);
    switch (this.verdicts.lookup(hash)?.value ?? Verdict.Allow) {
      case Verdict.Deny: this.last = Verdict.Deny; break;
      case Verdict.Log: printk(`${comm.name} ${hash} ${ctx.fd}`); break;
      default: this.last = comm.name === "node" ? Verdict.Log : Verdict.Allow;
    }
    return 0;
  }
}
