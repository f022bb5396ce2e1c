import type { ProgramSpec } from "@tsbpfc/loader";
import { type AttachOptions, attachProgram } from "../links/attach.js";
import type { Link } from "../links/link.js";
import { objectInfo, pinObject } from "../sys/bpf.js";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { type TestRunInput, type TestRunResult, testRun } from "./test-run.js";

export interface ProgramInfo {
  readonly id: number;
  /** Hash of the instructions, 16 hexadecimal digits. */
  readonly tag: string;
  /** Bytes after the verifier, and of machine code. */
  readonly xlatedSize: number;
  readonly jitedSize: number;
  /** Instructions that the verifier went through, over all paths. Linux 5.16, else 0. */
  readonly verifiedInstructions: number;
}

/** A program in the kernel. Closing lets go of it; links and pins keep it. */
export class Program {
  #fd: number;

  constructor(
    fd: number,
    readonly spec: ProgramSpec,
  ) {
    this.#fd = fd;
  }

  /** @throws UsageError `closed` */
  get fd(): number {
    if (this.#fd < 0) throw new UsageError("closed", `${this.label} is closed`);
    return this.#fd;
  }

  get name(): string {
    return this.spec.name;
  }

  get label(): string {
    return `program '${this.spec.name}'`;
  }

  /**
   * Attaches to what the program's section says; XDP, tc and cgroup programs are told where by `options`.
   *
   * @throws UsageError `target-missing`, `unsupported`; SyscallError
   */
  attach(options: AttachOptions = {}): Link {
    return attachProgram(this, options);
  }

  /** Runs the program once or more on given input (BPF_PROG_TEST_RUN). Linux 4.12; the type has to allow it. */
  testRun(input: TestRunInput = {}): TestRunResult {
    return testRun(this, input);
  }

  /** Linux 4.13. */
  info(): ProgramInfo {
    const info = objectInfo(this.fd, "programInfo", this.label);
    return {
      id: info.number("id"),
      tag: info.hex("tag"),
      xlatedSize: info.number("xlated_prog_len"),
      jitedSize: info.number("jited_prog_len"),
      verifiedInstructions: info.number("verified_insns"),
    };
  }

  /** Keeps the program alive at a path in a BPF file system. @throws SyscallError */
  pin(path: string): void {
    pinObject(this.fd, path, this.label);
  }

  /** Takes a pin away; the program lives on while something holds it. */
  unpin(path: string): void {
    kernel().removeFile(path);
  }

  close(): void {
    if (this.#fd < 0) return;
    kernel().close(this.#fd);
    this.#fd = -1;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
