/** A probe's fields and the body of its program, which mean the same in JavaScript. */
export interface Case {
  readonly name: string;
  readonly fields: string;
  readonly body: string;
  /** Classes and functions beside the program's. */
  readonly before?: string;
  readonly imports?: string;
}

export const pair = "class Pair { a: u32 = 0; b: u32 = 0; }";
