import { afterEach, describe, expect, test } from "vitest";
import { FakeKernel } from "../../fixtures/fake-kernel.js";
import { program as oneProgram, specOf } from "../../fixtures/specs.js";
import { layouts } from "../sys/attr.generated.js";
import { commands } from "../sys/commands.js";
import { errno } from "../sys/errors.js";
import { setKernel } from "../sys/kernel.js";
import { loadCollection } from "./collection.js";
import { VerifierError } from "./program-error.js";

const KIB = 1024;
const MIB = 1024 * KIB;
const { log_size, log_buf, log_true_size } = layouts.programLoad.fields;

/** Refuses every program, with a log of that many bytes. */
class Refusing extends FakeKernel {
  /** Sizes of the buffers that it was given. */
  readonly rooms: number[] = [];

  constructor(
    readonly needed: number,
    /** As Linux 6.4 and later do. */
    readonly tellsNeed: boolean,
  ) {
    super();
  }

  override bpf(command: number, attr: Uint8Array): number {
    if (command !== commands.BPF_PROG_LOAD) return super.bpf(command, attr);
    const view = new DataView(attr.buffer, attr.byteOffset);
    const room = view.getUint32(log_size[0], true);
    // Without a log, or to find out what this kernel can.
    if (room < 64 * KIB) return -errno.EACCES;
    this.rooms.push(room);
    if (this.tellsNeed) view.setUint32(log_true_size[0], this.needed, true);
    const log = this.memory(view.getBigUint64(log_buf[0], true));
    const end = Buffer.from("0: (95) exit\nR0 !read_ok\n\0");
    log.fill(0x2e, 0, room);
    log.set(end, Math.min(room, this.needed) - end.length);
    return room < this.needed ? -errno.ENOSPC : -errno.EACCES;
  }
}

/** What loading a program says. */
function refusal(kernel: Refusing): VerifierError {
  setKernel(kernel);
  try {
    loadCollection(specOf([], [oneProgram("only")])).close();
  } catch (error) {
    if (error instanceof VerifierError) return error;
    throw error;
  }
  throw new Error("the program was loaded");
}

describe("the log of a refused program", () => {
  afterEach(() => setKernel(null));

  test("is asked for twice where the kernel says how long it is", () => {
    const kernel = new Refusing(3 * MIB, true);
    expect(refusal(kernel).summary.summary).toBe("R0 !read_ok");
    expect(kernel.rooms).toEqual([64 * KIB, 3 * MIB]);
  });

  test("is its last 16 MiB, and why the load failed stays what it was", () => {
    const kernel = new Refusing(100 * MIB, true);
    const error = refusal(kernel);
    expect(kernel.rooms).toEqual([64 * KIB, 16 * MIB]);
    expect([error.code, error.summary.summary]).toEqual(["EACCES", "R0 !read_ok"]);
  });

  test("is asked for with more room each time by kernels that do not say", () => {
    const kernel = new Refusing(200 * KIB, false);
    expect(refusal(kernel).summary.summary).toBe("R0 !read_ok");
    expect(kernel.rooms).toEqual([64 * KIB, 256 * KIB]);
  });
});
