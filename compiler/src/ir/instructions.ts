import type { DILocation } from "./debug-types.js";
import type { MdNode } from "./metadata.js";
import type { IrType } from "./types.js";
import type { Value } from "./values.js";

export type BinaryOp =
  | "add"
  | "sub"
  | "mul"
  | "udiv"
  | "sdiv"
  | "urem"
  | "srem"
  | "shl"
  | "lshr"
  | "ashr"
  | "and"
  | "or"
  | "xor";
export type IcmpPredicate = "eq" | "ne" | "ugt" | "uge" | "ult" | "ule" | "sgt" | "sge" | "slt" | "sle";
export type CastOp = "zext" | "sext" | "trunc" | "inttoptr" | "ptrtoint" | "addrspacecast";
export type AtomicOp = "add" | "sub" | "and" | "or" | "xor" | "xchg";
export type Ordering = "monotonic" | "acquire" | "release" | "acq_rel" | "seq_cst";

export interface CallArgument {
  readonly value: Value;
  /** Such as `noundef` or `align 8`; empty for none. */
  readonly attributes: string;
}

/** One case for each form LLVM's text has; `print.ts` has a row for each. */
export type Operation =
  | { readonly op: "alloca"; readonly allocated: IrType; readonly align: number | null }
  | { readonly op: "load"; readonly type: IrType; readonly pointer: Value; readonly access: Access }
  | { readonly op: "store"; readonly value: Value; readonly pointer: Value; readonly access: Access }
  | {
      readonly op: "gep";
      readonly element: IrType;
      readonly base: Value;
      readonly indices: readonly Value[];
      readonly inbounds: boolean;
    }
  | { readonly op: "binary"; readonly operator: BinaryOp; readonly left: Value; readonly right: Value }
  | { readonly op: "icmp"; readonly predicate: IcmpPredicate; readonly left: Value; readonly right: Value }
  | { readonly op: "select"; readonly condition: Value; readonly then: Value; readonly otherwise: Value }
  | { readonly op: "phi"; readonly type: IrType; readonly incoming: readonly PhiIncoming[] }
  | { readonly op: "cast"; readonly operator: CastOp; readonly value: Value; readonly to: IrType }
  | { readonly op: "freeze"; readonly value: Value }
  | { readonly op: "extractvalue"; readonly aggregate: Value; readonly index: number }
  | { readonly op: "br"; readonly target: BlockRef }
  | {
      readonly op: "condbr";
      readonly condition: Value;
      readonly then: BlockRef;
      readonly otherwise: BlockRef;
    }
  | {
      readonly op: "switch";
      readonly value: Value;
      readonly otherwise: BlockRef;
      readonly cases: readonly SwitchCase[];
    }
  /** The kernel's `may_goto`: goes on, or to `spent` once the program has made as many rounds as it may. */
  | { readonly op: "maygoto"; readonly goOn: BlockRef; readonly spent: BlockRef }
  | { readonly op: "ret"; readonly value: Value | null }
  | { readonly op: "unreachable" }
  | {
      readonly op: "call";
      readonly callee: string;
      readonly returns: IrType;
      readonly returnAttributes: string;
      readonly args: readonly CallArgument[];
      /** Printed after the arguments; empty for none. */
      readonly attributes: string;
    }
  | {
      readonly op: "atomicrmw";
      readonly operator: AtomicOp;
      readonly pointer: Value;
      readonly value: Value;
      readonly ordering: Ordering;
    }
  | {
      readonly op: "cmpxchg";
      readonly pointer: Value;
      readonly expected: Value;
      readonly replacement: Value;
      readonly ordering: Ordering;
    };

export interface Access {
  readonly align: number | null;
  readonly volatile: boolean;
}
export interface BlockRef {
  readonly name: string;
}
export interface PhiIncoming {
  readonly value: Value;
  readonly from: BlockRef;
}
export interface SwitchCase {
  readonly value: Value;
  readonly target: BlockRef;
}

export interface Instruction {
  /** `%name`, or null if there is no result. */
  readonly result: string | null;
  readonly operation: Operation;
  readonly location: DILocation | null;
  readonly metadata: readonly (readonly [kind: string, node: MdNode])[];
}

export const TERMINATORS: ReadonlySet<Operation["op"]> = new Set([
  "br",
  "condbr",
  "maygoto",
  "switch",
  "ret",
  "unreachable",
]);
