import type { CompileOptions } from "@tsbpfc/compiler";
import { probe } from "../../support/probe.js";

/** The smallest program that has one diagnostic. */
export interface Example {
  readonly code: string;
  /** What is underlined stands between « and ». */
  readonly source: string;
  readonly options?: Partial<CompileOptions>;
  /** Other files beside the probe; the marks may be in one of them. */
  readonly files?: Readonly<Record<string, string>>;
  /** What LLVM says of this place: nothing that the dialect is known to let through makes it say so. */
  readonly llvm?: string;
  /** It does not keep the probe from being compiled. */
  readonly warning?: true;
  /** What the diagnostic has to say, in one of its parts. */
  readonly says?: string | RegExp;
  /** Only an editor has it: a project that is set up wrongly. */
  readonly editor?: true;
}

/** A program of which a code is told that others are told too: not in the documentation, which shows one for each. */
export interface Refused extends Example {
  /** What the compiler refuses. */
  readonly name: string;
}

/** Statements in an XDP program, and what stands before its class. */
export const inside = (statements: string, before = ""): string =>
  probe(`  @SEC("xdp") filter(ctx: XdpMd): XdpAction {\n    ${statements}\n    return XdpAction.PASS;\n  }`, {
    before,
  });

/** Members of the program class, beside a program that does nothing. */
export const members = (text: string, imports = ""): string =>
  probe(`  ${text}\n  @SEC("xdp") filter(ctx: XdpMd): XdpAction { return XdpAction.PASS; }`, { imports });

export interface Marked {
  readonly text: string;
  readonly span: {
    readonly line: number;
    readonly column: number;
    readonly endLine: number;
    readonly endColumn: number;
  };
  /** The marked lines, without marks. */
  readonly excerpt: string;
}

/** Takes the marks out and says where they were. @throws Error if there is not one of each */
export function unmark(source: string): Marked {
  const [before, marked, after, ...more] = source.split(/[«»]/);
  if (before === undefined || marked === undefined || after === undefined || more.length > 0)
    throw new Error(`not one pair of marks in ${source}`);
  const start = position(before);
  const end = position(before + marked);
  const text = before + marked + after;
  const excerpt = text
    .split("\n")
    .slice(start.line - 1, end.line)
    .map((line) => line.trim())
    .join("\n");
  const span = { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  return { text, span, excerpt };
}

function position(before: string): { line: number; column: number } {
  const lines = before.split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
