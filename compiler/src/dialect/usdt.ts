import type { ts } from "ts-morph";
import { heldType, int } from "./build.js";
import type { Expr } from "./model/expressions.js";
import type { Loc } from "./model/location.js";
import type { MapModel } from "./model/model.js";
import { integers, type MapRefType, type Type } from "./model/types.js";
import type { Scope } from "./scope.js";
import { noTypes, resolveType } from "./types/resolve.js";

/** As many places of static probes, and instructions with one, as libbpf's usdt.bpf.h has room for. */
const PLACES = 256;

/**
 * An argument of a static probe, by `usdtArgument` of the standard library, from the maps that a loader knows by their
 * names and fills when the program is attached (libbpf's usdt.bpf.h). Null if it was reported.
 */
export function usdtArgument(
  scope: Scope,
  parameter: ts.ParameterDeclaration,
  index: number,
  context: Expr,
  loc: Loc,
): Expr | null {
  const declaration = scope.session.stdlibFunction("usdtArgument", parameter.getSourceFile());
  const types = declaration?.parameters.map((p) =>
    p.type ? heldType(resolveType(scope.session, p.type, noTypes)) : null,
  );
  const [specs] = types ?? [];
  if (!declaration || !types || specs?.kind !== "map") return null;
  const parameters = types.filter((type): type is Type => type !== null);
  const callee = scope.program.functionFor(declaration, parameters, parameter);
  if (!callee) return null;
  const map = scope.program.ownMap("__bpf_usdt_specs", () => definition("__bpf_usdt_specs", specs, loc));
  scope.program.ownMap("__bpf_usdt_ip_to_spec_id", () =>
    definition("__bpf_usdt_ip_to_spec_id", BY_ADDRESS, loc),
  );
  const args: Expr[] = [
    { kind: "map", map, type: map.type, loc },
    context,
    int(BigInt(index), loc, integers.u32),
  ];
  return { kind: "call", callee, args, type: callee.returns, loc };
}

/** For kernels without attach cookies; libbpf looks for it, and leaves it empty where there are cookies. */
const BY_ADDRESS: MapRefType = {
  kind: "map",
  mapKind: "hash",
  className: "HashMap",
  key: integers.i64,
  value: integers.u32,
};

const definition = (name: string, type: MapRefType, loc: Loc): MapModel => ({
  name,
  type,
  loc,
  maxEntries: PLACES,
  flags: 0,
  pinning: "none",
  numaNode: null,
  extra: 0n,
  record: null,
  inner: null,
  values: [],
  operations: null,
});
