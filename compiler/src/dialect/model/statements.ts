import type { Expr, Variable } from "./expressions.js";
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
}

export interface SwitchCase {
  /** Null for `default`. Falls through to the next case unless its body leaves. */
  readonly value: Expr | null;
  readonly body: readonly Statement[];
}
