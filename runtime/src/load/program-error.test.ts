import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { program } from "../../fixtures/specs.js";
import { errno } from "../sys/errors.js";
import { verifierError } from "./program-error.js";

/** What a kernel said of a program of `fixtures/rejections.bpf.c`. */
const recorded = (name: string): string =>
  readFileSync(new URL(`../../../loader/fixtures/verifier-logs/${name}.log`, import.meta.url), "utf8");

/** Line info, as the compiler of the dialect writes it. */
const line = (insn: number, number: number, text: string) => ({
  insn,
  file: "/home/me/probe.bpf.ts",
  line: number,
  column: 5,
  text: `    ${text}`,
  fileOffset: 0,
  textOffset: 0,
});

describe("a rejection's message", () => {
  test("is the verifier's line, the place and what to do", () => {
    expect(
      verifierError(program("null_pointer"), errno.EACCES, recorded("null_pointer-6.12")).message,
    ).toBe(`program 'null_pointer': bpf(BPF_PROG_LOAD): EACCES. The verifier rejects it: R0 invalid mem access 'map_value_or_null'
  at rejections.bpf.c:63: return *value;
  The pointer may be null: test it before it is used.`);
  });

  test("says on 7.3 why and since when as well, and what to do once", () => {
    expect(
      verifierError(program("null_pointer"), errno.EACCES, recorded("null_pointer-7.3")).message,
    ).toBe(`program 'null_pointer': bpf(BPF_PROG_LOAD): EACCES. The verifier rejects it: R0 invalid mem access 'map_value_or_null'
  at rejections.bpf.c:63: return *value;
  R0 may be NULL here (a nullable map value pointer). The program could dereference NULL on this path, so the verifier cannot prove this access is safe.
  update at rejections.bpf.c:62: u64 *value = bpf_map_lookup_elem(&table, &key); (R0 changed from uninitialized value to nullable map value from table at offset 0)
  The pointer may be null: test it before it is used.`);
  });

  test("is in terms of the probe, with whole paths, for programs of the dialect", () => {
    const lines = [
      line(0, 10, "const key = 1;"),
      line(4, 11, "const value = lookup(key);"),
      line(7, 12, "value.n"),
    ];
    const error = verifierError(program("go", { lines }), errno.EACCES, recorded("null_pointer-7.3"));
    expect(error.message).toContain("at /home/me/probe.bpf.ts:12:5: value.n\n");
    expect(error.message).toContain("update at /home/me/probe.bpf.ts:11:5: const value = lookup(key); (");
    expect(error.message).toMatch(/if \(!value\) return 0;/);
    expect(error.frames.map((frame) => frame.line)).toEqual([10, 11, 12]);
    expect([error.category, error.at?.insn]).toEqual(["Register Type Safety", 7]);
  });

  test("tells the last four causes, and no line twice", () => {
    const log = recorded("unreleased_record-7.3");
    const path = log.slice(log.indexOf("Causal path:\n"), log.indexOf("Suggestion:\n"));
    const events = path.replace("Causal path:\n", "").trimEnd().replaceAll(":131:", ":130:");
    const longer = log.replace("Causal path:\n", `Causal path:\n${events}\n\n`);
    const { causes, message } = verifierError(program("x"), errno.EINVAL, longer);
    expect(causes).toHaveLength(6);
    expect([...message.matchAll(/^ {2}\w+ at \S+:(\d+): /gm)].map(([, number]) => number)).toEqual([
      "130",
      "131",
      "132",
      "135",
    ]);
  });

  test("says so where the kernel gives no reason", () => {
    expect(verifierError(program("x"), errno.EPERM, "").message).toMatch(/gives no reason/);
  });
});
