import { all, calling, type MapMethod, optionalAt, targetAt, valueAt } from "./arguments.js";

const push: MapMethod = (call) => {
  const args = all([valueAt(call, 0), optionalAt(call, 1)]);
  return args && calling(call, [call.map, ...args]);
};

/** Fills its argument. */
const take: MapMethod = (call) => {
  const target = targetAt(call, 0);
  return target && calling(call, [call.map, target]);
};

/** A Bloom filter is asked for a value. */
const ask: MapMethod = (call) => {
  const value = valueAt(call, 0);
  return value && calling(call, [call.map, value]);
};

export const queues: Readonly<Record<string, MapMethod>> = {
  push,
  pop: take,
  peek: take,
  "bloom_filter.peek": ask,
};
