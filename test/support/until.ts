import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 5_000;

/** Waits for what the kernel does in its own time. @throws Error if it does not come */
export async function until(condition: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${patienceMs} ms in vain for ${condition}`);
    await sleep(10);
  }
}
