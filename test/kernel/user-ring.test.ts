import type { Skeleton, SkeletonProgram, UserRingBuf } from "@tsbpfc/runtime";
import { expect } from "vitest";
import { kernelTest } from "../support/kernel-test.js";
import { declareProbe, probe } from "../support/probe-source.js";

interface Order {
  readonly id: number;
  readonly amount: bigint;
}
type Orders = Skeleton<
  { orders: UserRingBuf<Order> },
  Record<"take", SkeletonProgram>,
  object,
  { count: number; total: bigint; drained: bigint; last: number }
>;

const orders = declareProbe({
  "probe.bpf.ts": probe(
    `  @map({ maxEntries: 4096 }) orders: UserRingBuf<Order>;
  count: u32 = 0; total: u64 = 0; drained: i64 = 0; last: u32 = 0;
  @SEC("syscall") take(ctx: Input): i32 {
    let total: u64 = 0;
    this.drained = this.orders.drain((order) => {
      total += order.amount;
      this.count += 1;
      this.last = order.id;
      return order.id === 7;
    });
    this.total += total;
    return 0;
  }`,
    { imports: "UserRingBuf,", before: "class Order { id: u32; amount: u64; }\nclass Input { a: u64; }" },
  ),
});

kernelTest("a program takes what Node writes, up to the record that it stops at", {}, async (t) => {
  const taking = await t.load<Orders>(orders);
  const { orders: ring } = taking.maps;
  const take = (): bigint => {
    taking.programs.take.testRun({ context: new Uint8Array(8) });
    return taking.globals.drained;
  };
  expect(take()).toBe(0n);
  for (const id of [1, 2, 7, 3]) expect(ring.write({ id, amount: BigInt(id) * 10n })).toBe(true);
  expect(take()).toBe(3n);
  expect([taking.globals.count, taking.globals.total, taking.globals.last]).toEqual([3, 100n, 7]);
  ring.writeBytes(new Uint8Array(4)); // shorter than an order: passed over
  expect(take()).toBe(2n);
  expect([taking.globals.count, taking.globals.total, taking.globals.last]).toEqual([4, 130n, 3]);
});
