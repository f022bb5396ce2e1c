import { type BtfFeatures, type BtfType, encodeBtf } from "@tsbpfc/loader";
import { Struct } from "../sys/attr.js";
import { bpf } from "../sys/bpf.js";
import { errno } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { type Answer, answerOf, type Feature } from "./feature.js";

/** `int`. */
export const int: BtfType = { kind: "int", name: "int", size: 4, bits: 32, bitOffset: 0, encoding: "signed" };
const proto: BtfType = { kind: "func_proto", returns: 0, params: [{ name: "a", type: 1 }] };
const variable: BtfType = { kind: "var", name: "x", type: 1, linkage: "static" };
const section = (name: string): BtfType => ({
  kind: "datasec",
  name,
  size: 4,
  vars: [{ type: 2, offset: 0, size: 4 }],
});

/** The smallest BTF that only kernels with the feature take; its release (loader: `BtfFeatures`). */
const rows: Readonly<
  Record<
    keyof BtfFeatures | "btf",
    { readonly what: string; readonly since: string; readonly types: readonly BtfType[] }
  >
> = {
  btf: { what: "BTF", since: "4.18", types: [int] },
  func: {
    what: "BTF of functions",
    since: "5.0",
    types: [int, proto, { kind: "func", name: "f", type: 2, linkage: "static" }],
  },
  datasec: { what: "BTF of sections", since: "5.2", types: [int, variable, section(".data")] },
  globalFunc: {
    what: "BTF of global functions",
    since: "5.6",
    types: [int, proto, { kind: "func", name: "f", type: 2, linkage: "global" }],
  },
  float: { what: "BTF of floats", since: "5.13", types: [{ kind: "float", name: "float", size: 4 }] },
  declTag: {
    what: "BTF declaration tags",
    since: "5.16",
    types: [int, variable, { kind: "decl_tag", name: "t", type: 2, component: -1 }],
  },
  typeTag: {
    what: "BTF type tags",
    since: "5.17",
    types: [int, { kind: "type_tag", name: "t", type: 1 }, { kind: "ptr", type: 2 }],
  },
  enum64: {
    what: "BTF of 64-bit enums",
    since: "6.0",
    types: [{ kind: "enum64", name: "e", size: 8, signed: false, values: [{ name: "A", value: 1n }] }],
  },
  optionalDatasec: {
    what: "BTF of sections whose names begin with ?",
    since: "6.9",
    types: [int, variable, section("?.data")],
  },
};

/** Loads BTF of these types, and asks `then` of its descriptor; `no` if the kernel does not take it. */
export function withBtf(types: readonly BtfType[], then: (fd: number) => Answer): Answer {
  const k = kernel();
  const bytes = encodeBtf(types);
  const attr = new Struct("btfLoad", { btf: k.address(bytes), btf_size: bytes.length });
  const fd = bpf(k, "BPF_BTF_LOAD", attr.bytes);
  if (fd < 0) return answerOf(fd, new Set([errno.EINVAL]));
  try {
    return then(fd);
  } finally {
    k.close(fd);
  }
}

/** What a kernel's BTF may hold, by the loader's names; `btf`: that it takes any. */
export const btfFeatures = Object.fromEntries(
  Object.entries(rows).map(([key, { what, since, types }]) => [
    key,
    { name: what, since, probe: () => withBtf(types, () => "yes") },
  ]),
) as Readonly<Record<keyof typeof rows, Feature>>;

/** What `loadableBtf` may leave in. What cannot be asked counts as there: then the kernel's own error is shown. */
export function probeBtfFeatures(): BtfFeatures {
  const has = (name: keyof BtfFeatures): boolean => btfFeatures[name].probe() !== "no";
  return {
    func: has("func"),
    globalFunc: has("globalFunc"),
    datasec: has("datasec"),
    float: has("float"),
    declTag: has("declTag"),
    typeTag: has("typeTag"),
    enum64: has("enum64"),
    optionalDatasec: has("optionalDatasec"),
  };
}
