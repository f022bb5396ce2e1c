import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundled } from "../support/bundled.mjs";

const entries = ["main.ts", "producer.ts"].map((file) => new URL(file, import.meta.url));
await bundled(entries, async (folder) => {
  const { main } = await import(join(folder, "main.mjs"));
  await main(fileURLToPath(new URL("soak.bpf.c", import.meta.url)), join(folder, "producer.mjs"));
});
