import { type FieldValues, type LayoutName, Struct } from "./attr.js";
import { type Command, commands } from "./commands.js";
import { errno, SyscallError, UsageError } from "./errors.js";
import { type Kernel, kernel } from "./kernel.js";

/** How often a command is tried again that a signal has interrupted. */
const MOST_TRIES = 5;

/**
 * One bpf(2) command, tried again when a signal interrupted it: EINTR (kernel: `bpf_test_timer_continue`), or EAGAIN
 * of a program load (kernel: `bpf_check`).
 *
 * @returns what the kernel returns, or a negative errno.
 */
export function bpf(k: Kernel, command: Command, attr: Uint8Array): number {
  for (let tries = 1; ; tries++) {
    const result = k.bpf(commands[command], attr);
    const interrupted = result === -errno.EINTR || (result === -errno.EAGAIN && command === "BPF_PROG_LOAD");
    if (!interrupted || tries === MOST_TRIES) return result;
  }
}

/** One command again and again: `attr` is the caller's to keep, and to change in between. */
export function prepared(command: Command, attr: Uint8Array): () => number {
  const k = kernel();
  const call = k.prepare(commands[command], attr);
  return () => {
    const result = call();
    return result === -errno.EINTR ? bpf(k, command, attr) : result;
  };
}

/** The same from fields. @throws SyscallError */
export function bpfCommand<L extends LayoutName>(
  command: Command,
  layout: L,
  values: FieldValues<L>,
  object: string,
  hint = "",
): number {
  const result = bpf(kernel(), command, new Struct(layout, values).bytes);
  if (result < 0) throw new SyscallError(`bpf(${command})`, -result, object, hint);
  return result;
}

/** The kernel's reasons are a line or two (kernel: `bpf_vlog_init` takes no less than 128 bytes). */
const REASON = 1024;

/**
 * Why a command was refused that makes something, in the kernel's own words: it is asked once more, with a log. Empty if
 * it does not say, as before Linux 7.2, or has nothing against it any more.
 */
export function reasonOf(command: Command, attr: Uint8Array): string {
  const k = kernel();
  const bytes = new Uint8Array(REASON);
  const common = new Struct("common", { log_buf: k.address(bytes), log_size: REASON, log_level: 1 });
  const result = k.bpf(commands[command], attr, common.bytes);
  if (result >= 0) {
    k.close(result);
    return "";
  }
  const end = bytes.indexOf(0);
  const text = new TextDecoder().decode(bytes.subarray(0, end < 0 ? REASON : end)).trim();
  return text === "" ? "" : `The kernel says: ${text}`;
}

/** A NUL-terminated text for an attribute that takes its address. */
export const cText = (text: string): Uint8Array => new TextEncoder().encode(`${text}\0`);

/** What the kernel tells of an object; `given`: where it may put more. @throws SyscallError */
export function objectInfo<L extends LayoutName>(
  fd: number,
  layout: L,
  object: string,
  given: FieldValues<L> = {},
  hint = "",
): Struct<L> {
  const info = new Struct(layout, given);
  const attr = new Struct("info", {
    bpf_fd: fd,
    info_len: info.bytes.length,
    info: kernel().address(info.bytes),
  });
  const result = bpf(kernel(), "BPF_OBJ_GET_INFO_BY_FD", attr.bytes);
  if (result < 0) throw new SyscallError("bpf(BPF_OBJ_GET_INFO_BY_FD)", -result, object, hint);
  return info;
}

/** Pins an object at a path in a BPF file system. @throws SyscallError */
export function pinObject(fd: number, path: string, object: string): void {
  const text = cText(path);
  bpfCommand(
    "BPF_OBJ_PIN",
    "object",
    { pathname: kernel().address(text), bpf_fd: fd },
    object,
    `The path ${path} has to be new, in a BPF file system (mount -t bpf bpf /sys/fs/bpf).`,
  );
}

/** What a descriptor may be of. */
export type ObjectKind = "map" | "prog" | "link";

const kindNames: Readonly<Record<ObjectKind, string>> = { map: "map", prog: "program", link: "link" };

/** BPF_OBJ_GET; null if nothing is there. @throws SyscallError */
function openPin(path: string, object: string): number | null {
  const k = kernel();
  const text = cText(path);
  const fd = bpf(k, "BPF_OBJ_GET", new Struct("object", { pathname: k.address(text) }).bytes);
  if (fd === -errno.ENOENT) return null;
  if (fd < 0) throw new SyscallError("bpf(BPF_OBJ_GET)", -fd, object);
  return fd;
}

/** What is pinned at a path; null if nothing is, or `/proc` does not tell. @throws SyscallError */
export function pinnedKind(path: string): ObjectKind | null {
  const fd = openPin(path, path);
  if (fd === null) return null;
  try {
    return kindOf(fd);
  } finally {
    kernel().close(fd);
  }
}

/**
 * Opens a pinned object; null if nothing is there.
 *
 * @throws SyscallError; UsageError `bad-value` if it is of another kind, whose facts would be read as this kind's
 */
export function openPinned(path: string, kind: ObjectKind, object: string): number | null {
  const fd = openPin(path, `${object} at ${path}`);
  const found = fd === null ? null : kindOf(fd);
  if (fd === null || found === null || found === kind) return fd;
  kernel().close(fd);
  throw new UsageError(
    "bad-value",
    `${object} at ${path}: what is pinned there is a ${kindNames[found]}, not a ${kindNames[kind]}`,
  );
}

/** What `/proc` tells of a descriptor (kernel: `bpf_map_show_fdinfo` and its like), by name; empty if it tells nothing. */
export function fdinfo(fd: number): ReadonlyMap<string, string> {
  const bytes = kernel().readFile(`/proc/self/fdinfo/${fd}`);
  const lines = bytes ? new TextDecoder().decode(bytes).matchAll(/^(\w+):\t(.*)$/gm) : [];
  return new Map([...lines].map(([, name = "", value = ""]) => [name, value]));
}

/** A number that only `/proc` tells; null if it does not. */
export function fdinfoNumber(fd: number, name: string): number | null {
  const value = fdinfo(fd).get(name);
  return value === undefined ? null : Number(value);
}

/** Null if `/proc` does not tell. */
function kindOf(fd: number): ObjectKind | null {
  const told = fdinfo(fd);
  return (Object.keys(kindNames) as ObjectKind[]).find((kind) => told.has(`${kind}_type`)) ?? null;
}

const byId = {
  map: ["BPF_MAP_GET_FD_BY_ID", "map_id"],
  prog: ["BPF_PROG_GET_FD_BY_ID", "prog_id"],
  link: ["BPF_LINK_GET_FD_BY_ID", "link_id"],
  btf: ["BPF_BTF_GET_FD_BY_ID", "btf_id"],
} as const;

/** Opens what has a number; null if nothing has it, or no longer. @throws SyscallError */
export function openById(id: number, kind: keyof typeof byId, object: string): number | null {
  const [command, field] = byId[kind];
  const fd = bpf(kernel(), command, new Struct("getId", { [field]: id }).bytes);
  if (fd === -errno.ENOENT) return null;
  if (fd < 0) throw new SyscallError(`bpf(${command})`, -fd, object, "It needs CAP_SYS_ADMIN.");
  return fd;
}
