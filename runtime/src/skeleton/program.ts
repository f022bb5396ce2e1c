import type { ProgramSpec } from "@tsbpfc/loader";
import type { AttachOptions } from "../links/attach.js";
import type { Link } from "../links/link.js";
import type { ProgramInfo, ProgramStats } from "../programs/details.js";
import type { Program } from "../programs/program.js";
import type { TestRunInput, TestRunResult } from "../programs/test-run.js";
import { UsageError } from "../sys/errors.js";
import { doEach } from "./each.js";

/** A program of a skeleton, before and after it is loaded. Links that it makes are the skeleton's to close. */
export class SkeletonProgram {
  #program: Program | null = null;
  #links: Link[] = [];
  #leftOut = false;
  #closed = false;

  constructor(readonly spec: ProgramSpec) {}

  get name(): string {
    return this.spec.name;
  }

  /** Links that are open. */
  get links(): readonly Link[] {
    return this.#links;
  }

  /** The loaded program. @throws UsageError `not-loaded`, `closed` */
  get program(): Program {
    if (this.#program) return this.#program;
    if (this.#closed) throw new UsageError("closed", `program '${this.name}' is closed, with its skeleton`);
    const why = !this.spec.autoload
      ? "it is not loaded unless autoload is set in open()"
      : this.#leftOut
        ? "no struct of struct_ops that is created has it as a member"
        : "call load() first";
    throw new UsageError("not-loaded", `program '${this.name}' is not in the kernel: ${why}`);
  }

  /** Attaches by the program's section; XDP, tc and cgroup programs are told where. @throws UsageError, SyscallError */
  attach(options: AttachOptions = {}): Link {
    const link = this.program.attach(options);
    this.#links.push(link);
    return link;
  }

  detach(): void {
    doEach(this.#links.splice(0).map((link) => () => link.close()));
  }

  testRun(input: TestRunInput = {}): TestRunResult {
    return this.program.testRun(input);
  }

  info(): ProgramInfo {
    return this.program.info();
  }

  /** What its runs took, while run statistics were on: `enableRunStatistics()`. Linux 5.1. */
  stats(): ProgramStats {
    return this.program.stats();
  }

  /** For the skeleton: the program that was loaded; null if it is left out. */
  use(program: Program | null): void {
    this.#program = program;
    this.#leftOut = program === null;
  }

  /** For the skeleton, when it is closed. */
  end(): void {
    this.#program = null;
    this.#closed = true;
    this.detach();
  }
}
