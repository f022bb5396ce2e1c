import type { ProgramOf, SectionName } from "./sections.js";

type AnyClass = abstract new (...args: never) => unknown;
type AnyMethod = (this: never, ...args: never) => unknown;

type ClassDecorator_ = <C extends AnyClass>(target: C, context: ClassDecoratorContext<C>) => void;
type FieldDecorator<V> = <This, T extends V>(
  value: undefined,
  context: ClassFieldDecoratorContext<This, T>,
) => void;
type ProgramDecorator<F extends AnyMethod> = <This, G extends F>(
  method: G,
  context: ClassMethodDecoratorContext<This, G>,
) => void;

/**
 * The class that becomes the object. The kernel checks `license`: helpers marked GPL-only need a GPL-compatible
 * one (kernel: include/linux/license.h), such as "GPL" or "Dual BSD/GPL".
 */
export declare function program(options: { readonly license: string }): ClassDecorator_;

/**
 * A program. The name is libbpf's section name, with `?` in front for one that is not loaded by default; it
 * decides the method's first parameter and its result.
 */
export declare function SEC<const S extends SectionName>(section: S): ProgramDecorator<ProgramOf<S>>;

/** A value of the kernel's configuration, read when the object is loaded; it needs no initialiser. */
export declare function kconfig(
  name: `CONFIG_${string}` | `LINUX_${string}`,
): FieldDecorator<number | boolean | string>;

/** No padding between fields. */
export declare const packed: ClassDecorator_;
/** All fields at offset 0. */
export declare const union: ClassDecorator_;
/** At least this alignment: a power of two, in bytes. */
export declare function align(bytes: number): ClassDecorator_;
/** The method's code stands where it is called. */
export declare function inline<This, F extends AnyMethod>(
  method: F,
  context: ClassMethodDecoratorContext<This, F>,
): void;

export {};
