// Attaches and detaches every kind of link again and again, and reads millions of records slowly: nothing may grow,
// nothing may be lost uncounted. `npm run soak`, or `npm run soak -- --rounds 50 --events 200000 --seconds 3`. A kind
// ends after `--rounds`, or after `--kind-seconds`.
import { parseArgs } from "node:util";
import { generateSkeleton, parseObject } from "@tsbpfc/loader";
import * as runtime from "@tsbpfc/runtime";
import { evaluateSkeleton } from "../../loader/fixtures/skeleton/evaluate.js";
import { compileC } from "../../runtime/fixtures/compile.js";
import { Cgroup } from "../support/cgroup.js";
import { Leaks } from "../support/leaks.js";
import { run } from "../support/root.js";
import { type Length, type Soaked, soakAttachments } from "./attach.js";
import { type Live, soakEvents } from "./events.js";

export async function main(source: string, producer: string): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "1000" },
      "kind-seconds": { type: "string", default: "22" },
      events: { type: "string", default: "10000000" },
      seconds: { type: "string", default: "100" },
    },
  });
  const each: Length = { rounds: Number(values.rounds), seconds: Number(values["kind-seconds"]) };
  const [events, seconds] = [Number(values.events), Number(values.seconds)];
  const start = performance.now();
  const name = `tsbpfc-soak-${process.pid}`;
  const leaks = new Leaks(name);
  const results = await soak(compileC(source), { name, producer, each, events, seconds, leaks });
  const failures = results.flatMap((result) => result.failures);
  try {
    await leaks.check();
  } catch (error) {
    failures.push(String(error));
  }
  for (const failure of failures) console.log(`FAILED ${failure}`);
  console.log(
    `${results.length} rows, ${events} events, ${((performance.now() - start) / 1000).toFixed(1)} s: ${failures.length} failures`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}

interface Plan {
  readonly name: string;
  readonly producer: string;
  readonly each: Length;
  readonly events: number;
  readonly seconds: number;
  readonly leaks: Leaks;
}

async function soak(object: Uint8Array, plan: Plan): Promise<readonly Soaked[]> {
  const iface = `s${process.pid % 1_000_000}`;
  const spec = parseObject(object);
  for (const [name, feature] of [
    ["on_uprobe_multi", runtime.uprobeMulti],
    ["on_tcx", runtime.tcxLinks],
  ] as const)
    spec.programs.get(name)!.autoload = feature.probe() === "yes";
  const cgroup = new Cgroup(plan.name);
  run("ip", "link", "add", iface, "type", "veth", "peer", "name", `${iface}p`);
  const collection = runtime.loadCollection(spec);
  const live = openSkeleton(object).load();
  try {
    const sockets = collection.maps.get("sockets")!;
    const attached = await soakAttachments(collection, { iface, cgroup: cgroup.path, sockets }, plan.each);
    console.table(attached.map(({ row }) => row));
    const half = { count: plan.events / 2, seconds: plan.seconds / 2 };
    const read = [
      await soakEvents(live, plan.producer, { what: "with room", ...half, room: true }),
      await soakEvents(live, plan.producer, { what: "without room", ...half, room: false }),
    ];
    console.table(read.map(({ row }) => row));
    plan.leaks.note();
    return [...attached, ...read];
  } finally {
    live.close();
    collection.close();
    run("ip", "link", "del", iface);
    cgroup.remove();
  }
}

function openSkeleton(object: Uint8Array): Live {
  const { ts } = generateSkeleton(parseObject(object), object, {
    name: "Soak",
    source: "soak.bpf.o",
    embed: true,
  });
  const { Soak } = evaluateSkeleton(ts, runtime) as { Soak: { open(): Live } };
  return Soak.open();
}
