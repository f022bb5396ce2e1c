import { readFileSync } from "node:fs";
import { Btf } from "@tsbpfc/loader";
import type { KernelTypes, PassedType, Signature } from "../dialect/kernel-types.js";

/** The running kernel describes itself here since Linux 5.4 (CONFIG_DEBUG_INFO_BTF). */
const RUNNING_KERNEL = "/sys/kernel/btf/vmlinux";

/** Reads a kernel's BTF when it is first asked for: most probes never need it. */
export class KernelBtf implements KernelTypes {
  #btf: Btf | null | undefined;

  constructor(readonly path: string = RUNNING_KERNEL) {}

  /** Has anything been asked of it? Then what was made depends on it. */
  get wasRead(): boolean {
    return this.#btf !== undefined;
  }

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

  signature(name: string, kind: "func" | "typedef"): Signature | null {
    const { btf } = this;
    if (!btf) return null;
    const signatures = btf.find(name, [kind]).map((id) => signatureOf(btf, id, kind));
    const [first] = signatures;
    const same = signatures.every((s) => JSON.stringify(s) === JSON.stringify(first));
    return (same && first) || null;
  }

  memberSignature(struct: string, member: string): Signature | null {
    const { btf } = this;
    const [id] = btf?.find(struct, ["struct"]) ?? [];
    const type = btf && id !== undefined ? findMember(btf, id, member) : null;
    return btf && type !== null ? protoOf(btf, btf.resolve(type)) : null;
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

function signatureOf(btf: Btf, id: number, kind: "func" | "typedef"): Signature | null {
  const named = btf.type(id);
  if (named.kind !== "func" && named.kind !== "typedef") return null;
  const signature = protoOf(btf, named.type);
  // A tracepoint's function takes its own data first, which programs do not see.
  return signature && kind === "typedef" ? { ...signature, params: signature.params.slice(1) } : signature;
}

/** Of a function's type, or of a pointer to one. */
function protoOf(btf: Btf, id: number): Signature | null {
  const type = btf.type(id);
  const proto = type.kind === "ptr" ? btf.type(btf.resolve(type.type)) : type;
  if (proto.kind !== "func_proto") return null;
  return {
    params: proto.params.map((param) => passedType(btf, param.type)),
    returns: passedType(btf, proto.returns),
  };
}

function passedType(btf: Btf, id: number): PassedType {
  const type = btf.type(btf.resolve(id));
  switch (type.kind) {
    case "int":
    case "enum":
    case "enum64":
      return { kind: "integer", text: btf.name(id) || type.name, struct: null };
    case "ptr": {
      const to = btf.type(btf.resolve(type.type));
      const struct = to.kind === "struct" || to.kind === "union" || to.kind === "fwd" ? to.name : null;
      const text = struct ? `struct ${struct} *` : `${"name" in to ? to.name : to.kind} *`;
      return { kind: "pointer", text, struct: struct || null };
    }
    default:
      return { kind: "other", text: "name" in type ? type.name : type.kind, struct: null };
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
