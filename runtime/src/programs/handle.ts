import type { ProgramType } from "@tsbpfc/loader";
import { type AttachOptions, attachProgram } from "../links/attach.js";
import type { Link } from "../links/link.js";
import { bpfCommand, pinObject } from "../sys/bpf.js";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { tooOld } from "../sys/release.js";
import { type ProgramDebugInfo, programDebugInfo } from "./debug-info.js";
import {
  type ProgramCode,
  type ProgramInfo,
  type ProgramStats,
  programCode,
  programInfo,
  programStats,
} from "./details.js";
import { type ProgramStream, readStream } from "./streams.js";
import { type TestRunInput, type TestRunResult, testRun } from "./test-run.js";

/** A program in the kernel, whoever loaded it. Closing lets go of it; links and pins keep it. */
export class ProgramHandle {
  #fd: number;

  constructor(
    fd: number,
    readonly name: string,
    /** Null for a type that is newer than this version of tsbpfc. */
    readonly type: ProgramType | null,
  ) {
    this.#fd = fd;
  }

  /** @throws UsageError `closed` */
  get fd(): number {
    if (this.#fd < 0) throw new UsageError("closed", `${this.label} is closed`);
    return this.#fd;
  }

  get label(): string {
    return `program '${this.name}'`;
  }

  /**
   * Attaches it to what a section's name says, which the kernel does not keep: `attach({ section: "xdp", iface: "eth0" })`.
   * Of USDT, programs have their arguments only through the maps of their own object.
   *
   * @throws UsageError `target-missing`, `bad-value`, `unsupported`; SyscallError
   */
  attach(options: AttachOptions & { readonly section: string }): Link {
    return attachProgram(this, options, null);
  }

  /** Its functions and source lines, and where they are in its code. Linux 5.0. @throws SyscallError */
  debugInfo(): ProgramDebugInfo {
    return programDebugInfo(this.fd, this.label);
  }

  /** Runs the program once or more on given input (BPF_PROG_TEST_RUN). Linux 4.12; the type has to allow it. */
  testRun(input: TestRunInput = {}): TestRunResult {
    return testRun(this, input);
  }

  /** What the kernel tells of it. Linux 4.13. @throws SyscallError */
  info(): ProgramInfo {
    return programInfo(this.fd, this.label);
  }

  /** What its runs took, while run statistics were on: `enableRunStatistics()`. Linux 5.1. @throws SyscallError */
  stats(): ProgramStats {
    return programStats(this.fd, this.label);
  }

  /** Its instructions after the verifier, or its machine code. Linux 4.13. @throws SyscallError EPERM if they are hidden */
  code(which: ProgramCode): Uint8Array {
    return programCode(this.fd, which, this.label);
  }

  /**
   * Lets a map live as long as the program, which does not use it: bpftool shows metadata by such. Linux 5.10.
   *
   * @throws SyscallError
   */
  bindMap(map: { readonly fd: number }): void {
    const hint = tooOld("Binding a map to a program", "5.10");
    bpfCommand("BPF_PROG_BIND_MAP", "bindMap", { prog_fd: this.fd, map_fd: map.fd }, this.label, hint);
  }

  /**
   * Lets the program call what a struct_ops map's kernel functions are for, though it is none of the map's own programs.
   * The map stays with it for as long as it is loaded, and no second one takes its place. Linux 7.0.
   *
   * @throws SyscallError EBUSY if it has one already; EINVAL for a program of struct_ops, or a map that is none
   */
  assocStructOps(map: { readonly fd: number }): void {
    const hint = tooOld("Giving a program a struct_ops map", "7.0");
    const values = { prog_fd: this.fd, map_fd: map.fd };
    bpfCommand("BPF_PROG_ASSOC_STRUCT_OPS", "assocStructOps", values, this.label, hint);
  }

  /** What it has printed, or the kernel has said of it, since this was last asked; then that is gone. Linux 6.17. */
  readStream(stream: ProgramStream): string {
    return readStream(this.fd, stream, this.label);
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
