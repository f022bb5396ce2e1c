import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";
import { describe, expect, it } from "vitest";
import { createProbeProgram } from "./program.js";

const folder = fileURLToPath(new URL("../../../test/samples/", import.meta.url));
const samples = readdirSync(folder).filter((file) => file.endsWith(".bpf.ts"));

/** Of the checker, for the probe's own files; and how much it was given of the standard library. */
function checked(
  sample: string,
  whole: boolean,
): { readonly errors: readonly string[]; readonly size: number } {
  const makeKernelModule = (): string => "export {};";
  const { program, modules } = createProbeProgram(folder + sample, { makeKernelModule, whole });
  const [library, own] = [true, false].map((ours) =>
    program.getSourceFiles().filter(({ fileName }) => modules.isStdlib(fileName) === ours),
  );
  const errors = (own ?? []).flatMap((file) => program.getSemanticDiagnostics(file));
  return {
    errors: errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " ")),
    size: (library ?? []).reduce((sum, { text }) => sum + text.length, 0),
  };
}

describe("the standard library of a probe that is right", () => {
  it.each(samples)("is all that the checker asks for, and a small part of it: %s", (sample) => {
    const cut = checked(sample, false);
    expect(cut.errors).toEqual([]);
    expect(cut.size).toBeLessThan(checked(sample, true).size / 5);
  });
});
