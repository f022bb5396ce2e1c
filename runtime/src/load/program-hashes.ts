import { Instructions, pseudo } from "@tsbpfc/loader";
import { UsageError } from "../sys/errors.js";
import { type ProgramContext, relocated } from "./programs.js";

/** No map has a descriptor yet, and none is hashed. */
const unknown = { fdOf: () => 0 };

/** What the kernel knows programs by, before they are loaded: SHA-256 of their instructions. */
export class ProgramHashes {
  readonly #context: ProgramContext;
  readonly #known = new Map<string, Uint8Array>();

  constructor(context: ProgramContext) {
    this.#context = { ...context, mapFd: unknown.fdOf };
  }

  /** @throws UsageError `bad-value` for a program that is not there; whatever its relocation throws */
  of(name: string): Uint8Array {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const { spec } = this.#context;
    const program = spec.programs.get(name);
    if (program === undefined)
      throw new UsageError(
        "bad-value",
        `there is no program '${name}' in the object, which a map is exclusive to`,
      );
    const { instructions } = relocated(program, this.#context, unknown);
    const hash = hashOf(new Instructions(instructions, spec.endian));
    this.#known.set(name, hash);
    return hash;
  }
}

/** As the kernel does: without the maps' descriptors, and where in a map's value (kernel: `bpf_prog_calc_tag`). */
function hashOf(insns: Instructions): Uint8Array {
  for (let insn = 0; insn < insns.count; insn++) {
    if (!insns.isLdImm64(insn)) continue;
    const src = insns.src(insn);
    if (src === pseudo.mapFd || src === pseudo.mapValue) insns.setImm64(insn, 0n);
    insn++;
  }
  // Few programs need it.
  const { createHash } = process.getBuiltinModule("node:crypto");
  return new Uint8Array(createHash("sha256").update(insns.bytes).digest());
}
