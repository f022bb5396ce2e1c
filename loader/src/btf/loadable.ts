import type { Btf } from "./btf.js";
import { encodeBtf } from "./builder.js";
import { structsWithHiddenFields, withoutMisaligned } from "./kernel-fields.js";
import type { BtfKind, BtfType, TypeId } from "./types.js";

/** What a kernel's BTF knows; each is a feature to probe. */
export interface BtfFeatures {
  /** `BTF_KIND_FUNC` and func_info: Linux 5.0. */
  readonly func: boolean;
  /** Linkage of functions other than static: 5.6. */
  readonly globalFunc: boolean;
  /** `BTF_KIND_VAR` and `BTF_KIND_DATASEC`: 5.2. */
  readonly datasec: boolean;
  /** `BTF_KIND_FLOAT`: 5.13. */
  readonly float: boolean;
  /** `BTF_KIND_DECL_TAG`: 5.16. */
  readonly declTag: boolean;
  /** `BTF_KIND_TYPE_TAG`: 5.17. */
  readonly typeTag: boolean;
  /** `BTF_KIND_ENUM64`: 6.0. */
  readonly enum64: boolean;
  /** A datasec whose name begins with `?`: 6.9. */
  readonly optionalDatasec: boolean;
}

/** What Linux 6.9 and later take. */
export const allBtfFeatures: BtfFeatures = {
  func: true,
  globalFunc: true,
  datasec: true,
  float: true,
  declTag: true,
  typeTag: true,
  enum64: true,
  optionalDatasec: true,
};

/**
 * An object's BTF as a kernel takes it: kinds that it does not know are replaced by ones of the same size, externs,
 * which BTF in an object has but BTF in the kernel must not, become plain variables and functions, and parameters
 * without a name (clang -O0) get one.
 * Type ids and string offsets stay valid. Pure.
 *
 * @throws BtfError for damaged BTF
 */
export function loadableBtf(btf: Btf, features: BtfFeatures = allBtfFeatures): Uint8Array {
  const types = [...btf.ids()].map((id) => btf.type(id));
  const missing = missingKinds(features);
  const hasExtern = types.some((type) => "linkage" in type && type.linkage === "extern");
  const hidden = structsWithHiddenFields(btf);
  const unnamed = new Set(
    types
      .flatMap((type) => (type.kind === "func" ? [type.type] : []))
      .filter((prototype) => namedParameters(types[prototype - 1]) !== null),
  );
  const changed =
    // The layout of kinds, which a kernel before 7.1 refuses (E2BIG), and a later one needs for none of these.
    btf.hasLongHeader ||
    hasExtern ||
    hidden.size > 0 ||
    unnamed.size > 0 ||
    types.some((type) => missing.has(type.kind)) ||
    !features.globalFunc ||
    !features.optionalDatasec;
  if (!changed) return btf.bytes;
  const known = types.findIndex((type) => type.kind === "int" && type.size === 4) + 1;
  const int = known || types.length + 1;
  const replaced = types.map((type, i) =>
    replace(hidden.has(i + 1) ? withoutMisaligned(type) : type, { btf, features, missing, int }),
  );
  if (known === 0) replaced.push({ ...filler, name: "int", size: 4, bits: 32 });
  for (const [i, type] of replaced.entries())
    if (unnamed.has(i + 1)) replaced[i] = namedParameters(type) ?? type;
  if (hasExtern) replaceKsyms(replaced, btf, int);
  return encodeBtf(replaced, { endian: btf.endian, strings: btf.strings });
}

interface Context {
  readonly btf: Btf;
  readonly features: BtfFeatures;
  readonly missing: ReadonlySet<BtfKind>;
  /** Some 32-bit integer. */
  readonly int: TypeId;
}

function missingKinds(features: BtfFeatures): ReadonlySet<BtfKind> {
  const rows: readonly [boolean, readonly BtfKind[]][] = [
    [features.func, ["func"]],
    [features.datasec, ["var", "datasec"]],
    [features.float, ["float"]],
    [features.declTag, ["decl_tag"]],
    [features.typeTag, ["type_tag"]],
    [features.enum64, ["enum64"]],
  ];
  return new Set(rows.flatMap(([has, kinds]) => (has ? [] : kinds)));
}

/** An integer that nothing refers to: keeps the ids of what follows. */
const filler: Extract<BtfType, { kind: "int" }> = {
  kind: "int",
  name: "tsbpfc_filler",
  size: 1,
  bits: 8,
  bitOffset: 0,
  encoding: "unsigned",
};

function replace(type: BtfType, { btf, features, missing, int }: Context): BtfType {
  switch (type.kind) {
    case "func":
      if (missing.has("func")) return { kind: "typedef", name: type.name, type: type.type };
      if (!features.globalFunc && type.linkage !== "static") return { ...type, linkage: "static" };
      return type.linkage === "extern" ? { ...type, linkage: "global" } : type;
    case "var":
      if (missing.has("var")) return filler;
      return type.linkage === "extern"
        ? { ...type, linkage: "global", type: sizedType(btf, type.type, int) }
        : type;
    case "datasec":
      if (missing.has("datasec")) return filler;
      return features.optionalDatasec ? type : { ...type, name: type.name.replace(/^\?/, "_") };
    case "float":
      if (!missing.has("float")) return type;
      return { kind: "struct", name: type.name, size: type.size, members: [] };
    case "decl_tag":
      return missing.has("decl_tag") ? filler : type;
    case "type_tag":
      return missing.has("type_tag") ? { kind: "const", type: type.type } : type;
    case "enum64": {
      if (!missing.has("enum64")) return type;
      // A union with a member of each name: same size, same names, no values.
      const members = type.values.map(({ name }) => ({ name, type: int, bitOffset: 0, bitfieldSize: 0 }));
      return { kind: "union", name: type.name, size: type.size, members };
    }
    default:
      return type;
  }
}

/** The type of an extern may be void or only declared; a variable's must have a size. */
function sizedType(btf: Btf, type: TypeId, int: TypeId): TypeId {
  const kind = btf.kind(btf.resolve(type));
  return kind === "void" || kind === "fwd" || kind === "func_proto" ? int : type;
}

/**
 * The datasec `.ksyms` may hold no functions, and its variables need places: a function's entry becomes one of
 * its neighbours' kind, an integer of four bytes (what libbpf does, bpf_object__collect_externs).
 */
function replaceKsyms(types: BtfType[], btf: Btf, int: TypeId): void {
  const index = types.findIndex((type) => type.kind === "datasec" && type.name === ".ksyms");
  const datasec = types[index];
  if (datasec?.kind !== "datasec") return;
  const dummy = types.push({ kind: "var", name: "tsbpfc_ksym", type: int, linkage: "global" });
  const vars = datasec.vars.map(({ type }, i) => {
    const isFunction = btf.kind(type) === "func";
    const entry = types[type - 1];
    if (entry?.kind === "var") types[type - 1] = { ...entry, type: int };
    return { type: isFunction ? dummy : type, offset: i * 4, size: 4 };
  });
  types[index] = { ...datasec, size: vars.length * 4, vars };
}

/**
 * A prototype whose parameters all have names; null if they have, or it is none. The kernel refuses a function of one
 * that has not (kernel: `btf_func_check`).
 */
function namedParameters(type: BtfType | undefined): BtfType | null {
  if (type?.kind !== "func_proto") return null;
  // The last parameter of a variadic function is void and has no name.
  const unnamed = ({ name, type }: { readonly name: string; readonly type: TypeId }): boolean =>
    name === "" && type !== 0;
  if (!type.params.some(unnamed)) return null;
  return {
    ...type,
    params: type.params.map((param, i) => (unnamed(param) ? { ...param, name: `arg${i}` } : param)),
  };
}
