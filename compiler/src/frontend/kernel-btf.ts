import { readFileSync } from "node:fs";
import { Btf } from "@tsbpfc/loader";
import type { KernelTypes } from "../dialect/kernel-types.js";

/** The running kernel describes itself here since Linux 5.4 (CONFIG_DEBUG_INFO_BTF). */
const RUNNING_KERNEL = "/sys/kernel/btf/vmlinux";

/** Reads a kernel's BTF when it is first asked for: most probes never need it. */
export class KernelBtf implements KernelTypes {
  #btf: Btf | null | undefined;

  constructor(readonly path: string = RUNNING_KERNEL) {}

  /** Null if there is none here. @throws BtfError if there is, and it is damaged. */
  get btf(): Btf | null {
    if (this.#btf === undefined) this.#btf = this.#read();
    return this.#btf;
  }

  memberKind(struct: string, member: string): "pointer" | "embedded" | null {
    const { btf } = this;
    const [id] = btf?.find(struct, ["struct", "union"]) ?? [];
    const type = btf && id !== undefined ? findMember(btf, id, member) : null;
    if (!btf || type === null) return null;
    return btf.type(btf.resolve(type)).kind === "ptr" ? "pointer" : "embedded";
  }

  #read(): Btf | null {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(this.path);
    } catch {
      return null;
    }
    return Btf.parse(bytes);
  }
}

/** A member's type, looked for in anonymous structs and unions too. */
function findMember(btf: Btf, id: number, name: string): number | null {
  const type = btf.type(btf.resolve(id));
  if (type.kind !== "struct" && type.kind !== "union") return null;
  for (const member of type.members) {
    if (member.name === name) return member.type;
    const inner = member.name === "" ? findMember(btf, member.type, name) : null;
    if (inner !== null) return inner;
  }
  return null;
}
