import { UsageError } from "../sys/errors.js";
import type { AttachOptions } from "./attach.js";

/** What each place's program is told, as the kernel reads it; null: nothing. @throws UsageError for a wrong number */
export function cookiesOf(count: number, options: AttachOptions, label: string): Uint8Array | null {
  const { cookie, cookies = cookie === undefined ? null : Array<bigint>(count).fill(cookie) } = options;
  if (cookies === null) return null;
  if (cookies.length === count) return new Uint8Array(BigUint64Array.from(cookies).buffer);
  throw new UsageError("bad-value", `${label}: ${cookies.length} cookies for ${count} functions`);
}
