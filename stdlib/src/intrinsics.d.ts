import type { array, be16, be32, be64, i32, i64, ptr, ref, u16, u32, u64, user } from "./types.js";

/** Bytes that T takes, padding included. */
export declare function sizeof<T>(type?: (abstract new (...args: never) => T) | T): number;
/** Copies a whole value. */
export declare function copy<T>(target: T, source: T): void;
/** A zeroed array or object on the stack. */
export declare function zeroed<T>(): T;
/** The address of a field, element or global. */
export declare function addr<T>(lvalue: T): ptr<T>;
/** n elements further. */
export declare function offset<P>(pointer: P, n: number): P;
/** The same bits, as a pointer to T. */
export declare function cast<T>(value: object | number): ptr<T>;

/** Host to network order, and back. */
export declare function htons(x: number): be16;
export declare function ntohs(x: be16): u16;
export declare function htonl(x: number): be32;
export declare function ntohl(x: be32): u32;
export declare function htonll(x: number): be64;
export declare function ntohll(x: be64): u64;

/** Number of the highest bit that is set: floor(log2(x)); 0 for 0. */
export declare function log2(x: number): u64;

/** Reads through a pointer into the current process's memory (bpf_probe_read_user); 0 where it cannot be read. */
export declare function readUser<T>(pointer: user<T>): T;
/** Reads through a pointer into the kernel's memory (bpf_probe_read_kernel); 0 where it cannot be read. */
export declare function readKernel<T>(pointer: ref<T>): T;

/** What is true of the running kernel, decided when the object is loaded (CO-RE). */
export declare function fieldExists(field: unknown): boolean;
export declare function typeExists<T>(): boolean;
export declare function typeMatches<T>(): boolean;
export declare function fieldSize(field: unknown): u32;
export declare function fieldOffset(field: unknown): u32;
export declare function enumValue<E extends number>(member: E): E;

/** Calls the body with 0 … n-1 until it returns false (bpf_loop, Linux 5.17). Gives the number of rounds. */
export declare function loop(n: number, body: (i: u32) => boolean | void): i64;
/** The body n times, one after another; n is a constant. */
export declare function repeat(n: number, body: (i: u32) => void): void;
/** The numbers from a to b-1 (an open-coded iterator, Linux 6.4, or bpf_loop). */
export declare function range(a: number, b: number): { [Symbol.iterator](): Iterator<i32> };

/** Prints to the kernel's trace pipe. */
export declare function printk(text: string): i64;
/** Prints to an iterator's output. */
export declare function seqPrintf(seq: object, text: string): i64;
/** Formats into a buffer. */
export declare function snprintf(target: object | string, text: string): i64;
/** Length up to the first NUL. */
export declare function strlen(text: string): u32;
/** Copies a text of the process's memory, NUL included. */
export declare function readUserStr(target: string, pointer: user<number> | null): i64;

/** Atomic operations on 32 and 64 bits; each gives the old value. */
export declare const atomic: {
  add<T extends number>(place: T, value: number): T;
  sub<T extends number>(place: T, value: number): T;
  and<T extends number>(place: T, value: number): T;
  or<T extends number>(place: T, value: number): T;
  xor<T extends number>(place: T, value: number): T;
  exchange<T extends number>(place: T, value: number): T;
  compareExchange<T extends number>(place: T, expected: number, value: number): T;
};

/** `struct bpf_spin_lock`, in a map value. */
export declare class SpinLock {
  private readonly val: u32;
}
/** Runs the body with the lock held, and gives it back on every path. */
export declare function withLock(lock: SpinLock, body: () => void): void;

/** `struct bpf_timer`, in a map value. Linux 5.15. */
export declare class Timer {
  private readonly opaque: array<u64, 2>;
  init(map: object, clock: number): i64;
  /** The map, the key and the value that the timer is in; their types are those of the map given to init(). */
  setCallback(callback: (map: any, key: any, value: any) => number): i64;
  start(nanoseconds: number, flags?: number): i64;
  cancel(): i64;
}
