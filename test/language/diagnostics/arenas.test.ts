import { describe, expect, it } from "vitest";
import { compileFiles, probe } from "../../support/probe.js";

describe("memory of an arena", () => {
  it("keeps apart from other memory what leads into it", () => {
    const codes = (statements: string, kernel?: string): readonly string[] =>
      compileFiles(
        {
          "probe.bpf.ts": probe(
            `  @map({ maxEntries: 4 }) memory: Arena;
  @arena head: arena<Node> | null = null;
  @SEC("syscall") run(ctx: Node): i32 { ${statements} return 0; }`,
            {
              imports: "Arena, arena, addr, atomic, canLoop, cast,",
              before:
                "class Node { n: u64; next: arena<Node> | null; }\nfunction into(n: arena<Node>): void { n.n = 1; }",
            },
          ),
        },
        kernel === undefined ? {} : { kernel },
      ).diagnostics.map(({ code, message }) => `${code} ${message}`);
    const mixed = /^TSB2006|^TSB2\d+ .*arena<Node>/;
    expect(codes("const near = new Node(); this.head = near;")).toEqual([expect.stringMatching(mixed)]);
    expect(codes("const near = new Node(); into(near);")).toEqual([expect.stringMatching(mixed)]);
    expect(codes("const near = new Node(); this.head = cast<arena<Node>>(near);")).toEqual([
      expect.stringMatching(mixed),
    ]);
    expect(codes("if (this.head) atomic.add(this.head.n, 1);", "6.9")).toEqual([
      expect.stringMatching(/^TSB5004 atomic in an arena needs Linux 6\.10/),
    ]);
    expect(codes("while (canLoop()) this.head = null;", "6.8")).toEqual([
      expect.stringMatching(/^TSB5004 Arena needs Linux 6\.9/),
      expect.stringMatching(/^TSB5004 canLoop\(\) needs Linux 6\.9/),
    ]);
  });
});
