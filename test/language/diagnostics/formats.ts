// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the probes' templates, not these
import { type Example, inside } from "./example.js";

const print = (statements: string): string =>
  inside(`const n: u32 = ctx.data;\n    ${statements}`).replace("copy,", "copy, printk,");

/** TSB401x: printing. */
export const formats: readonly Example[] = [
  {
    code: "TSB4010",
    source: print("const pair = new Pair();\n    printk(`${«pair»}`);").replace(
      "@program",
      "class Pair { a: u32; b: u32; }\n@program",
    ),
  },
  { code: "TSB4011", source: print("printk(«`é${n}`»);") },
  { code: "TSB4012", source: print(`«printk(\`${"${n}".repeat(13)}\`)»;`) },
  {
    code: "TSB4013",
    source: print("const named = new Named();\n    printk(«named.format», n);").replace(
      "@program",
      "class Named { format: str<8>; }\n@program",
    ),
  },
  { code: "TSB4014", source: print('printk(«"%n"», n);') },
  { code: "TSB4015", source: print('printk(«"%d %d"», n);') },
  { code: "TSB4016", source: print('printk("%s", «n»);') },
];
