import { describe, expect, it } from "vitest";
import { TSB } from "../../compiler/src/diagnostics/catalogue.js";
import { diagnose } from "./diagnostics/diagnose.js";
import { examples } from "./diagnostics/index.js";
import { printPage } from "./diagnostics/page.js";

describe("a diagnostic's code", () => {
  it.each(examples.map((example) => [example.code, example] as const))(
    "%s is what its example has, exactly there, with what, why and instead",
    (code, example) => {
      const { diagnostics, marked } = diagnose(example);
      expect(diagnostics).toEqual([
        {
          code,
          severity: example.warning ? "warning" : "error",
          span: { ...marked.span, file: marked.file },
          message: expect.stringMatching(/^\S.*\S$/),
          reason: expect.stringMatching(/^\S.*\.$/),
          remedy: expect.stringMatching(/^\S.*[.…`]$/),
        },
      ]);
    },
  );

  it("has an example, whichever it is", () => {
    const shown = new Set(examples.map((e) => e.code));
    const missing = Object.entries(TSB).filter(([, { code }]) => !shown.has(code));
    expect(
      missing.map(([name, { code }]) => `${code} (${name}): add it to test/language/diagnostics`),
    ).toEqual([]);
  });

  it("has one meaning", () => {
    const codes = Object.values(TSB).map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)]);
  });

  it("is in docs/diagnostics.md, as the catalogue has it now (npm run docs writes it)", async () => {
    await expect(printPage(examples)).toMatchFileSnapshot("../../docs/diagnostics.md");
  }, 120_000);
});
