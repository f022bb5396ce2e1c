/** Words that cannot name a type or a constant of a module. Source: ECMA-262 12.7.2, TypeScript's `checkTypeNameIsReserved`. */
const reserved: ReadonlySet<string> = new Set(
  [
    "break case catch class const continue debugger default delete do else enum export extends false finally for",
    "function if import in instanceof new null return super switch this throw true try typeof var void while with",
    "await yield let static implements interface package private protected public arguments eval async of",
    "any unknown never number bigint boolean string symbol object undefined as asserts is keyof readonly",
    "NaN Infinity globalThis",
  ]
    .join(" ")
    .split(" "),
);

/** Globals that generated code uses: a probe's type of that name would hide them. */
const globals = ["Uint8Array", "URL", "Number", "Pick"];

const isIdentifier = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name);

/** A name as an identifier; C's are, but for words that TypeScript keeps for itself. */
export function identifier(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9_$]/g, "_").replace(/^(?=[0-9])/, "_");
  return safe === "" || reserved.has(safe) ? `${safe}_` : safe;
}

/** True for what can name a skeleton's class. */
export const isClassName = (name: string): boolean => isIdentifier(name) && identifier(name) === name;

/** A property's name in a literal or an interface. `__proto__` would set the prototype unless it is computed. */
export const property = (name: string): string =>
  name === "__proto__" ? '["__proto__"]' : isIdentifier(name) ? name : JSON.stringify(name);

/** Access to a property. */
export const access = (name: string): string =>
  isIdentifier(name) ? `.${name}` : `[${JSON.stringify(name)}]`;

/** Names of a file's top level: each is given once, a later one gets a number. */
export class Names {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string>) {
    this.#taken = new Set([...globals, ...taken]);
  }

  fresh(wanted: string): string {
    const base = identifier(wanted);
    let name = base;
    for (let i = 2; this.#taken.has(name); i++) name = `${base}${i}`;
    this.#taken.add(name);
    return name;
  }
}
