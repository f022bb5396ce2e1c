import { openById, openPinned } from "../sys/bpf.js";
import { IterLink } from "./iter.js";
import { Link } from "./link.js";

/** An iterator's link can be read, as where it was made. On failure the descriptor is closed. */
function linkOf(fd: number, label: string): Link {
  const link = new Link(fd, label);
  try {
    return link.info().kind === "iter" ? new IterLink(fd, label) : link;
  } catch (error) {
    link.close();
    throw error;
  }
}

/**
 * The link that is pinned at a path; null if nothing is there. It detaches when it is closed and its pins are gone.
 * Linux 5.8.
 *
 * @throws SyscallError; UsageError `bad-value` if a map or a program is pinned there
 */
export function pinnedLink(path: string): Link | null {
  const fd = openPinned(path, "link", "link");
  return fd === null ? null : linkOf(fd, `link at ${path}`);
}

/** The link of a number (`bpftool link`); null if there is none. Needs CAP_SYS_ADMIN. Linux 5.8. @throws SyscallError */
export function linkById(id: number): Link | null {
  const fd = openById(id, "link", `link ${id}`);
  return fd === null ? null : linkOf(fd, `link ${id}`);
}
