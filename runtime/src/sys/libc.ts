import { closeSync, existsSync, fstatSync, openSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { release } from "node:os";
import { BPF_COMMON_ATTRS } from "./commands.js";
import { UsageError } from "./errors.js";
import { keepKoffiLoaded } from "./keep-loaded.js";
import type { Kernel, Readiness } from "./kernel.js";

type Koffi = typeof import("koffi");

/** System call numbers that libc has no function for, by architecture. */
const numbers: Readonly<Record<string, { bpf: number; perfEventOpen: number; pidfdOpen: number }>> = {
  x64: { bpf: 321, perfEventOpen: 298, pidfdOpen: 434 },
  arm64: { bpf: 280, perfEventOpen: 241, pidfdOpen: 434 },
};

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_FIXED = 0x10;
const MAP_FIXED_NOREPLACE = 0x100000;
/** `MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS`: zeroes in the place of what was mapped. */
const EMPTY = 0x02 | MAP_FIXED | 0x20;
const F_DUPFD_CLOEXEC = 1030;
const RLIMIT_MEMLOCK = 8;
const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const events = { readable: 0x1, writable: 0x4 } as const;
const O_RDONLY_NONBLOCK_CLOEXEC = 0o2004000;
const MAX_EVENTS = 64;
const INT_SIZE = 4;
/** `struct epoll_event` is packed on x86-64 only. */
const EVENT_SIZE = process.arch === "x64" ? 12 : 16;
const EVENT_DATA = process.arch === "x64" ? 4 : 8;
/** The largest address: mmap's failure. */
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/** Where something is mapped in this process, or was, while a buffer of it is held. */
interface Place {
  readonly address: bigint;
  readonly length: number;
  /** Buffers of this memory that are not collected: of the mapping, and of earlier ones. */
  buffers: number;
  /** What is there; null for zeroes, in whose place another may be mapped. */
  mapping: symbol | null;
}

/** The machine's kernel, through libc. koffi is loaded when this is called, not before. */
export function machineKernel(): Kernel {
  const koffi = createRequire(import.meta.url)("koffi") as Koffi;
  const call = numbers[process.arch];
  if (!call || process.platform !== "linux")
    throw new UsageError(
      "unsupported",
      `BPF is loaded on Linux, x64 or arm64; this is ${process.platform} on ${process.arch}`,
    );
  // What this process has loaded already: glibc or musl, whatever their files are called.
  const libc = koffi.load(null);
  const bpfCall = libc.func("int syscall(int64_t number, int command, int64_t attr, int size)");
  const commonBpfCall = libc.func(
    "int syscall(int64_t number, int command, void *attr, int size, void *common, int64_t commonSize)",
  );
  const perfCall = libc.func(
    "int64_t syscall(int64_t number, void *attr, int64_t pid, int64_t cpu, int64_t group, int64_t flags)",
  );
  const pidfdCall = libc.func("int64_t syscall(int64_t number, int64_t pid, int64_t flags)");
  const mount = libc.func(
    "int mount(const char *source, const char *target, const char *type, unsigned long flags, void *data)",
  );
  const close = libc.func("int close(int fd)");
  const fcntl = libc.func("int fcntl(int fd, int command, int argument)");
  const ioctl = libc.func("int ioctl(int fd, unsigned long request, int64_t argument)");
  const mmap = libc.func(
    "void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)",
  );
  const munmap = libc.func("int munmap(void *address, size_t length)");
  const vectors = "int64_t pid, void *local, uint64_t locals, void *remote, uint64_t remotes, uint64_t flags";
  const readProcess = libc.func(`int64_t process_vm_readv(${vectors})`);
  const writeProcess = libc.func(`int64_t process_vm_writev(${vectors})`);
  const setrlimit = libc.func("int setrlimit(int resource, void *limit)");
  const ifNameToIndex = libc.func("unsigned int if_nametoindex(const char *name)");
  const epollCreate = libc.func("int epoll_create1(int flags)");
  const epollControl = libc.func("int epoll_ctl(int epoll, int operation, int fd, void *event)");
  const epollWait = libc.func("int epoll_wait(int epoll, void *events, int most, int timeout)");
  const write = libc.func("int64_t write(int fd, void *bytes, size_t count)");
  const read = libc.func("int64_t read(int fd, void *bytes, size_t count)");
  const open = libc.func("int open(const char *path, int flags)");
  const socket = libc.func("int socket(int domain, int type, int protocol)");
  const setsockopt = libc.func(
    "int setsockopt(int fd, int level, int option, void *value, unsigned int size)",
  );

  const result = (value: number | bigint): number => (Number(value) < 0 ? -koffi.errno() : Number(value));
  /** `struct iovec` of each side: an address and a length. */
  const copy = (call: typeof readProcess, address: bigint, bytes: Uint8Array): number => {
    const length = BigInt(bytes.length);
    const local = new BigUint64Array([koffi.address(bytes), length]);
    return result(call(process.pid, local, 1, new BigUint64Array([address, length]), 1, 0));
  };
  const event = (token: number, until: Readiness): Uint8Array => {
    const bytes = new Uint8Array(EVENT_SIZE);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, events[until], true);
    view.setUint32(EVENT_DATA, token, true);
    return bytes;
  };

  const ready = new Uint8Array(EVENT_SIZE * MAX_EVENTS);
  const readyView = new DataView(ready.buffer);

  const places = new Map<bigint, Place>();
  const empty = ({ address, length }: Place): void =>
    void mmap(address, length, PROT_READ | PROT_WRITE, EMPTY, -1, 0);
  const leave = (place: Place, mapping: symbol): void => {
    if (place.mapping !== mapping) return;
    place.mapping = null;
    empty(place);
  };
  const collected = new FinalizationRegistry<{ readonly place: Place; readonly mapping: symbol }>(
    ({ place, mapping }) => {
      place.buffers--;
      if (place.buffers > 0) return leave(place, mapping);
      places.delete(place.address);
      munmap(place.address, place.length);
    },
  );

  const files = new FinalizationRegistry<{ readonly address: bigint; readonly size: number }>(
    ({ address, size }) => void munmap(address, size),
  );

  // V8 may collect a buffer after its last use in JavaScript, which is before the call when an attribute only holds
  // its address: each stays alive until the next command has returned. What is called again and again keeps its own.
  const held: Uint8Array[] = [];

  const prepare = (command: number, attr: Uint8Array) => {
    // A number crosses faster than a buffer. It stays: a buffer is off V8's heap once its address has been asked for.
    const at = Number(koffi.address(attr));
    const { length } = attr;
    return (): number => {
      const value: number = bpfCall(call.bpf, command, at, length);
      return value < 0 ? -koffi.errno() : value;
    };
  };

  return {
    bpf: (command, attr, common) => {
      const value = common
        ? result(
            commonBpfCall(call.bpf, command | BPF_COMMON_ATTRS, attr, attr.length, common, common.length),
          )
        : prepare(command, attr)();
      held.length = 0;
      return value;
    },
    prepare,
    address: (buffer) => {
      held.push(buffer);
      return koffi.address(buffer);
    },
    close: (fd) => result(close(fd)),
    duplicate: (fd) => result(fcntl(fd, F_DUPFD_CLOEXEC, 0)),
    perfEventOpen: (attr, pid, cpu, groupFd, flags) =>
      result(perfCall(call.perfEventOpen, attr, pid, cpu, groupFd, flags)),
    ioctl: (fd, request, argument) => result(ioctl(fd, request, argument)),
    mmap: (fd, length, writable, offset, wanted = 0n) => {
      const left = places.get(wanted);
      const free = left?.mapping === null && left.length === length;
      const fixed = wanted === 0n ? 0 : free ? MAP_FIXED : MAP_FIXED_NOREPLACE;
      const protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
      const address: bigint = mmap(wanted, length, protection, MAP_SHARED | fixed, fd, offset);
      if (address === MAP_FAILED) return -koffi.errno();
      const buffer = koffi.view(address, length);
      const mapping = Symbol();
      const place = left ?? { address, length, buffers: 0, mapping };
      place.buffers++;
      place.mapping = mapping;
      places.set(address, place);
      collected.register(buffer, { place, mapping });
      // Somebody may still hold a view of the buffer, and it cannot be detached: reading memory that is gone would
      // end the process. Empty pages take its place until the buffer is collected.
      return { buffer, address, unmap: () => leave(place, mapping) };
    },
    mapFile: (path) => {
      let fd = -1;
      try {
        fd = openSync(path, "r");
        const { size } = fstatSync(fd);
        const address: bigint = mmap(0n, size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (address === MAP_FAILED) return null;
        const buffer = koffi.view(address, size);
        files.register(buffer, { address, size });
        return new Uint8Array(buffer);
      } catch {
        return null;
      } finally {
        if (fd >= 0) closeSync(fd);
      }
    },
    readMemory: (address, into) => copy(readProcess, address, into),
    writeMemory: (address, from) => copy(writeProcess, address, from),
    unlimitMemlock: () => result(setrlimit(RLIMIT_MEMLOCK, new BigUint64Array([MAP_FAILED, MAP_FAILED]))),
    interfaceIndex: (name) => ifNameToIndex(name),
    epollCreate: () => result(epollCreate(EPOLL_CLOEXEC)),
    epollAdd: (epoll, fd, token, until) =>
      result(epollControl(epoll, EPOLL_CTL_ADD, fd, event(token, until))),
    epollRemove: (epoll, fd) => result(epollControl(epoll, EPOLL_CTL_DEL, fd, event(0, "readable"))),
    epollReady: (epoll) => {
      // An interrupted call (-1) has found nothing: the event loop calls again.
      const count = Math.max(0, epollWait(epoll, ready, MAX_EVENTS, 0));
      return Array.from({ length: count }, (_, i) => readyView.getUint32(i * EVENT_SIZE + EVENT_DATA, true));
    },
    watch: (fd, readable) => {
      keepKoffiLoaded(koffi, libc);
      // koffi calls back from within libuv, where nobody runs promises that are resolved: an immediate comes next.
      const handle = koffi.node.poll(fd, () => void setImmediate(readable));
      return { keepAlive: (alive) => (alive ? handle.ref() : handle.unref()) };
    },
    readFile: (path) => {
      try {
        return readFileSync(path);
      } catch {
        return null;
      }
    },
    openFile: (path) => result(open(path, O_RDONLY_NONBLOCK_CLOEXEC)),
    pidfdOpen: (pid) => result(pidfdCall(call.pidfdOpen, pid, 0)),
    read: (fd, bytes) => result(read(fd, bytes, bytes.length)),
    write: (fd, bytes) => result(write(fd, bytes, bytes.length)),
    socket: (domain, type, protocol) => result(socket(domain, type, protocol)),
    setsockopt: (fd, level, option, value) =>
      result(setsockopt(fd, level, option, Int32Array.of(value), INT_SIZE)),
    fileExists: existsSync,
    release,
    mount: (type, path) => result(mount(type, path, type, 0, null)),
    removeFile: (path) => rmSync(path, { force: true }),
  };
}
