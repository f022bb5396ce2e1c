import { type Example, inside } from "./example.js";

/** 3xxx: syntax outside the dialect. */
export const syntax: readonly Example[] = [
  { code: "TSB3001", source: inside("one(1);", "function one(«n?: u32»): u32 { return 1; }") },
  { code: "TSB3002", source: inside("later();", "«async» function later() {}") },
  { code: "TSB3003", source: inside("const add = «(x: u32) => x + 1»;") },
  { code: "TSB3004", source: inside("«throw 1;»") },
  { code: "TSB3005", source: inside("again(1);", "function again(n: u32): u32 { return «again(n)»; }") },
  { code: "TSB3006", source: inside("", "«let state: u32 = 0;»") },
  { code: "TSB3007", source: inside("«for (;;) { bpf_ktime_get_ns(); }»") },
  {
    code: "TSB3010",
    source: inside("const n = ctx.data;\n    if («n < (ctx.data_end) > (n)») return XdpAction.DROP;"),
  },
  { code: "TSB3011", source: inside("", "«bpf_ktime_get_ns();»") },
  {
    code: "TSB3012",
    source: inside("new A().get();", "class A { n: u32; get(): u32 { return «super».n; } }"),
  },
  {
    code: "TSB3013",
    source: inside("const a: A = { «[1]»: 2 };\n    copy(a, a);", "class A { n: u32; 1: u32; }"),
  },
  { code: "TSB3009", source: inside('«console».log("x");') },
];
