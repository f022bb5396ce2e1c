import { machineKernel } from "./libc.js";

/** Memory shared with the kernel. */
export interface Mapping {
  readonly buffer: ArrayBuffer;
  /** Where it is in this process. */
  readonly address: bigint;
  unmap(): void;
}

/** A descriptor that the event loop waits for. */
export interface Watch {
  /** Whether the process goes on for it. It does at first. */
  keepAlive(alive: boolean): void;
}

/** What a wait for a descriptor is for. */
export type Readiness = "readable" | "writable";

/**
 * Everything that the runtime asks of the kernel: the seam where tests put a kernel of their own. Results are 0 or
 * more, or a negative errno.
 */
export interface Kernel {
  /** bpf(2); `common` is `struct bpf_common_attr`, which kernels before Linux 7.2 do not take: they say EINVAL. */
  bpf(command: number, attr: Uint8Array, common?: Uint8Array): number;
  /** The same again and again, with an attribute that the caller keeps, and changes in between. */
  prepare(command: number, attr: Uint8Array): () => number;
  /** Address of a buffer that stays where it is, and alive until the next command has returned. */
  address(buffer: Uint8Array): bigint;
  close(fd: number): number;
  /** Another descriptor of the same object. */
  duplicate(fd: number): number;
  perfEventOpen(attr: Uint8Array, pid: number, cpu: number, groupFd: number, flags: number): number;
  ioctl(fd: number, request: number, argument: number): number;
  /**
   * Shared mapping; a negative errno if the kernel refuses. With `address` it is there and nowhere else: EEXIST if
   * something else is (before Linux 4.17 the address is a wish).
   */
  mmap(fd: number, length: number, writable: boolean, offset: number, address?: bigint): Mapping | number;
  /**
   * A file mapped to be read, as long as the buffer is there; for files that nobody cuts off meanwhile, which would end
   * the process (SIGBUS). Null if it is not there or cannot be mapped.
   */
  mapFile(path: string): Uint8Array | null;
  /**
   * Copies memory of this process that may not be there (process_vm_readv, process_vm_writev): bytes, or -EFAULT where
   * touching it would end the process.
   */
  readMemory(address: bigint, into: Uint8Array): number;
  writeMemory(address: bigint, from: Uint8Array): number;
  /** Raises RLIMIT_MEMLOCK to no limit. */
  unlimitMemlock(): number;
  /** Index of a network interface, 0 if there is none. */
  interfaceIndex(name: string): number;
  epollCreate(): number;
  /** Adds a descriptor that becomes readable, or writable; `token` comes back with its event. */
  epollAdd(epoll: number, fd: number, token: number, until: Readiness): number;
  epollRemove(epoll: number, fd: number): number;
  /** Tokens of what is ready now. */
  epollReady(epoll: number): readonly number[];
  /** Calls back, in a turn of the event loop, whenever the descriptor is readable, and again while it is. */
  watch(fd: number, readable: () => void): Watch;
  /** Read-only lookups in /proc, /sys and the like. Null if the file is not there. */
  readFile(path: string): Uint8Array | null;
  /** Opens a file for reads that do not wait (O_RDONLY, O_NONBLOCK). */
  openFile(path: string): number;
  /** A descriptor of a process. Linux 5.3. */
  pidfdOpen(pid: number): number;
  /** read(2): bytes, 0 at the end. */
  read(fd: number, bytes: Uint8Array): number;
  /** write(2): bytes that were written. */
  write(fd: number, bytes: Uint8Array): number;
  socket(domain: number, type: number, protocol: number): number;
  /** Of an option that is an int. */
  setsockopt(fd: number, level: number, option: number, value: number): number;
  fileExists(path: string): boolean;
  /** `uname -r`. */
  release(): string;
  removeFile(path: string): void;
  /** Mounts a virtual file system of this type. */
  mount(type: string, path: string): number;
}

let current: Kernel | null = null;

/** The kernel that new objects are made in: the machine's own, unless a test set another. */
export function kernel(): Kernel {
  current ??= machineKernel();
  return current;
}

/** For tests. Null goes back to the machine's kernel. */
export function setKernel(replacement: Kernel | null): void {
  current = replacement;
}
