import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

const VMLINUX = "/sys/kernel/btf/vmlinux";

interface BtfType {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly size?: number;
  readonly type_id?: number;
  readonly params?: readonly { readonly name: string }[];
  readonly members?: readonly {
    readonly name: string;
    readonly type_id: number;
    readonly bits_offset: number;
  }[];
  readonly values?: readonly { readonly name: string; readonly val: number }[];
}

/** Types of the running kernel, as bpftool prints them. */
export class KernelTypes {
  readonly #types: ReadonlyMap<number, BtfType>;
  readonly #structs: ReadonlyMap<string, BtfType>;
  readonly #enumerators = new Map<string, number>();

  constructor() {
    const text = execFileSync("bpftool", ["btf", "dump", "file", VMLINUX, "-j"], { maxBuffer: 1 << 28 });
    const { types } = JSON.parse(text.toString()) as { readonly types: readonly BtfType[] };
    this.#types = new Map(types.map((t) => [t.id, t]));
    this.#structs = new Map(types.filter((t) => t.kind === "STRUCT").map((t) => [t.name, t]));
    for (const { values = [] } of types) for (const v of values) this.#enumerators.set(v.name, v.val);
  }

  /** Whether there is anything to compare with. */
  static available(): boolean {
    try {
      execFileSync("bpftool", ["version"], { stdio: "ignore" });
      return existsSync(VMLINUX);
    } catch {
      return false;
    }
  }

  /** Names of a function's parameters; undefined if the kernel has no such function. */
  parameters(func: string): readonly string[] | undefined {
    const found = [...this.#types.values()].find((t) => t.kind === "FUNC" && t.name === func);
    return this.#types.get(found?.type_id ?? 0)?.params?.map(({ name }) => name);
  }

  enumerator(name: string): number | undefined {
    return this.#enumerators.get(name);
  }

  enumerators(prefix: string): ReadonlyMap<string, number> {
    return new Map([...this.#enumerators].filter(([name]) => name.startsWith(prefix)));
  }

  size(struct: string): number | undefined {
    return this.#structs.get(struct)?.size;
  }

  /** Offsets in bits of a struct's members by name, those of anonymous members included; undefined without the struct. */
  offsets(struct: string): ReadonlyMap<string, number> | undefined {
    const type = this.#structs.get(struct);
    return type && new Map(this.#flatten(type, 0));
  }

  #flatten(type: BtfType, base: number): readonly (readonly [string, number])[] {
    return (type.members ?? []).flatMap((member) => {
      const offset = base + member.bits_offset;
      if (member.name !== "(anon)") return [[member.name, offset] as const];
      const inner = this.#types.get(member.type_id);
      return inner ? this.#flatten(inner, offset) : [];
    });
  }
}
