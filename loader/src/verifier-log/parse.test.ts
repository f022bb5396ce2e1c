import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseVerifierLog } from "./parse.js";

const old = `func#0 @0
0: R1=ctx() R10=fp0
; int foo(struct xdp_md *ctx) @ probe.bpf.ts:12
0: (b7) r2 = 0                        ; R2_w=0
; return this.counts.lookup(key).value; @ probe.bpf.ts:14
1: (85) call bpf_map_lookup_elem#1    ; R0_w=map_value_or_null(id=1,map=counts,ks=4,vs=8)
2: (79) r0 = *(u64 *)(r0 +0)
R0 invalid mem access 'map_value_or_null'
verification time 123 usec
stack depth 16+8
processed 3 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 2 mark_read 0
`;

const recent = `0: R1=ctx() R10=fp0
; return x; @ probe.bpf.ts:9
0: (95) exit
R0 !read_ok

Verification failed: Register Type Safety: Unreadable register

Reason:
  R0 has never been initialized on this path, so the verifier
  cannot use it as an input.

At:
  insn 0
        | ^-- error: R0 is not readable
  Instruction context:
  >>> 0 | (95) exit

Causal path:
  no retained diagnostic events on this path

Suggestion:
  Initialize R0 on every path before this instruction.

processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;

describe("a rejection's log before Linux 7.3", () => {
  const log = parseVerifierLog(old);

  it("says why, where, and by which source lines", () => {
    expect(log.summary).toBe("R0 invalid mem access 'map_value_or_null'");
    expect(log.advice).toMatch(/test it before/);
    expect(log.at).toEqual({
      insn: 2,
      file: "probe.bpf.ts",
      line: 14,
      text: "return this.counts.lookup(key).value;",
    });
    expect(log.frames.map((f) => [f.insn, f.line])).toEqual([
      [0, 12],
      [1, 14],
    ]);
    expect(log.explanation).toBeNull();
  });

  it("has the statistics", () => {
    expect(log.statistics).toEqual({
      insns: 3,
      limit: 1000000,
      maxStatesPerInsn: 0,
      totalStates: 1,
      peakStates: 2,
    });
    expect([log.stackDepths, log.microseconds]).toEqual([[16, 8], 123]);
  });

  it("has the text of source lines from kernels that print no file", () => {
    expect(
      parseVerifierLog(
        "; count++;\n7: (07) r1 += 1\nmath between fp pointer and register with unbounded min value is not allowed\n",
      ),
    ).toMatchObject({
      summary: "math between fp pointer and register with unbounded min value is not allowed",
      at: { insn: 7, file: "", line: 0, text: "count++;" },
    });
  });
});

describe("a rejection's log since Linux 7.3", () => {
  it("says why, explains it, and suggests what to do", () => {
    const log = parseVerifierLog(recent);
    expect(log.summary).toBe("R0 !read_ok");
    expect(log.explanation).toEqual({
      category: "Register Type Safety",
      problem: "Unreadable register",
      reason: "R0 has never been initialized on this path, so the verifier cannot use it as an input.",
      suggestion: "Initialize R0 on every path before this instruction.",
      at: { insn: 0, file: "", line: 0, text: "", label: "error", note: "R0 is not readable" },
      causes: [],
    });
    expect(log.category).toBe("Register Type Safety");
    expect(log.at).toMatchObject({ insn: 0, line: 9 });
    expect(log.statistics?.insns).toBe(1);
  });

  it("takes the headline, and the kernel's suggestion, where nothing else is known", () => {
    const bare = recent.replace("R0 !read_ok\n", "");
    expect(parseVerifierLog(bare)).toMatchObject({
      summary: "Unreadable register",
      advice: "Initialize R0 on every path before this instruction.",
    });
    expect(parseVerifierLog(bare.replace(": Unreadable register", "")).summary).toBe("Register Type Safety");
  });

  it("knows no category that it has no word for, and keeps the kernel's", () => {
    const log = parseVerifierLog(recent.replace("R0 !read_ok\n", "").replaceAll("Register Type", "Timing"));
    expect([log.category, log.explanation?.category]).toEqual([null, "Timing Safety"]);
  });

  it("prefers what is known to what the kernel suggests", () => {
    expect(parseVerifierLog(recent).advice).toMatch(/was not written on every way/);
  });

  it("is not about a way that was tried, and left again", () => {
    const log = parseVerifierLog(recent.replace("processed", "1: (95) exit\nprocessed"));
    expect([log.summary, log.explanation, log.category]).toEqual(["", null, null]);
  });
});

describe("a path", () => {
  it("is without the ways that were left", () => {
    const log = parseVerifierLog(
      "; a @ x.c:1\n0: (15) if r1 == 0x0 goto pc+2\n; b @ x.c:2\n1: (b7) r0 = 0\n2: (95) exit\n\nfrom 0 to 3: R1=0\n; c @ x.c:3\n3: (bf) r0 = r8\nR8 !read_ok\n",
    );
    expect(log.path.map(({ insn }) => insn)).toEqual([0, 3]);
    expect(log.frames.map(({ line }) => line)).toEqual([1, 3]);
  });

  it("of a global function begins with it", () => {
    const log = parseVerifierLog(
      "0: (95) exit\nFunc#1 is safe for any args that match its prototype\nValidating f() func#1...\n4: (bf) r0 = r8\nR8 !read_ok\n",
    );
    expect(log.path.map(({ insn }) => insn)).toEqual([4]);
  });

  it("is what a log has of it that lost its beginning", () => {
    expect(parseVerifierLog("r1 = 4\nfrom 7 to 9: R1=0\n9: (95) exit\nR0 !read_ok\n").path).toHaveLength(1);
  });
});

describe("other logs", () => {
  it("of a program that passed have no summary", () => {
    const log = parseVerifierLog(
      "stack depth 0\nprocessed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
    );
    expect([log.summary, log.at, log.statistics?.insns, log.stackDepths]).toEqual(["", null, 2, [0]]);
  });

  it("of a program that passed have none even where the verifier grumbled on its way", () => {
    const log = parseVerifierLog(
      "arg#0 reference type('UNKNOWN ') size cannot be determined: -22\n0: R1=ctx() R10=fp0\n; f(x); @ a.c:3\n0: (85) call pc+1\nR1 is not a scalar\ncaller:\n R10=fp0\n1: (95) exit\nprocessed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
    );
    expect(log.summary).toBe("");
  });

  it("that are empty, cut off or garbled are read as far as they go", () => {
    expect(parseVerifierLog("")).toMatchObject({ summary: "", frames: [], statistics: null });
    fc.assert(
      fc.property(
        fc.nat(recent.length),
        fc.string(),
        (cut, junk) => void parseVerifierLog(recent.slice(cut) + junk),
      ),
    );
    fc.assert(fc.property(fc.nat(old.length), (cut) => void parseVerifierLog(old.slice(0, cut))));
  });

  it("of an endless loop name the loop, not the states that follow", () => {
    const log = parseVerifierLog(
      "3: (05) goto pc-1\ninfinite loop detected at insn 3\ncur state: R10=fp0\nold state: R10=fp0\nprocessed 9 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
    );
    expect(log.summary).toBe("infinite loop detected at insn 3");
  });
});
