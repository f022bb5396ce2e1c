import type { ProgramOf, SectionName } from "./sections.js";

interface ClassDecorator_ {
  <C extends abstract new (...args: never) => unknown>(target: C, context: ClassDecoratorContext<C>): void;
}
interface FieldDecorator<M> {
  <This>(value: undefined, context: ClassFieldDecoratorContext<This, M>): void;
}
interface ProgramDecorator<F extends (this: never, ...args: never) => unknown> {
  <This, G extends F>(method: G, context: ClassMethodDecoratorContext<This, G>): void;
}

/**
 * The class that becomes the object. `license` is checked by the kernel: helpers marked GPL-only need a
 * GPL-compatible one (kernel: include/linux/license.h), such as "GPL" or "Dual BSD/GPL".
 */
export declare function program(options: { readonly license: string }): ClassDecorator_;

/** A program; the name is libbpf's section name, with `?` in front for one that is not loaded by default. */
export declare function SEC<const S extends SectionName>(section: S): ProgramDecorator<ProgramOf<S>>;

/** A value of the kernel's configuration, read when the object is loaded. */
export declare function kconfig(name: `CONFIG_${string}` | "LINUX_KERNEL_VERSION"): FieldDecorator<number | boolean | string>;

/** No padding between fields. */
export declare const packed: ClassDecorator_;
/** All fields at offset 0. */
export declare const union: ClassDecorator_;
/** At least this alignment: a power of two, in bytes. */
export declare function align(bytes: number): ClassDecorator_;
/** The function's code stands where it is called. */
export declare function inline<F extends (this: never, ...args: never) => unknown>(
  method: F,
  context: ClassMethodDecoratorContext<unknown, F>,
): void;
