import { mapTypeName } from "@tsbpfc/loader";
import { objectInfo, openById, openPinned } from "../sys/bpf.js";
import { UsageError } from "../sys/errors.js";
import { kernel } from "../sys/kernel.js";
import { MapHandle } from "./handle.js";

/** A handle for a descriptor, by what the kernel tells of it. On failure the descriptor is closed. */
export function handleOf(fd: number, label: string): MapHandle {
  try {
    const info = objectInfo(fd, "mapInfo", label);
    const type = mapTypeName(info.number("type"));
    if (type === null)
      throw new UsageError("unsupported", `${label} is of a type that is newer than this version of tsbpfc`);
    return new MapHandle(fd, {
      name: info.text("name"),
      type,
      keySize: info.number("key_size"),
      valueSize: info.number("value_size"),
      maxEntries: info.number("max_entries"),
      flags: info.number("map_flags"),
      extra: info.bigint("map_extra"),
    });
  } catch (error) {
    kernel().close(fd);
    throw error;
  }
}

/**
 * The map that is pinned at a path, to be opened with `openMap` or a map class; null if nothing is there. Linux 4.13.
 *
 * @throws SyscallError; UsageError `unsupported` for kinds that are newer than this version, `bad-value` if a program or
 * a link is pinned there
 */
export function pinnedMap(path: string): MapHandle | null {
  const fd = openPinned(path, "map", "map");
  return fd === null ? null : handleOf(fd, `map at ${path}`);
}

/** The map of a number (`bpftool map`); null if there is none. Needs CAP_SYS_ADMIN. Linux 4.13. @throws SyscallError */
export function mapById(id: number): MapHandle | null {
  const fd = openById(id, "map", `map ${id}`);
  return fd === null ? null : handleOf(fd, `map ${id}`);
}
