/**
 * Kinds of rules, by the words of Linux 7.3's reports (seen on 7.3; kernel/bpf/diagnostics.c). Of `Verifier Limit` 7.3
 * reports nothing yet: it is said of what the verifier gives up on (too many instructions, states, bytes of stack).
 */
export const verifierCategories = [
  "Register Type Safety",
  "Memory Safety",
  "Resource Lifetime Safety",
  "Call Type Safety",
  "Execution Context Safety",
  "Policy",
  "Verifier Limit",
] as const;

export type VerifierCategory = (typeof verifierCategories)[number];

/** @returns null for a word of a kernel that has more of them */
export const asCategory = (word: string): VerifierCategory | null =>
  verifierCategories.find((category) => category === word) ?? null;
