import { entry } from "./entry.js";

/** 3xxx: syntax outside the dialect. TSB3008 was for what was not compiled yet. */
export const syntax = {
  notInDialect: entry("TSB3001", (what: string, why: string, instead: string) => ({
    what: `${what} is not part of the dialect.`,
    why,
    instead,
  })),
  asyncCode: entry("TSB3002", (what: string) => ({
    what: `${what} cannot run in the kernel.`,
    why: "A BPF program runs from start to end without a scheduler or an event loop.",
    instead: "Send an event (ring buffer) and go on in Node, or use a timer.",
  })),
  storedClosure: entry("TSB3003", () => ({
    what: "A function cannot be stored.",
    why: "The kernel calls only functions it verified at a known place; there are no function values.",
    instead:
      "Make it a method or a function and call it by name, or hand it directly to loop(), repeat() or a timer.",
  })),
  exceptions: entry("TSB3004", (what: string) => ({
    what: `${what} does not exist in BPF.`,
    why: "There is no stack unwinding in the kernel.",
    instead: "Return a value that says what went wrong, and test it.",
  })),
  recursion: entry("TSB3005", (name: string) => ({
    what: `'${name}' calls itself.`,
    why: "The verifier has to know the depth of the stack, so BPF has no recursion.",
    instead: "Use a loop with a bound.",
  })),
  moduleState: entry("TSB3006", (name: string) => ({
    what: `'${name}' is a variable of the module.`,
    why: "State lives in the program's class, where a skeleton can show it.",
    instead: "Make it a field of the @program class, or a `const`.",
  })),
  endlessLoop: entry("TSB3007", () => ({
    what: "This loop has no way out.",
    why: "The verifier rejects a program that may run for ever.",
    instead: "Give it a condition, a `break` or a `return`.",
  })),
  unknownSyntax: entry("TSB3012", (text: string) => ({
    what: `'${text}' has no meaning in a probe.`,
    why: "The dialect is a part of TypeScript, and this is none of it.",
    instead: "Write it another way; docs/diagnostics.md says what to write in place of the usual ones.",
  })),
  propertyForm: entry("TSB3013", () => ({
    what: "A property of an object has a name that is written out, and a value.",
    why: "Objects are structs: fields at fixed places, and nothing that is computed or runs.",
    instead: "Write `name: value`.",
  })),
  comparedTwice: entry("TSB3010", (text: string) => ({
    what: `TypeScript reads '${text}' as a call with type arguments.`,
    why: "After a name, `<`, a list of names and `>` are type arguments where a parenthesis follows; and a comparison gives a truth, which has no order.",
    instead: "Compare twice: `a < b && b > c`.",
  })),
  moduleCode: entry("TSB3011", () => ({
    what: "A statement of the module would never run.",
    why: "The kernel calls programs; nothing runs when an object is loaded.",
    instead: "Write it in a method with @SEC, or in a function that one calls.",
  })),
  unknownName: entry("TSB3009", (name: string) => ({
    what: `'${name}' is not known in a probe.`,
    why: "A probe sees its own modules and @tsbpfc/stdlib; nothing of Node or the browser exists in the kernel.",
    instead: "Import it from @tsbpfc/stdlib or from a module written in the dialect.",
  })),
} as const;
