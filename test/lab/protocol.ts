/** What became of a test on one kernel. */
export interface TestResult {
  /** The test's file, from the repository's folder. */
  readonly file: string;
  /** With the names of the suites around it. */
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
  /** Why it was skipped, or what failed: as a reader wants to see it. */
  readonly why: string;
  readonly durationMs: number;
  /** What it found out, if it is a test that measures. */
  readonly measured?: unknown;
}

/** What a virtual machine says on its second serial line: one JSON text a line. */
export type Message =
  | { readonly type: "hello"; readonly release: string }
  | { readonly type: "start"; readonly file: string; readonly name: string }
  | { readonly type: "result"; readonly result: TestResult }
  | { readonly type: "end" };

/** What it is told, in `lab/orders.json`. */
export interface Orders {
  /** The kernel's name in the lab. */
  readonly kernel: string;
  /** Bundled test files, from the repository's folder, with the sources' endings. */
  readonly files: readonly string[];
  /** Only tests whose full names this pattern takes. */
  readonly pattern: string | null;
}

/** @throws Error if the line is no message */
export function parseMessage(line: string): Message {
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null || !("type" in value) || !known.has(String(value.type)))
    throw new Error(`not a message of the lab: ${line.slice(0, 200)}`);
  return value as Message;
}

const known: ReadonlySet<string> = new Set<Message["type"]>(["hello", "start", "result", "end"]);
