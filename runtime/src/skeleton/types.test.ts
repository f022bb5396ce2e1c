import { generateSkeleton, parseObject } from "@tsbpfc/loader";
import { beforeAll, describe, expect, test } from "vitest";
import { compileFixture } from "../../../loader/fixtures/compile.js";
import { compileSkeletonFixture, hasClang } from "../../../loader/fixtures/skeleton/compile.js";
import { moduleResolutions, typeCheck } from "../../../loader/fixtures/skeleton/type-check.js";

/** A user's program. Lines marked as errors must be errors, and no others. */
const user = `
import { AllTypes, type mode, mode as Mode, message, number_, type scalars } from "./all.skel.js";

export async function main(): Promise<void> {
  using probe = AllTypes.open({
    rodata: { limit: 5, start: { x: 1, y: 2 } },
    globals: { count: 1, greeting: "hi", mode: Mode.MODE_FULL },
    maps: { events: { maxEntries: 8192 }, recent: { pinning: "none" } },
    programs: { enter: { autoload: true } },
    pinPath: "/sys/fs/bpf/x",
  });
  probe.rodata.limit = 6;
  probe.load().attach({ filter: { iface: "lo" } });
  probe.programs.filter.attach({ iface: "lo" }).close();

  const big: bigint = probe.globals.zero;
  const text: string = probe.globals.greeting;
  const one: scalars = probe.globals.scalars;
  const wide: bigint = one.wide;
  const names: Record<mode, string> = { 0: "off", 1: "sample", 4: "full" };
  const name: string = names[one.mode];
  const flag: boolean = probe.globals.bits.flag;
  const bytes: Uint8Array = probe.globals.texts.mac;
  const ratio: number = probe.globals.message.ratio;
  for await (const record of probe.maps.events) console.log(record.count.toFixed(), record.text.length);
  for (const [key, value] of probe.maps.messages) console.log(key.x, value.number.all + big);
  for (const [key, values] of probe.maps.per_cpu) console.log(key + 1n, values.map((v) => v + 1n));
  probe.maps.recent.set(Mode.MODE_OFF, { first: 1, second: 2n });
  const number = number_.of({ all: 5n });
  probe.maps.messages.set({ x: 1, y: 2 }, message.of({ kind: 1, low: 1, high: 2, first: 3, second: 4, number }));
  probe.maps.line.push(5);
  console.log(text, wide, name, flag, bytes, ratio, probe.maps.slots.get(0)?.[0]);

  // @ts-expect-error no such constant
  AllTypes.open({ rodata: { limits: 5 } });
  // @ts-expect-error a constant is no global
  AllTypes.open({ globals: { limit: 5 } });
  // @ts-expect-error no such map
  AllTypes.open({ maps: { event: { maxEntries: 1 } } });
  // @ts-expect-error no such option of a map
  AllTypes.open({ maps: { events: { entries: 1 } } });
  // @ts-expect-error no such program
  AllTypes.open({ programs: { exit: { autoload: false } } });
  // @ts-expect-error no such option
  AllTypes.open({ pin: "/x" });
  // @ts-expect-error u32 is a number
  AllTypes.open({ rodata: { limit: 5n } });
  // @ts-expect-error a field is missing
  AllTypes.open({ rodata: { start: { x: 1 } } });
  // @ts-expect-error not a member of the enum
  probe.globals.mode = 3;
  // @ts-expect-error u64 is a bigint
  probe.globals.zero = 0;
  // @ts-expect-error arrays are replaced whole
  probe.globals.nested.longs[0] = 1n;
  // @ts-expect-error no such global
  console.log(probe.globals.nothing);
  // @ts-expect-error no such map
  console.log(probe.maps.nothing);
  // @ts-expect-error no such program
  probe.programs.nothing.attach();
  // @ts-expect-error no such program
  probe.attach({ nothing: {} });
  // @ts-expect-error a map is not replaced
  probe.maps = probe.maps;
  // @ts-expect-error a queue has no keys
  probe.maps.line.get(0);
  // @ts-expect-error a prog array has no iteration
  for (const slot of probe.maps.jumps) console.log(slot);
  // @ts-expect-error one member of a union
  number_.of({ all: 5n, word: 5 });
  // @ts-expect-error at least one
  number_.of({});
  // @ts-expect-error both members of an anonymous struct
  message.of({ kind: 1, low: 1, first: 3, second: 4, number });
  // @ts-expect-error a whole union is made by \`of\`
  probe.maps.messages.set({ x: 1, y: 2 }, { kind: 1, pid: 2, first: 3, second: 4, number });
  // @ts-expect-error skeletons are made by open()
  new AllTypes();
}
`;

/** A skeleton whose integers of 64 bits are numbers. */
const userOfNumbers = `
import { AllTypes, type scalars } from "./numbers.skel.js";
const probe = AllTypes.open({ globals: { zero: 5 } });
probe.globals.zero += 1;
const one: scalars = probe.globals.scalars;
const sum: number = one.g + one.h + probe.globals.bits.large + (probe.globals.nested.longs[0] ?? 0);
const kept: bigint = one.address + one.wide;
for (const [key, values] of probe.maps.per_cpu) console.log(key + 1, values.map((v) => v + 1), sum, kept);
// @ts-expect-error u64 is a number
probe.globals.zero = 0n;
// @ts-expect-error an address is a bigint
probe.globals.scalars = { ...one, address: 1 };
`;

/** A skeleton without variables, maps or programs to name. */
const userOfLittle = `
import { Little } from "./little.skel.js";
using little = Little.open({});
little.load().attach();
// @ts-expect-error there are no globals
Little.open({ globals: { typo: 1 } });
// @ts-expect-error there are no constants
Little.open({ rodata: { typo: 1 } });
// @ts-expect-error there are no maps
Little.open({ maps: { typo: {} } });
`;

/** A skeleton with a struct of struct_ops. */
const userOfStructs = `
import { Structs } from "./structs.skel.js";
using structs = Structs.open({ structOps: { mine: { name: "yours" } } });
structs.structOps.mine.ssthresh = "my_ssthresh";
structs.structOps.mine.init = null;
const name: string = structs.structOps.mine.name;
console.log(name);
// @ts-expect-error not a program of struct_ops
structs.structOps.mine.init = "other";
// @ts-expect-error no such member
structs.structOps.mine.release = null;
// @ts-expect-error no such struct
structs.structOps.yours.init = null;
// @ts-expect-error no such member
Structs.open({ structOps: { mine: { cwnd: 1 } } });
`;

describe.skipIf(!hasClang)("a generated skeleton, in a strict project", () => {
  let all: ReturnType<typeof generateSkeleton>;
  let beside: ReturnType<typeof generateSkeleton>;
  let little: ReturnType<typeof generateSkeleton>;
  let structs: ReturnType<typeof generateSkeleton>;
  let numbers: ReturnType<typeof generateSkeleton>;

  beforeAll(() => {
    const object = compileSkeletonFixture("types");
    const spec = parseObject(object);
    all = generateSkeleton(spec, object, { name: "AllTypes", source: "all.bpf.o", embed: true });
    numbers = generateSkeleton(spec, object, { name: "AllTypes", source: "x.o", embed: true, u64: "number" });
    beside = generateSkeleton(spec, object, { name: "AllTypes", source: "all.bpf.o", embed: false });
    const small = compileSkeletonFixture("little");
    little = generateSkeleton(parseObject(small), small, {
      name: "Little",
      source: "little.bpf.o",
      embed: true,
    });
    const ops = compileFixture("struct_ops");
    structs = generateSkeleton(parseObject(ops), ops, { name: "Structs", source: "x.o", embed: true });
  });

  test.each(Object.keys(moduleResolutions) as (keyof typeof moduleResolutions)[])(
    "has no errors, and misuse of it has (module resolution %s)",
    (resolution) => {
      const files = {
        "all.skel.ts": all.ts,
        "user.ts": user,
        "beside.skel.ts": beside.ts,
        "little.skel.ts": little.ts,
        "little.ts": userOfLittle,
        "numbers.skel.ts": numbers.ts,
        "numbers.ts": userOfNumbers,
        "structs.skel.ts": structs.ts,
        "structs.ts": userOfStructs,
      };
      expect(typeCheck(files, resolution)).toEqual([]);
    },
  );

  test("has the same types as declarations beside JavaScript", () => {
    const files = {
      "all.skel.d.ts": all.dts,
      "user.ts": user,
      "little.skel.d.ts": little.dts,
      "little.ts": userOfLittle,
      "numbers.skel.d.ts": numbers.dts,
      "numbers.ts": userOfNumbers,
      "structs.skel.d.ts": structs.dts,
      "structs.ts": userOfStructs,
    };
    expect(typeCheck(files)).toEqual([]);
  });

  test("the check itself sees errors", () => {
    expect(
      typeCheck({ "all.skel.ts": all.ts, "user.ts": user.replace("@ts-expect-error no such constant", "") }),
    ).toEqual([expect.stringMatching(/^user\.ts:\d+ Object literal may only specify known properties/)]);
    expect(typeCheck({ "all.skel.d.ts": "export {};", "user.ts": user }).length).toBeGreaterThan(0);
  });
});
