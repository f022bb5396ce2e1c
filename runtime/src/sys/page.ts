import { UsageError } from "./errors.js";
import { kernel } from "./kernel.js";

/** Key of the page size in the auxiliary vector (include/uapi/linux/auxvec.h). */
const AT_PAGESZ = 6n;
let known = 0;

/** Bytes of a memory page: 4096, or more on some arm64 kernels. A kernel tells each process so (proc(5), auxv). */
export function pageSize(): number {
  if (known === 0) known = readPageSize();
  return known;
}

function readPageSize(): number {
  const bytes = kernel().readFile("/proc/self/auxv");
  if (bytes === null) throw new UsageError("unsupported", "cannot read /proc/self/auxv: is /proc mounted?");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 16 <= view.byteLength; at += 16) {
    if (view.getBigUint64(at, true) === AT_PAGESZ) return Number(view.getBigUint64(at + 8, true));
  }
  throw new UsageError("unsupported", "/proc/self/auxv does not say how large a page is");
}
