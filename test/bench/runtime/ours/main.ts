// Our side of the comparison with libbpf: the same work, one figure a line, by name.
import { elements } from "./elements.js";
import { events } from "./events.js";
import { live, type Traffic } from "./live.js";
import { kernelTypes, load } from "./load.js";
import type { Live } from "./skeleton.js";

const parts: Readonly<Record<string, (skeleton: Live, traffic: Traffic) => void | Promise<void>>> = {
  elements,
  events,
  live,
};

/** `load` and `types` load their own object, or none; the others work on the skeleton at `url`. */
export async function main(
  part: string,
  object: string,
  url: string,
  traffic: readonly string[],
): Promise<void> {
  if (part === "types") return kernelTypes();
  if (part === "load") return load(object);
  const act = parts[part];
  if (!act) throw new Error(`there is no part ${part}`);
  const { Bench } = (await import(url)) as { Bench: { open(): Live } };
  const skeleton = Bench.open().load();
  const [producer = "", count, rate, burst] = traffic;
  try {
    await act(skeleton, { producer, count: Number(count), rate: Number(rate), burst: Number(burst) });
  } finally {
    skeleton.close();
  }
}
