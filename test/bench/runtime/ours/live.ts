// Records as they come: how late they are, and whether any is lost.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { figure } from "./measure.js";
import type { Live } from "./skeleton.js";

/** Records of a program that a process of its own runs at a pace. */
export interface Traffic {
  readonly producer: string;
  readonly count: number;
  readonly rate: number;
  readonly burst: number;
}

const REFUSED = 1;
const PATIENCE_MS = 20;

export async function live(skeleton: Live, { producer, count, rate, burst }: Traffic): Promise<void> {
  const { live: ring, counts } = skeleton.maps;
  const { id } = skeleton.programs.send.info();
  const delays = new Float64Array(count);
  let received = 0;
  let sum = 0;
  const done = new AbortController();
  const listening = ring.listen(
    (event) => {
      delays[received++] = Number(process.hrtime.bigint() - event.time);
      sum += event.pid;
      if (received === count) done.abort();
    },
    { signal: done.signal },
  );
  const cpu = process.cpuUsage();
  const start = performance.now();
  const [command = "", ...args] = producer.split(" ");
  const child = spawn(command, [...args, `${id}`, `${count}`, `${rate}`, `${burst}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (text) => {
    printed += text;
  });
  // The program's own counts end it: it may lose the last ones.
  const timer = setInterval(() => {
    if (received + Number(counts.get(REFUSED)) >= count) done.abort();
  }, PATIENCE_MS);
  await listening;
  const { user, system } = process.cpuUsage(cpu);
  const used = (user + system) / 1000 / (performance.now() - start);
  clearInterval(timer);
  if (child.exitCode === null) await once(child, "close");
  if (child.exitCode !== 0) throw new Error(`the producer ended with ${child.exitCode}`);
  if (sum !== received * 4242) throw new Error("records");
  const sorted = delays.subarray(0, received).sort();
  figure("p50_us", (sorted[received >> 1] ?? Number.NaN) / 1e3);
  figure("p99_us", (sorted[Math.floor(received * 0.99)] ?? Number.NaN) / 1e3);
  figure("lost", count - received);
  figure("rate", Number(printed));
  figure("cpu_percent", used * 100);
}
