import { openById, openPinned } from "../sys/bpf.js";
import { kernel } from "../sys/kernel.js";
import { programInfo } from "./details.js";
import { ProgramHandle } from "./handle.js";

/** A handle for a descriptor, by what the kernel tells of it. On failure the descriptor is closed. */
function handleOf(fd: number, label: string): ProgramHandle {
  try {
    const { name, type } = programInfo(fd, label);
    return new ProgramHandle(fd, name, type);
  } catch (error) {
    kernel().close(fd);
    throw error;
  }
}

/**
 * The program that is pinned at a path; null if nothing is there. Linux 4.13.
 *
 * @throws SyscallError; UsageError `bad-value` if a map or a link is pinned there
 */
export function pinnedProgram(path: string): ProgramHandle | null {
  const fd = openPinned(path, "prog", "program");
  return fd === null ? null : handleOf(fd, `program at ${path}`);
}

/** The program of a number (`bpftool prog`); null if there is none. Needs CAP_SYS_ADMIN. Linux 4.13. @throws SyscallError */
export function programById(id: number): ProgramHandle | null {
  const fd = openById(id, "prog", `program ${id}`);
  return fd === null ? null : handleOf(fd, `program ${id}`);
}
