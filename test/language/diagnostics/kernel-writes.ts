import type { Example, Refused } from "./example.js";

/** A congestion control's first call, and what else is in its class. */
const control = (statements: string, members = ""): string => `
import { program, map, SEC, StructOps, StructOpsCtx, TracingCtx, ptr, cast } from "@tsbpfc/stdlib";
import type { tcp_congestion_ops, sock, tcp_sock, inet_connection_sock } from "./vmlinux";
@program({ license: "GPL" })
export class Probe {
  @map({ values: { name: "mine", init: "begin" } }) control: StructOps<tcp_congestion_ops>;
  @SEC("struct_ops") begin(ctx: StructOpsCtx, sk: ptr<sock>): void {
    ${statements}
  }
${members}}
`;

const probed = (statement: string): string =>
  `  @SEC("tp_btf/tcp_probe") probed(ctx: TracingCtx, sk: ptr<sock>): void { ${statement} }\n`;

/** Assignments to fields of the kernel's. */
export const kernelWrites: readonly Example[] = [
  {
    code: "TSB2045",
    source: control("«cast<tcp_sock>(sk).srtt_us» = 1;"),
    says: "tcp_congestion_ops: tcp_sock.snd_cwnd, ",
  },
  { code: "TSB2046", source: control("", probed("cast<tcp_sock>(sk).«snd_cwnd» = 10;")) },
];

export const refusedKernelWrites: readonly Refused[] = [
  {
    name: "a field of the kernel's that is counted up",
    code: "TSB2045",
    source: control("«cast<tcp_sock>(sk).srtt_us»++;"),
  },
  {
    name: "an element of an array of the kernel's that is none of those",
    code: "TSB2045",
    source: control("«sk.__sk_common.skc_v6_daddr.in6_u.u6_addr8[0]» = 1;"),
  },
  {
    name: "a field of the name of one that may be written, in another struct",
    code: "TSB2045",
    source: control("«cast<inet_connection_sock>(sk).icsk_mtup.enabled» = 1;"),
  },
  {
    name: "a writable field by a pointer that is followed by a helper",
    code: "TSB2045",
    source: control(
      "",
      `  @SEC("kprobe/tcp_rcv_established") probed(ctx: PtRegs, sk: ptr<sock>): i32 {
    «cast<tcp_sock>(sk).snd_cwnd» = 10;
    return 0;
  }
`,
    ).replace("TracingCtx,", "PtRegs, i32,"),
  },
  {
    name: "a method that writes, called by a program that may not",
    code: "TSB2046",
    source: control(
      "this.open(cast<tcp_sock>(sk));",
      `  open(tp: ptr<tcp_sock>): void { tp.«snd_cwnd» += 1; }\n${probed("this.open(cast<tcp_sock>(sk));")}`,
    ),
    says: "tp_btf/tcp_probe",
  },
];
