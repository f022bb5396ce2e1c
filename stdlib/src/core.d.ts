// What TypeScript itself needs to know of the language, in place of its own library: a probe has no
// JavaScript run time, so nothing else exists here.

interface Array<T> {
  readonly length: number;
  [index: number]: T;
  [Symbol.iterator](): Iterator<T>;
}
interface ReadonlyArray<T> {
  readonly length: number;
  readonly [index: number]: T;
  [Symbol.iterator](): Iterator<T>;
}
type Boolean = {};
interface CallableFunction extends Function {}
type Function = {};
type IArguments = {};
interface NewableFunction extends Function {}
type Number = {};
type BigInt = {};
type Object = {};
type RegExp = {};
type Symbol = {};
/** `char[N]`: its elements are bytes. */
interface String {
  /** N, not the number of bytes before the first NUL: that is `strlen(s)`. */
  readonly length: number;
  [index: number]: import("./types.js").u8;
  [Symbol.iterator](): Iterator<import("./types.js").u8>;
}
interface TemplateStringsArray extends ReadonlyArray<string> {}

interface SymbolConstructor {
  readonly iterator: unique symbol;
}
declare var Symbol: SymbolConstructor;

interface IteratorYieldResult<T> {
  done?: false;
  value: T;
}
interface IteratorReturnResult<T> {
  done: true;
  value: T;
}
type IteratorResult<T, R = undefined> = IteratorYieldResult<T> | IteratorReturnResult<R>;
interface Iterator<T, R = undefined, N = undefined> {
  next(...args: [] | [N]): IteratorResult<T, R>;
}
interface Iterable<T, R = undefined, N = undefined> {
  [Symbol.iterator](): Iterator<T, R, N>;
}
interface IterableIterator<T, R = undefined, N = undefined> extends Iterator<T, R, N> {
  [Symbol.iterator](): IterableIterator<T, R, N>;
}

interface TypedPropertyDescriptor<T> {
  value?: T;
}
type Partial<T> = { [P in keyof T]?: T[P] };
type Readonly<T> = { readonly [P in keyof T]: T[P] };
type Record<K extends keyof any, T> = { [P in K]: T };
type Exclude<T, U> = T extends U ? never : T;
type Extract<T, U> = T extends U ? T : never;
type NoInfer<T> = intrinsic;

// TC39 decorators, as far as the checker asks for them.
interface ClassDecoratorContext<C = unknown> {
  readonly kind: "class";
  readonly name: string | undefined;
}
interface ClassFieldDecoratorContext<This = unknown, Value = unknown> {
  readonly kind: "field";
  readonly name: string;
  readonly access: {
    has(object: This): boolean;
    get(object: This): Value;
    set(object: This, value: Value): void;
  };
}
interface ClassMethodDecoratorContext<This = unknown, Value = unknown> {
  readonly kind: "method";
  readonly name: string;
  readonly access: { has(object: This): boolean; get(object: This): Value };
}
