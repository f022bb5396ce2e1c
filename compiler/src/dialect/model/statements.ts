import type { Expr, Slot, Variable } from "./expressions.js";
import type { Loc } from "./location.js";

export type Statement = { readonly loc: Loc } & (
  | { readonly kind: "expression"; readonly expression: Expr }
  | { readonly kind: "variable"; readonly variable: Variable; readonly init: Expr | null }
  | { readonly kind: "block"; readonly body: readonly Statement[] }
  | {
      readonly kind: "if";
      readonly condition: Expr;
      readonly whenTrue: Statement;
      readonly whenFalse: Statement | null;
    }
  /** Every loop: `do … while` tests after the body, a `for` steps before the next test. */
  | {
      readonly kind: "loop";
      readonly label: LoopLabel;
      readonly condition: Expr | null;
      readonly step: Expr | null;
      readonly body: Statement;
      readonly test: "before" | "after";
    }
  /** The body `count` times over, with the variable at 0, 1, … The label ends one round. */
  | {
      readonly kind: "unroll";
      readonly count: number;
      readonly variable: Variable;
      readonly label: LoopLabel;
      readonly body: Statement;
    }
  /** Rounds of one of the kernel's iterators, until `next` is null. Every way out destroys it. */
  | {
      readonly kind: "iterate";
      readonly label: LoopLabel;
      /** What `next` leads to: by value if it is a number, else the pointer itself. */
      readonly variable: Variable;
      /** Of numbers that are counted, else null. */
      readonly range: { readonly from: Expr; readonly to: Expr } | null;
      readonly state: Slot;
      readonly start: Expr;
      readonly next: Expr;
      readonly destroy: Expr;
      readonly body: Statement;
    }
  | {
      readonly kind: "switch";
      readonly label: LoopLabel;
      readonly subject: Expr;
      readonly cases: readonly SwitchCase[];
    }
  | { readonly kind: "labelled"; readonly label: LoopLabel; readonly body: Statement }
  | { readonly kind: "break" | "continue"; readonly target: LoopLabel }
  | { readonly kind: "return"; readonly value: Expr | null }
);

/** What `break` and `continue` leave; known by identity. */
export interface LoopLabel {
  readonly name: string;
  /** How many closures of the function are around it: a jump does not cross their borders. */
  readonly depth: number;
}

export interface SwitchCase {
  /** Null for `default`. Falls through to the next case unless its body leaves. */
  readonly value: Expr | null;
  readonly body: readonly Statement[];
}
