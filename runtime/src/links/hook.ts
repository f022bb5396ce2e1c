import { attachTypes, matchSection, type ProgramSpec, type ProgramType } from "@tsbpfc/loader";
import type { LoadedObject } from "../programs/program.js";
import { UsageError } from "../sys/errors.js";
import type { Link } from "./link.js";

/** Where a program wants to be attached: what a section's name says. */
export type Hook = Pick<ProgramSpec, "section" | "type" | "expectedAttachType" | "attachTo">;

/** A program in the kernel and the hook for it, as the ways to attach take them. */
export interface HookedProgram {
  readonly fd: number;
  /** For messages. */
  readonly label: string;
  readonly hook: Hook;
  /** What it was loaded with; null where another loader did it. */
  readonly object: LoadedObject | null;
}

/** What is to be attached by a section's name, and what is known of it. */
interface Subject {
  readonly label: string;
  /** Null for a type that is newer than this version of tsbpfc. */
  readonly type: ProgramType | null;
  /** Its own section's; null for a program that another loader made. */
  readonly loadedFor: Hook | null;
}

/**
 * The hook that a section's name means, for a program of the right type.
 *
 * @throws UsageError `bad-value` for a name that libbpf does not know, one for programs of another type, or another
 * function than the program was loaded for
 */
export function hookOf({ label, type, loadedFor }: Subject, section: string): Hook {
  const found = matchSection(section);
  if (!found) throw new UsageError("bad-value", `${label}: there is no kind of section "${section}"`);
  const { def, attachTo, name } = found;
  if (def.type !== type)
    throw new UsageError(
      "bad-value",
      `${label} is of type ${type ?? "unknown"}; section "${section}" is for programs of type ${def.type}`,
    );
  const fixed = def.flags.includes("attach-btf");
  if (fixed && attachTo !== "" && attachTo !== loadedFor?.attachTo)
    throw new UsageError(
      "bad-value",
      `${label}: what a program of section "${def.prefix}" is for is fixed when it is loaded; write section: "${def.prefix}"`,
    );
  return {
    section: name,
    type,
    expectedAttachType: def.attachType,
    attachTo: fixed ? (loadedFor?.attachTo ?? "") : attachTo,
  };
}

/**
 * Kernels attach tracing programs also by a command that does not say how (BPF_RAW_TRACEPOINT_OPEN): the link tells
 * whether it was as the hook says. Closed if not.
 *
 * @throws UsageError `bad-value`
 */
export function checkTraced(link: Link, asked: number, label: string): Link {
  const info = link.info();
  // Typed tracepoints are links to raw tracepoints.
  const is = info.kind === "tracing" ? Number(info.details.attach_type) : attachTypes.trace_raw_tp;
  if (is === asked) return link;
  link.close();
  throw new UsageError("bad-value", `${label} was loaded for another hook than that of its section`);
}
