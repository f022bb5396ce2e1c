import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A diagnostic as the server's protocol has it: lines and columns from 1. */
export interface ServerDiagnostic {
  readonly start: { readonly line: number; readonly offset: number };
  readonly end: { readonly line: number; readonly offset: number };
  readonly text: string;
  readonly code: number;
  readonly category: string;
  readonly source?: string;
  readonly relatedInformation?: readonly { readonly message: string }[];
}

export interface Edit {
  readonly line: number;
  readonly offset: number;
  readonly endLine: number;
  readonly endOffset: number;
  readonly text: string;
}

interface ServerMessage {
  readonly type: string;
  readonly event?: string;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: unknown;
}

/** How long the server may take to answer, on a machine that does other things too. */
const PATIENCE_MS = 60_000;

/** The package's own `tsserver.js`, over its standard input and output, as editors run it. */
export class TsServer {
  readonly #process: ChildProcess;
  #sequence = 0;
  #input = "";
  readonly #waiting = new Set<(message: ServerMessage) => void>();

  constructor(typescript: string, args: readonly string[] = []) {
    const server = join(dirname(createRequire(import.meta.url).resolve(typescript)), "tsserver.js");
    this.#process = spawn(process.execPath, [server, "--disableAutomaticTypingAcquisition", ...args], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#process.stdout?.setEncoding("utf8").on("data", (text: string) => this.#read(text));
  }

  open(file: string, fileContent: string): void {
    this.#send("open", { file, fileContent, scriptKindName: "TS" });
  }

  change(file: string, edit: Edit): void {
    this.#send("change", {
      file,
      line: edit.line,
      offset: edit.offset,
      endLine: edit.endLine,
      endOffset: edit.endOffset,
      insertString: edit.text,
    });
  }

  /** What the editor would underline: the answer to `geterr`, which comes as events. */
  async semanticDiagnostics(file: string): Promise<readonly ServerDiagnostic[]> {
    const answer = this.#next((m) => m.event === "semanticDiag");
    this.#send("geterr", { files: [file], delay: 0 });
    return (((await answer).body as { diagnostics?: readonly ServerDiagnostic[] }).diagnostics ??
      []) as readonly ServerDiagnostic[];
  }

  /** A request and the body of its answer. @throws Error with the server's message */
  async ask(command: string, args: object): Promise<unknown> {
    const sequence = this.#send(command, args);
    const answer = await this.#next((m) => m.type === "response" && m.request_seq === sequence);
    if (answer.success !== true) throw new Error(answer.message ?? command);
    return answer.body;
  }

  close(): void {
    this.#process.kill("SIGKILL");
  }

  #send(command: string, args: object): number {
    const seq = ++this.#sequence;
    this.#process.stdin?.write(`${JSON.stringify({ seq, type: "request", command, arguments: args })}\n`);
    return seq;
  }

  #next(wanted: (message: ServerMessage) => boolean): Promise<ServerMessage> {
    return new Promise((done, fail) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(listener);
        fail(new Error("tsserver does not answer"));
      }, PATIENCE_MS);
      const listener = (message: ServerMessage): void => {
        if (!wanted(message)) return;
        clearTimeout(timer);
        this.#waiting.delete(listener);
        done(message);
      };
      this.#waiting.add(listener);
    });
  }

  /** Messages are JSON on one line each, after a `Content-Length` header that the line makes unnecessary. */
  #read(text: string): void {
    const lines = (this.#input + text).split("\n");
    this.#input = lines.pop() ?? "";
    for (const line of lines.filter((l) => l.startsWith("{"))) {
      const message = JSON.parse(line) as ServerMessage;
      for (const listener of [...this.#waiting]) listener(message);
    }
  }
}
