import type { AnyMap } from "./maps.js";
import type { AnyPointer, array, be16, be32, be64, i32, i64, ptr, u16, u32, u64 } from "./types.js";

type AnyClass<T> = abstract new (...args: never) => T;

/** Bytes that T takes, padding included: `sizeof(T)`, `sizeof<T>()` or `sizeof(value)`. Relocated for a kernel type. */
export declare function sizeof<T>(type?: AnyClass<T> | T): number;
/** Copies a whole value. */
export declare function copy<T>(target: T, source: NoInfer<T>): void;
/** A zeroed array or object on the stack. */
export declare function zeroed<T>(): T;
/** The address of a field, element, variable or global. */
export declare function addr<T>(lvalue: T): ptr<T>;
/** n elements further. */
export declare function offset<P extends object>(pointer: P, n: number): P;
/** The same bits, as a pointer to T (or as T, if that is a pointer). */
export declare function cast<T extends AnyPointer>(value: object | string | number | null): T;
export declare function cast<T>(value: object | string | number | null): ptr<T>;

/** Host to network order, 16 bits. */
export declare function htons(x: number): be16;
/** Network to host order, 16 bits. */
export declare function ntohs(x: number): u16;
/** Host to network order, 32 bits. */
export declare function htonl(x: number): be32;
/** Network to host order, 32 bits. */
export declare function ntohl(x: number): u32;
/** Host to network order, 64 bits. */
export declare function htonll(x: number): be64;
/** Network to host order, 64 bits. */
export declare function ntohll(x: number): u64;

/** Number of the highest bit that is set: floor(log2(x)); 0 for 0. */
export declare function log2(x: number): u64;
/** Bytes before the first NUL; N if there is none. */
export declare function strlen(text: string): u32;

/** Reads through a pointer into the current process's memory (bpf_probe_read_user); 0 where it cannot be read. */
export declare function readUser<T>(pointer: AnyPointer<T>): T;
export declare function readUser<T extends object>(pointer: T): T;
/** Reads through a pointer into the kernel's memory (bpf_probe_read_kernel); 0 where it cannot be read. */
export declare function readKernel<T>(pointer: AnyPointer<T>): T;
export declare function readKernel<T extends object>(pointer: T): T;
/** Copies a text from the process's memory (bpf_probe_read_user_str): bytes with the NUL, or a negative errno. */
export declare function readUserStr(target: string | array<number, number>, source: object | number): i64;
/** Copies a text from the kernel's memory (bpf_probe_read_kernel_str): bytes with the NUL, or a negative errno. */
export declare function readKernelStr(
  target: string | array<number, number>,
  source: object | string | number,
): i64;

/** Whether the running kernel's struct has this field: `fieldExists(task.f)`. The field is not read. */
export declare function fieldExists(field: unknown): boolean;
/** Bytes of a field: constant for a struct of one's own, relocated for the kernel's. */
export declare function fieldSize(field: unknown): number;
/** Bytes before a field: constant for a struct of one's own, relocated for the kernel's. */
export declare function fieldOffset(field: unknown): number;
/** Whether the running kernel has this type. */
export declare function typeExists<T>(): boolean;
/** Whether the running kernel's type fits this declaration, fields and all. Linux 5.19's libbpf and later. */
export declare function typeMatches<T>(): boolean;
/** The running kernel's value of an enumerator: `enumValue(E.A)`. */
export declare function enumValue(member: number): u64;
/** Whether the running kernel has this enumerator. */
export declare function enumValueExists(member: number): boolean;

/** `from` up to, not including, `to`, in `i32`: an open-coded iterator (Linux 6.4) or bpf_loop (5.17). */
export declare function range(from: number, to: number): Iterable<i32>;
/**
 * Whether the program may make another round: false once it has made some millions, or run for too long. A loop that asks
 * it in each round needs no end that the verifier can see: `while (canLoop() && queue.pop(x) === 0)`. Linux 6.9.
 */
export declare function canLoop(): boolean;
/** bpf_loop: at most `count` rounds; a body that returns false ends it. The number of rounds run. Linux 5.17. */
export declare function loop(count: number, body: (index: u32) => boolean | void): i64;
/** The body `count` times over in the program's code; `count` is a constant. */
export declare function repeat(count: number, body: (index: u32) => void): void;

/** What can be printed. */
export type Printable = number | boolean | string | object | null;
/**
 * Writes a line to the kernel's trace pipe: bytes written or a negative errno. A template's conversions come from its
 * values' types. With values after it, the text is a format of the kernel's, `printk("from %pI4", ip.saddr)`:
 * %d %i %u %x %X %c %s, %p and %pB %pS %ps %pK %px %pks %pus %pi4 %pI4 %pi6 %pI6; lengths (`ll`) come from the types.
 * More than three values need Linux 5.16 (bpf_trace_vprintk).
 */
export declare function printk(text: string, ...values: readonly Printable[]): i64;
/** Writes to an iterator's output (bpf_seq_printf), as printk: 0 or a negative errno. `seq` is `ctx.meta.seq`. Linux 5.8. */
export declare function seqPrintf(seq: object, text: string, ...values: readonly Printable[]): i64;
/** Writes a text (bpf_snprintf), as printk: its length with the NUL, even if cut, or a negative errno. Linux 5.13. */
export declare function snprintf(
  target: string | array<number, number>,
  text: string,
  ...values: readonly Printable[]
): i64;

/**
 * Atomic operations on 32 and 64 bits. The first argument is a place in memory (a field, an element, a global, a
 * `.value`); the result is what was there before. Other than `add` whose result is unused, they need Linux 5.12.
 */
export declare namespace atomic {
  function add<T extends number>(place: T, value: number): T;
  function sub<T extends number>(place: T, value: number): T;
  function and<T extends number>(place: T, value: number): T;
  function or<T extends number>(place: T, value: number): T;
  function xor<T extends number>(place: T, value: number): T;
  function exchange<T extends number>(place: T, value: number): T;
  function compareExchange<T extends number>(place: T, expected: number, value: number): T;
}

/** `struct bpf_spin_lock`: a field of a map value, held by withLock(). Linux 5.1. */
export declare class SpinLock {
  private readonly val: u32;
}
/**
 * Runs `body` between bpf_spin_lock and bpf_spin_unlock, and gives what it gives; every way out unlocks. Inside only the
 * methods of lists and trees may be called, and no helper.
 */
export declare function withLock<R>(lock: SpinLock, body: () => R): R;

/**
 * `struct bpf_res_spin_lock`: a field of a map value, held between bpf_res_spin_lock() and bpf_res_spin_unlock(). It may
 * be refused: to break a deadlock, or after a quarter of a second. Linux 6.15.
 */
export declare class ResSpinLock {
  private readonly val: u32;
}

/**
 * `struct bpf_timer`: a field of a map value. The callback outlives the call: it may use its parameters, `this`
 * and constants. Name the value's class, `Timer<Slot>`, to have the callback's parameter typed. Linux 5.15.
 */
export declare class Timer<Value = any> {
  private readonly opaque: array<u64, 2>;
  /** bpf_timer_init: `map` is the one whose value this timer lies in; `clock` is a CLOCK_*. 0 or a negative errno. */
  init(map: AnyMap, clock: number): i64;
  /** bpf_timer_set_callback: 0 or a negative errno. */
  setCallback<K = u32>(callback: (map: AnyMap, key: ptr<K>, value: Value) => number): i64;
  /** bpf_timer_start: calls back in `nanoseconds` from now, or at that time with BPF_F_TIMER_ABS. */
  start(nanoseconds: number, flags?: number): i64;
  /** bpf_timer_cancel: 1 if it was running, 0 if not, or a negative errno. */
  cancel(): i64;
}
/** `struct bpf_wq`: work that may sleep, as a field of a map value. Linux 6.10. */
export declare class WorkQueue<Value = any> {
  private readonly opaque: array<u64, 2>;
  /** bpf_wq_init: 0 or a negative errno. */
  init(map: AnyMap, flags?: number): i64;
  /** bpf_wq_set_callback: 0 or a negative errno. */
  setCallback<K = u32>(callback: (map: AnyMap, key: ptr<K>, value: Value) => number): i64;
  /** bpf_wq_start: 0 or a negative errno. */
  start(flags?: number): i64;
}
/** `struct bpf_dynptr`: a piece of memory with a length that the kernel checks. Linux 5.19. */
export declare class Dynptr {
  private readonly opaque: array<u64, 2>;
}

export {};
