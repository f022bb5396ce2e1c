import {
  type CollectionSpec,
  type ProgramSpec,
  parseVerifierLog,
  type VerifierStatistics,
} from "@tsbpfc/loader";
import { type AttachOptions, attachProgram } from "../links/attach.js";
import type { Link } from "../links/link.js";
import type { MapHandle } from "../maps/handle.js";
import { ProgramHandle } from "./handle.js";

/** The maps of an object in the kernel, and what the object says of them. */
export interface LoadedObject {
  readonly spec: CollectionSpec;
  readonly maps: ReadonlyMap<string, MapHandle>;
}

/** A program of an object that this process has loaded. */
export class Program extends ProgramHandle {
  constructor(
    fd: number,
    readonly spec: ProgramSpec,
    /** What the verifier said; empty unless the load asked for it (`verifierLog`). */
    readonly verifierLog = "",
    /** What it was loaded with. */
    readonly object: LoadedObject | null = null,
  ) {
    super(fd, spec.name, spec.type);
  }

  /**
   * Attaches to what the program's section says; XDP, tc and cgroup programs are told where by `options`.
   *
   * @throws UsageError `target-missing`, `bad-value`, `unsupported`; SyscallError
   */
  override attach(options: AttachOptions = {}): Link {
    return attachProgram(this, options, this);
  }

  /** What the verifier counted; null if the load did not ask for its log. Linux 5.2. */
  get verifierStatistics(): VerifierStatistics | null {
    return parseVerifierLog(this.verifierLog).statistics;
  }
}
