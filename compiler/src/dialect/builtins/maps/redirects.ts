import { integers } from "../../model/types.js";
import { helperNamed } from "../../stdlib-tables.js";
import {
  all,
  calledForNothing,
  calling,
  helperOf,
  keyAt,
  type MapMethod,
  numberAt,
  objectAt,
  optionalAt,
} from "./arguments.js";

// Maps that packets, sockets and control are sent through.

/** Devices, CPUs and AF_XDP sockets. */
const redirect: MapMethod = (call) => {
  const args = all([numberAt(call, 0), optionalAt(call, 1)]);
  return args && calling(call, [call.map, ...args]);
};

/** To a socket: the number of its slot, or its key in memory, whichever the helper takes. */
const redirectToSocket: MapMethod = (call) => {
  const inRegister = helperNamed(helperOf(call))?.params.some((p) => p.name === "key" && p.kind === "int");
  const [ctx, key, flags] =
    all([
      objectAt(call, 0),
      inRegister ? numberAt(call, 1, integers.u32) : keyAt(call, 1),
      optionalAt(call, 2),
    ]) ?? [];
  return ctx && key && flags ? calling(call, [ctx, call.map, key, flags]) : null;
};

/** Puts the context's own socket in, or picks one: the key is memory. */
const byKey: MapMethod = (call) => {
  const [ctx, key, flags] = all([objectAt(call, 0), keyAt(call, 1), optionalAt(call, 2)]) ?? [];
  return ctx && key && flags ? calling(call, [ctx, call.map, key, flags]) : null;
};

/** Does not come back, unless there is no program at that index. */
const tailCall: MapMethod = (call) => {
  const [ctx, index] = all([objectAt(call, 0), numberAt(call, 1, integers.u32)]) ?? [];
  return ctx && index ? calledForNothing(call, [ctx, call.map, index]) : null;
};

const containsCurrent: MapMethod = (call) => {
  const index = numberAt(call, 0, integers.u32);
  return index && calling(call, [call.map, index]);
};

const containsSkb: MapMethod = (call) => {
  const [ctx, index] = all([objectAt(call, 0), numberAt(call, 1, integers.u32)]) ?? [];
  return ctx && index ? calling(call, [ctx, call.map, index]) : null;
};

export const redirects: Readonly<Record<string, MapMethod>> = {
  redirect,
  redirectMsg: redirectToSocket,
  redirectSkb: redirectToSocket,
  "sockmap.update": byKey,
  "sockhash.update": byKey,
  select: byKey,
  tailCall,
  containsCurrent,
  containsSkb,
};
