import { programTypes, readKernelBtf } from "@tsbpfc/loader";
import type { Feature } from "@tsbpfc/runtime";
import { Struct } from "../../runtime/src/sys/attr.js";
import { bpf, cText } from "../../runtime/src/sys/bpf.js";
import { kernel } from "../../runtime/src/sys/kernel.js";

/**
 * Queues of a scheduler's own. Since Linux 7.1 the functions for them have an implicit argument, which the kernel's BTF has
 * to leave out: a build where it does not cannot call them. Seen on Debian's 7.1 and 7.2.
 */
export const dsqs: Feature = {
  name: "scx_bpf_create_dsq",
  since: "6.12",
  probe: () => {
    const btf = readKernelBtf();
    const [id] = btf.find("scx_bpf_create_dsq", ["func"]);
    const func = id === undefined ? null : btf.type(id);
    const proto = func?.kind === "func" ? btf.type(func.type) : null;
    return proto?.kind === "func_proto" && proto.params.length === 2 ? "yes" : "no";
  },
};

/** The verifier knows which member may call what: before, the kernel finds out at the call. */
export const membersChecked: Feature = {
  name: "calls of a scheduler's members, checked by the verifier",
  since: "7.1",
  probe: () => (readKernelBtf().find("scx_kf_allow_flags", ["enum"]).length > 0 ? "yes" : "no"),
};

const BPF_F_SLEEPABLE = 1 << 4;
const log = new Uint8Array(16_384);

/** Loads programs for members of the running kernel's `sched_ext_ops`. */
export class SchedulerMembers {
  readonly #btf = readKernelBtf();
  readonly #struct = this.#btf.find("sched_ext_ops", ["struct"])[0] ?? 0;

  /** Those that are functions. */
  get names(): readonly string[] {
    return this.#all.filter(({ isFunction }) => isFunction).map(({ name }) => name);
  }

  hasFunction(name: string): boolean {
    return this.#btf.find(name, ["func"]).length > 0;
  }

  /** Whether the verifier lets a member call a function of the kernel, whatever it says of the arguments. */
  mayCall(member: string, name: string): boolean {
    const [id = 0] = this.#btf.find(name, ["func"]);
    const said = this.#verdict(member, [0x85, 2, id], false);
    return said === null || !/is not allowed/.test(said);
  }

  maySleep(member: string): boolean {
    return this.#verdict(member, [0xb7, 0, 0], true) === null;
  }

  mayDoNothing(member: string): boolean {
    return this.#verdict(member, [0xb7, 0, 0], false) === null;
  }

  get #all(): readonly { readonly name: string; readonly isFunction: boolean }[] {
    const struct = this.#btf.type(this.#struct);
    return (struct.kind === "struct" ? struct.members : []).map(({ name, type }) => {
      const target = this.#btf.type(this.#btf.resolve(type));
      const isFunction =
        target.kind === "ptr" && this.#btf.kind(this.#btf.resolve(target.type)) === "func_proto";
      return { name, isFunction };
    });
  }

  /** What the verifier says of one instruction and the end; null if it takes the program. */
  #verdict(
    member: string,
    [code, source, imm]: readonly [number, number, number],
    sleepable: boolean,
  ): string | null {
    const k = kernel();
    const insns = new Uint8Array(24);
    const view = new DataView(insns.buffer);
    view.setUint8(0, code);
    view.setUint8(1, source << 4);
    view.setInt32(4, imm, true);
    view.setUint8(8, 0xb7); // r0 = 0
    view.setUint8(16, 0x95); // exit
    const license = cText("GPL");
    log[0] = 0;
    const attr = new Struct("programLoad", {
      prog_type: programTypes.struct_ops,
      insn_cnt: insns.length / 8,
      insns: k.address(insns),
      license: k.address(license),
      log_level: 1,
      log_size: log.length,
      log_buf: k.address(log),
      prog_flags: sleepable ? BPF_F_SLEEPABLE : 0,
      expected_attach_type: this.#all.findIndex(({ name }) => name === member),
      attach_btf_id: this.#struct,
    });
    const fd = bpf(k, "BPF_PROG_LOAD", attr.bytes);
    if (fd < 0) return new TextDecoder().decode(log.subarray(0, log.indexOf(0)));
    k.close(fd);
    return null;
  }
}
