import { attachCookies } from "../../features/helpers.js";
import { cText } from "../../sys/bpf.js";
import { UsageError } from "../../sys/errors.js";
import { kernel } from "../../sys/kernel.js";
import type { Attach, AttachOptions } from "../attach.js";
import { findBinary } from "../binary.js";
import { LinkGroup } from "../group.js";
import type { HookedProgram } from "../hook.js";
import type { Link } from "../link.js";
import { attachPerfEvent } from "../perf-event.js";
import { probeSource, withSemaphore } from "../probe-source.js";
import { parseArguments } from "./arguments.js";
import { usdtPlaces } from "./notes.js";
import { specsOf } from "./specs.js";

/**
 * `usdt/binary:provider:name`, or the section `usdt` alone and `attach({ binary, usdt: "provider:name" })`: a static
 * probe of a program or library, in all processes or in `pid`. The kernel counts its semaphore up (Linux 4.20).
 * Programs read the arguments by libbpf's usdt.bpf.h, whose maps are filled in here. Linux 5.15.
 *
 * @throws UsageError, SyscallError
 */
export const attachUsdt: Attach = (program, options) => {
  const { binary, provider, name } = targetOf(program, options);
  const path = findBinary(binary, program.label);
  const label = `USDT ${provider}:${name} of ${path} (${program.label})`;
  if (attachCookies.probe() === "no")
    throw new UsageError("unsupported", `${label}: it needs attach cookies, Linux 5.15`);
  const specs = specsOf(program.object);
  const source = probeSource("uprobe", label);
  const taken: number[] = [];
  const links: Link[] = [];
  const release = (): void => {
    for (const id of taken.splice(0)) specs?.release(id);
  };
  try {
    for (const place of usdtPlaces(path, provider, name, label)) {
      const args = parseArguments(place.args, process.arch, label);
      // Without usdt.bpf.h the program sees the caller's own cookie.
      const cookie = options.cookie ?? 0n;
      const id = specs?.take(args, cookie, label);
      if (id !== undefined) taken.push(id);
      const event = {
        type: source.type,
        config: withSemaphore(0n, place.semaphore),
        uprobe_path: kernel().address(cText(path)),
        probe_offset: place.offset,
      };
      links.push(
        attachPerfEvent(program, event, label, {
          cookie: id === undefined ? cookie : BigInt(id),
          pid: options.pid,
        }),
      );
    }
  } catch (error) {
    for (const link of links) link.close();
    release();
    throw error;
  }
  return new LinkGroup(links, label, "it is a link for each place of the probe", release);
};

function targetOf(
  program: HookedProgram,
  options: AttachOptions,
): { readonly binary: string; readonly provider: string; readonly name: string } {
  const parts = program.hook.attachTo.split(":");
  const [provider = parts[1] ?? "", name = parts[2] ?? ""] = options.usdt?.split(":") ?? [];
  const binary = options.binary ?? parts[0] ?? "";
  if (binary !== "" && provider !== "" && name !== "") return { binary, provider, name };
  throw new UsageError(
    "target-missing",
    `${program.label} is for a static probe: write "usdt/libc.so.6:libc:setjmp", or attach({ binary, usdt: "provider:name" })`,
  );
}
