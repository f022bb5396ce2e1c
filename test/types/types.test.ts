import { describe, expect, it } from "vitest";
import { languageService } from "../support/language-service.js";
import { typescripts } from "../support/typescripts.js";
import { accepted, refused, refusedByDialect } from "./snippets.js";

const fileOf = (name: string): string => `${name.replace(/[^\w]+/g, "-")}.bpf.ts`;
const files = Object.fromEntries([
  ...Object.entries(accepted).map(([name, source]) => [fileOf(name), source]),
  ...Object.entries(refused).map(([name, [, source]]) => [fileOf(name), source]),
  ...Object.entries(refusedByDialect).map(([name, [, source]]) => [fileOf(name), source]),
]);

const codes = (shown: readonly string[]): string[] => shown.map((line) => line.replace(/ .*/s, ""));

describe.each(typescripts)("TypeScript $version ($name)", ({ name: typescript }) => {
  const service = languageService(typescript, files);
  const show = (name: string) => service.show(name);

  it.each(service.fileNames)("takes the sample %s", (name) => {
    expect(show(name).plain).toEqual([]);
  });

  it.each(Object.keys(accepted))("takes %s", (name) => {
    const { plain, editor } = show(fileOf(name));
    expect(plain).toEqual([]);
    expect(editor).toEqual([]);
  });

  it.each(Object.keys(refused))("refuses %s", (name) => {
    const { plain, editor } = show(fileOf(name));
    expect(codes(plain)).toEqual([refused[name]?.[0]].flat().map((code) => `TS${code}`));
    expect(editor).not.toEqual([]);
  });

  it.each(Object.keys(refusedByDialect))("leaves %s to the plugin", (name) => {
    const { plain, editor } = show(fileOf(name));
    expect(plain).toEqual([]);
    expect(codes(editor)).toEqual([refusedByDialect[name]?.[0]]);
  });

  it("shows it all without a fault of the plugin", () => {
    for (const name of Object.keys(files)) show(name);
    expect(service.faults).toEqual([]);
  });
});
